-- title: a column of a row in a list in a list
SELECT 'people_roles_periods' AS _table, _parent || '/periods/' || _position AS _key, 'to' AS _column FROM people_roles_periods WHERE "to" < "from"
