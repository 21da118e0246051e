-- title: A junction has two platforms or more
-- level: warning
-- hint: Count them again.
-- parameters: {least: 2}
SELECT 'stations' AS _table, id AS _key, 'platforms' AS _column, 'a junction with ' || platforms || ' platform' AS message
FROM stations WHERE kind = 'junction' AND platforms < :least
