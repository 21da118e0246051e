-- title: an item of a list under a wrapper
SELECT 'lines' AS _table, id AS _key, 'colour' AS _column FROM lines WHERE colour = 'gray'
