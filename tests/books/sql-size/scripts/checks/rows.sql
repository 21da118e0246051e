WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 900)
SELECT 'growers' AS _table, 'alder-farm' AS _key, hex(zeroblob(4000000)) AS message FROM n
