SELECT 'growers' AS _table, _key, printf('%.*c', 2000, 'x') AS message FROM growers WHERE _key = 'birch-farm'
