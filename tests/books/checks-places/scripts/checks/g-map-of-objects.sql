-- title: a column in a map of objects
SELECT 'people_addresses' AS _table, _parent || '/addresses/' || _name AS _key, 'street' AS _column FROM people_addresses
