-- title: A station lists the green line first
SELECT 'stations_lines' AS _table, _parent AS _key, '_value' AS _column FROM stations_lines WHERE _value = 'green' AND _position > 0
