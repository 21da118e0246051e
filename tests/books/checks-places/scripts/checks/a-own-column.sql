-- title: a column of its own
SELECT 'people' AS _table, id AS _key, 'name' AS _column FROM people
