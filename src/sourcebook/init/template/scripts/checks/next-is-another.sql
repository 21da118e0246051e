-- title: A lighthouse is said to be the next after itself.
-- hint: Name the next one along the coast, or leave next out.
SELECT 'lighthouses' AS _table, _key, 'next' AS _column FROM lighthouses WHERE next = _key
