-- title: Somebody is called something
-- level: warning
SELECT 'people' AS _table, _key, 'name' AS _column, 'is called ' || name AS message FROM people
