-- title: Harbours are in Nowhere
SELECT 'harbours' AS _table, id AS _key, 'country' AS _column, 'it is somewhere' AS message
FROM harbours WHERE contry = 'Somewhere'
