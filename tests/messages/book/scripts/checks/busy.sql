-- title: A branch that keeps items has a district
SELECT 'branches' AS _table, _key, 'district' AS _column, 'items, but no district' AS message
FROM branches
WHERE district IS NULL AND _key IN (SELECT branch FROM items)
