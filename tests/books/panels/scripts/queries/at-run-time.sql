SELECT json_extract('{', '$.a') AS broken FROM growers
