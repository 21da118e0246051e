-- title: a row that is none
SELECT 'towns' AS _table, 'Fir' AS _key FROM towns LIMIT 1
