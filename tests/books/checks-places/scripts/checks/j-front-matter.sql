-- title: front matter
SELECT 'pages' AS _table, _key, 'days' AS _column FROM pages
