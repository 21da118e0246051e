-- title: the text of a page
SELECT 'pages' AS _table, _key, 'body' AS _column FROM pages
