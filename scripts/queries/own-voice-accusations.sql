-- SPDX-License-Identifier: CC-BY-4.0
-- title: What do outlets accuse somebody of in their own voice, naming no source?
-- description: >-
--   Allegations whose origin is a publisher: it does not say whose knowledge they are, or none of the documents that
--   pass them on says so. Of Taraf it is said that it cited no source; of Yeni Şafak nothing is noted. What passes
--   the same on stands beside it.
-- link: {claim: claims, origin: origins, source: sources}
-- group: [origin, said_by]
-- order: 3
WITH RECURSIVE again (first, claim) AS (
  SELECT _value, _parent FROM claims_repeats
  UNION
  SELECT again.first, claims_repeats._parent FROM again JOIN claims_repeats ON claims_repeats._value = again.claim
)
SELECT claims.id AS claim, claims.kind, claims.statement, claims.hedge, origins.description AS said_by,
       sources.title AS published_in, claims.locator, claims.answers,
       (SELECT group_concat(name, ', ') FROM
          (SELECT people.name FROM claims_people JOIN people ON people.id = _value WHERE _parent = claims.id
           UNION SELECT organizations.name FROM claims_organizations JOIN organizations ON organizations.id = _value
                 WHERE _parent = claims.id)) AS about,
       (SELECT group_concat(claim, ', ') FROM (SELECT claim FROM again WHERE first = claims.id ORDER BY claim))
         AS said_again_by,
       claims.note, claims.origin, claims.source
FROM claims
JOIN origins ON origins.id = claims.origin
JOIN sources ON sources.id = claims.source
WHERE claims.kind = 'alleges' AND origins.kind = 'publisher'
  AND NOT EXISTS (SELECT 1 FROM claims_repeats WHERE _parent = claims.id)
ORDER BY count(*) OVER (PARTITION BY origins.id) DESC, origins.id, sources.date, claims.source,
         CAST(replace(claims.locator, 'paragraph ', '') AS INTEGER), claims.id
