-- title: the list, by the parent alone
SELECT 'people_roles_periods' AS _table, _parent AS _key, 'to' AS _column FROM people_roles_periods WHERE "to" < "from"
