-- parameters: {a: 99999999999999999999}
SELECT 'stations' AS _table, :a AS _key FROM stations
