-- SPDX-License-Identifier: CC-BY-4.0
-- title: A day is one that the calendar has
-- hint: Write it as 2014-05-31; leave the day or the month out where it is not known.
WITH dated AS (
  SELECT 'events' AS _table, id AS _key, 'earliest' AS _column, earliest AS day FROM events
  UNION ALL SELECT 'events', id, 'latest', latest FROM events
  UNION ALL SELECT 'postings', id, 'earliest', earliest FROM postings
  UNION ALL SELECT 'postings', id, 'latest', latest FROM postings
  UNION ALL SELECT 'sources', id, 'date', date FROM sources
  UNION ALL SELECT 'sources', id, 'accessed', accessed FROM sources
  UNION ALL SELECT 'people', id, 'as_of_date', as_of_date FROM people
  UNION ALL SELECT 'organizations', id, 'as_of_date', as_of_date FROM organizations
  UNION ALL SELECT 'postings', id, 'as_of_date', as_of_date FROM postings
  UNION ALL SELECT 'people_answers_sought', _key, 'on', "on" FROM people_answers_sought
  UNION ALL SELECT 'organizations_answers_sought', _key, 'on', "on" FROM organizations_answers_sought
  UNION ALL SELECT 'claims', id, 'said_on', said_on FROM claims
  UNION ALL SELECT 'claims', id, 'entered_on', entered_on FROM claims
  UNION ALL SELECT 'claims', id, 'reviewed_on', reviewed_on FROM claims
  UNION ALL SELECT 'events', id, 'entered_on', entered_on FROM events
  UNION ALL SELECT 'events', id, 'reviewed_on', reviewed_on FROM events
  UNION ALL SELECT 'people', id, 'entered_on', entered_on FROM people
  UNION ALL SELECT 'people', id, 'reviewed_on', reviewed_on FROM people
  UNION ALL SELECT 'organizations', id, 'entered_on', entered_on FROM organizations
  UNION ALL SELECT 'organizations', id, 'reviewed_on', reviewed_on FROM organizations
  UNION ALL SELECT 'postings', id, 'entered_on', entered_on FROM postings
  UNION ALL SELECT 'postings', id, 'reviewed_on', reviewed_on FROM postings
  UNION ALL SELECT 'places', id, 'entered_on', entered_on FROM places
  UNION ALL SELECT 'places', id, 'reviewed_on', reviewed_on FROM places
  UNION ALL SELECT 'origins', id, 'entered_on', entered_on FROM origins
  UNION ALL SELECT 'origins', id, 'reviewed_on', reviewed_on FROM origins
  UNION ALL SELECT 'sources', id, 'entered_on', entered_on FROM sources
  UNION ALL SELECT 'sources', id, 'reviewed_on', reviewed_on FROM sources
  UNION ALL SELECT 'publishers', id, 'entered_on', entered_on FROM publishers
  UNION ALL SELECT 'publishers', id, 'reviewed_on', reviewed_on FROM publishers
  UNION ALL SELECT 'paragraphs', id, 'entered_on', entered_on FROM paragraphs
  UNION ALL SELECT 'paragraphs', id, 'reviewed_on', reviewed_on FROM paragraphs
  UNION ALL SELECT 'claims', id, 'quantity_since', quantity_since FROM claims
)
SELECT _table, _key, _column, day || ' is no day of any year' AS message
FROM dated
WHERE length(day) = 10
  AND date(day, '+0 days') IS NOT day  -- with a shift, since SQLite otherwise takes any day up to the 31st
