-- SPDX-License-Identifier: CC-BY-4.0
-- title: A text that is made of sentences ends as a sentence does
-- description: One that does not has lost its end, as where a file was cut off within its last value.
-- hint: Put the rest back, or a full stop.
WITH texts AS (
  SELECT 'claims' AS _table, id AS _key, 'statement' AS _column, statement AS text FROM claims
  UNION ALL SELECT 'claims', id, 'note', note FROM claims
  UNION ALL SELECT 'people', id, 'description', description FROM people
  UNION ALL SELECT 'people', id, 'note', note FROM people
  UNION ALL SELECT 'organizations', id, 'description', description FROM organizations
  UNION ALL SELECT 'organizations', id, 'note', note FROM organizations
  UNION ALL SELECT 'events', id, 'as_reported', as_reported FROM events
  UNION ALL SELECT 'events', id, 'date_note', date_note FROM events
  UNION ALL SELECT 'events', id, 'note', note FROM events
  UNION ALL SELECT 'places', id, 'note', note FROM places
  UNION ALL SELECT 'postings', id, 'note', note FROM postings
  UNION ALL SELECT 'sources', id, 'date_note', date_note FROM sources
  UNION ALL SELECT 'sources', id, 'note', note FROM sources
  UNION ALL SELECT 'publishers', id, 'note', note FROM publishers
  UNION ALL SELECT 'paragraphs', id, 'no_claim', no_claim FROM paragraphs
  UNION ALL SELECT 'origins', id, 'anonymity', anonymity FROM origins
  UNION ALL SELECT 'origins', id, 'possibly_same_note', possibly_same_note FROM origins
  UNION ALL SELECT 'corrections', id, 'change', change FROM corrections
  UNION ALL SELECT 'corrections', id, 'reason', reason FROM corrections
  UNION ALL SELECT 'people_mentions', _parent || '/mentions/' || _position, 'ground', ground FROM people_mentions
  UNION ALL SELECT 'organizations_mentions', _parent || '/mentions/' || _position, 'ground', ground
  FROM organizations_mentions
)
SELECT _table, _key, _column, 'it ends with “' || substr(text, -20) || '” and no full stop' AS message
FROM texts WHERE text IS NOT NULL AND substr(text, -1) NOT IN ('.', '?', '!')
