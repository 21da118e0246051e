-- SPDX-License-Identifier: CC-BY-4.0
-- title: Words of a charge stand only where what followed is shown
-- description: >-
--   A description, a note, a role, a ground or a part that speaks of an indictment, a charge or a defendant is shown with
--   what answers the claims that it rests on. So one of them is about a stage of a court case, and has an answer.
-- hint: Rest it on the claim of the charge, or leave the words out.
WITH written AS (
  SELECT 'people' AS _table, id AS _key, 'description' AS _column, description AS text FROM people
  UNION ALL SELECT 'people', id, 'note', note FROM people
  UNION ALL SELECT 'postings', id, 'role', role FROM postings
  UNION ALL SELECT 'postings', id, 'note', note FROM postings
  UNION ALL SELECT 'people_mentions', _key, 'ground', ground FROM people_mentions
  UNION ALL SELECT 'people_mentions', _key, 'as', "as" FROM people_mentions
  UNION ALL SELECT 'events_participants', _key, 'part', part FROM events_participants
),
resting AS (
  SELECT 'people' AS _table, _parent AS _key, _value AS claim FROM people_claims
  UNION ALL SELECT 'postings', _parent, _value FROM postings_claims
  UNION ALL SELECT 'people_mentions', _parent, _value FROM people_mentions_claims
  UNION ALL SELECT 'events_participants', _parent, _value FROM events_participants_claims
),
said AS (
  SELECT _table, _key, _column, replace(lower(text), 'in charge of', '') AS text FROM written
)
SELECT _table, _key, _column, 'it speaks of a charge, and rests on no claim of a case that shows what followed' AS message
FROM said
WHERE (instr(text, 'indict') OR instr(text, 'charge') OR instr(text, 'defendant') OR instr(text, 'accused'))
  AND NOT EXISTS (
    SELECT 1 FROM resting JOIN claims ON claims.id = resting.claim
    JOIN claims_events ON claims_events._parent = claims.id
    JOIN events ON events.id = claims_events._value AND events.kind = 'court'
    WHERE resting._table = said._table AND resting._key = said._key AND claims.answers IS NOT NULL)
