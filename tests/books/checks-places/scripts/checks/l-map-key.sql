-- title: the key of a map under a wrapper
SELECT 'words' AS _table, word AS _key, 'word' AS _column FROM words WHERE NOT tree
