-- title: A message may be a number, and nought is one
-- level: warning
SELECT 'stations' AS _table, id AS _key, 'platforms' AS _column, platforms - platforms AS message
FROM stations WHERE kind = 'junction'
