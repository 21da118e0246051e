-- SPDX-License-Identifier: CC-BY-4.0
-- title: Who is said to have met whom, when and where, on whose word?
-- description: >-
--   Pairs of whom a claim says that they met. Apart from them stand those who are said to have arranged or ordered a
--   meeting, asked for it or been let host it: nobody says that they were there.
-- link:
--   {event: events, person: people, body: organizations, with_person: people, with_body: organizations, claim: claims,
--    origin: origins, source: sources}
-- group: [part, event, event_name]
-- chart: {dots: earliest, low: earliest, high: latest, by: event_name}
-- order: 5
WITH
present AS (
  SELECT participants.*, resting._value AS claim
  FROM events_participants AS participants
  JOIN events ON events.id = participants._parent
  JOIN events_participants_claims AS resting ON resting._parent = participants._key
  WHERE events.kind = 'meeting'
),
-- The bodies that somebody belongs to, and whether these are of the armed forces.
belongs (who, body) AS (
  SELECT id, id FROM organizations
  UNION SELECT person, organization FROM postings
  UNION SELECT id, 'armed forces' FROM organizations WHERE kind IN ('military', 'military unit')
  UNION SELECT person, 'armed forces' FROM postings JOIN organizations ON organizations.id = organization
        WHERE organizations.kind IN ('military', 'military unit')
),
-- What a claim says of a person who was there is not said again of the body.
there AS (
  SELECT * FROM present AS one
  WHERE presence = 'said'
    AND NOT (kind = 'was represented'
             AND EXISTS (SELECT 1 FROM present AS person WHERE person._parent = one._parent
                         AND person.claim = one.claim AND person.participant_people IS NOT NULL))
),
speaks_of (claim, who) AS (
  SELECT _parent, _value FROM claims_people UNION SELECT _parent, _value FROM claims_organizations
),
met AS (
  SELECT one._parent AS event, one.participant AS one, other.participant AS other, one.claim, one.part AS how
  FROM there AS one
  JOIN (SELECT DISTINCT _parent, participant, participant_people, _position FROM present WHERE presence = 'said') AS
       other ON other._parent = one._parent AND other.participant <> one.participant
  JOIN speaks_of ON speaks_of.claim = one.claim AND speaks_of.who = other.participant
  WHERE NOT EXISTS (SELECT 1 FROM belongs AS mine JOIN belongs AS theirs ON theirs.body = mine.body
                    WHERE mine.who = one.participant AND theirs.who = other.participant)
    -- A claim by which one of the two has another part only does not put the two together.
    AND NOT EXISTS (SELECT 1 FROM present AS elsewhere
                    WHERE elsewhere._parent = one._parent AND elsewhere.claim = one.claim
                      AND elsewhere.presence = 'not said')
    -- Of two whose presence rests on one claim, each pair once.
    AND NOT EXISTS (SELECT 1 FROM there AS back
                    WHERE back._parent = one._parent AND back.claim = one.claim AND back.participant = other.participant
                      AND back.participant < one.participant)
),
parts AS (
  SELECT '1. Said to have met' AS part, * FROM met
  UNION
  SELECT '2. Said to have taken part; with whom is not noted', _parent, participant, NULL, claim, part FROM there
  WHERE NOT EXISTS (SELECT 1 FROM there AS other
                    WHERE other._parent = there._parent AND other.participant <> there.participant)
  UNION
  SELECT '3. Said to have arranged, ordered, asked for it or been let host it; not said to have been there', _parent,
         participant, NULL, claim, part
  FROM present WHERE presence = 'not said'
)
SELECT parts.part, parts.event, events.name AS event_name, events.earliest, events.latest, events.date_note,
       (SELECT group_concat(name, '; ') FROM
          (SELECT places.name FROM events_places JOIN places ON places.id = _value WHERE _parent = events.id
           ORDER BY _position)) AS places,
       person.id AS person, body.id AS body, with_person.id AS with_person, with_body.id AS with_body,
       parts.how, claims.id AS claim,
       claims.kind, claims.statement, claims.hedge, origins.description AS said_by, claims.locator, claims.note,
       claims.answers, claims.origin, claims.source
FROM parts
JOIN events ON events.id = parts.event
JOIN claims ON claims.id = parts.claim
JOIN origins ON origins.id = claims.origin
LEFT JOIN people AS person ON person.id = parts.one
LEFT JOIN organizations AS body ON body.id = parts.one
LEFT JOIN people AS with_person ON with_person.id = parts.other
LEFT JOIN organizations AS with_body ON with_body.id = parts.other
ORDER BY parts.part, parts.event, parts.one, parts.other, claims.id
