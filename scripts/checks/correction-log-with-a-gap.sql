-- SPDX-License-Identifier: CC-BY-4.0
-- title: The log of corrections has no gap and goes forward in time
-- hint: The log is append-only; put the missing entry back.
SELECT 'corrections' AS _table, id AS _key, 'id' AS _column,
       'entry ' || row_number() OVER (ORDER BY rowid) || ' of the log has the number ' || id AS message
FROM corrections
WHERE id <> printf('correction-%04d', (SELECT count(*) FROM corrections AS before WHERE before.rowid <= corrections.rowid))
UNION ALL
SELECT 'corrections', id, 'date', date || ' is before the date of the entry above'
FROM corrections
WHERE date < (SELECT max(date) FROM corrections AS before WHERE before.rowid < corrections.rowid)
