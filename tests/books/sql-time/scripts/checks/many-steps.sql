WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n)
SELECT 'growers' AS _table, 'alder-farm' AS _key, 'odd' AS message FROM n WHERE i < 0
