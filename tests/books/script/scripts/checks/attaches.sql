-- title: Attaches
ATTACH 'x.db' AS x
