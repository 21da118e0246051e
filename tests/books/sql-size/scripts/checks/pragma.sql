SELECT 'growers' AS _table, file AS _key, file AS message FROM pragma_database_list
