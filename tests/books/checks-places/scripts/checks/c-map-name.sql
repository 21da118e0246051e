-- title: the name in a map
SELECT 'people_names' AS _table, _parent || '/names/' || replace(_name, '/', '~1') AS _key, '_name' AS _column FROM people_names WHERE _value = 'Wrong'
