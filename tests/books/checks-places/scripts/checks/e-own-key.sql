-- title: a row by its own key
SELECT 'people_roles' AS _table, _key, 'title' AS _column FROM people_roles
