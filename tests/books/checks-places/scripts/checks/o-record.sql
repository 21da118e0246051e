-- title: a record without a column
SELECT 'towns' AS _table, name AS _key FROM towns WHERE name = 'Ash'
