-- title: All
SELECT 'stations' AS _table, id AS _key FROM stations WHERE id = 'none'
