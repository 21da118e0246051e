-- titel: A
-- level: warn
SELECT 'stations' AS _table, id AS _key FROM stations WHERE 0
