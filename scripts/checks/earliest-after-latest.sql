-- SPDX-License-Identifier: CC-BY-4.0
-- title: The earliest date is not after the latest
-- hint: Exchange the two, or mend the one that is wrong.
WITH dated AS (
  SELECT 'events' AS _table, id AS _key, earliest, latest FROM events
  UNION ALL SELECT 'postings', id, earliest, latest FROM postings
)
SELECT _table, _key, 'earliest' AS _column, earliest || ' is after ' || latest AS message
FROM dated
WHERE substr(earliest, 1, min(length(earliest), length(latest))) > substr(latest, 1, min(length(earliest), length(latest)))
