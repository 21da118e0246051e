-- SPDX-License-Identifier: CC-BY-4.0
-- title: Which claims rest on anonymous origins only?
-- description: >-
--   Behind them and behind all that supports them nobody stands who is named. Those about a person come first. What
--   says the same again stands beside it, also where an outlet says it in its own voice. Two anonymous origins may be
--   one person.
-- link: {claim: claims, origin: origins, source: sources}
-- group: about_whom
-- order: 11
WITH RECURSIVE
again (first, claim) AS (
  SELECT _value, _parent FROM claims_repeats
  UNION
  SELECT again.first, claims_repeats._parent FROM again JOIN claims_repeats ON claims_repeats._value = again.claim
),
behind (first, origin) AS (
  SELECT one.key, each.value FROM _independence AS one, json_each(one.origins) AS each WHERE collection = 'claims'
)
SELECT CASE WHEN EXISTS (SELECT 1 FROM claims_people WHERE _parent = claims.id) THEN '1. About a named person'
            ELSE '2. About bodies, places and events' END AS about_whom,
       (SELECT group_concat(name, ', ') FROM
          (SELECT people.name FROM claims_people JOIN people ON people.id = _value WHERE _parent = claims.id
           ORDER BY _position)) AS people,
       claims.id AS claim, claims.kind, claims.statement, claims.hedge, origins.description AS said_by,
       origins.anonymity, (SELECT count(*) FROM behind WHERE first = claims.id) AS anonymous_origins,
       sources.title AS published_in, claims.locator, claims.answers,
       (SELECT group_concat(claim, ', ') FROM (SELECT claim FROM again WHERE first = claims.id ORDER BY claim))
         AS said_again_by,
       claims.note, claims.origin, claims.source
FROM claims
JOIN origins ON origins.id = claims.origin
JOIN sources ON sources.id = claims.source
WHERE NOT EXISTS (SELECT 1 FROM claims_repeats WHERE _parent = claims.id)
  AND NOT EXISTS (SELECT 1 FROM behind JOIN origins AS any_origin ON any_origin.id = behind.origin
                  WHERE behind.first = claims.id AND NOT any_origin.anonymous)
ORDER BY about_whom, sources.date, sources.id, CAST(replace(claims.locator, 'paragraph ', '') AS INTEGER), claims.id
