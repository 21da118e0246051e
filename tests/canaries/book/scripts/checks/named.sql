-- title: Somebody is called open_check
-- level: warning
SELECT 'people' AS _table, _key, 'name' AS _column, 'is called ' || name AS message FROM people
