-- title: a row of a list in itself
SELECT 'people_thread' AS _table, _key, 'text' AS _column FROM people_thread WHERE text = 'wrong'
