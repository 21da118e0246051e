-- title: an item of a list in a group
SELECT 'people_size_colours' AS _table, _parent || '/size.colours/' || _position AS _key, '_value' AS _column FROM people_size_colours WHERE _value = 'grey'
