-- SPDX-License-Identifier: CC-BY-4.0
-- title: A day is one that the calendar has
-- hint: Write it as 2014-05-31; leave the day or the month out where it is not known.
WITH dated AS (
  SELECT 'events' AS _table, id AS _key, 'earliest' AS _column, earliest AS day FROM events
  UNION ALL SELECT 'events', id, 'latest', latest FROM events
  UNION ALL SELECT 'postings', id, 'earliest', earliest FROM postings
  UNION ALL SELECT 'postings', id, 'latest', latest FROM postings
  UNION ALL SELECT 'sources', id, 'date', date FROM sources
  UNION ALL SELECT 'claims', id, 'quantity_since', quantity_since FROM claims
)
SELECT _table, _key, _column, day || ' is no day of any year' AS message
FROM dated
WHERE length(day) = 10
  AND date(day, '+0 days') IS NOT day  -- with a shift, since SQLite otherwise takes any day up to the 31st
