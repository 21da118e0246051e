-- title: Boats are not called as harbours are
-- levle: warning
SELECT 'boats' AS _table, boats._key AS _key, 'name' AS _column, 'a harbour is called so' AS message
FROM boats JOIN harbours USING (name)
