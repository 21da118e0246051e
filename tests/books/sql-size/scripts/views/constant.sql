SELECT group_concat(hex(randomblob(1000000))) AS all_of_it FROM growers, sqlite_master AS a, sqlite_master AS b
