-- SPDX-License-Identifier: CC-BY-4.0
-- title: Which claims rest on one anonymous origin only?
-- description: >-
--   The origin is anonymous, and no claim of another origin supports it. Several anonymous sources spoken of together
--   count as one origin. What says the same again stands beside it and adds nobody. That the meetings took place at
--   all, the central claim of the principal source, is among them.
-- link: {claim: claims, origin: origins, source: sources}
-- group: [origin, said_by]
-- order: 10
WITH RECURSIVE
again (first, claim) AS (
  SELECT _value, _parent FROM claims_repeats
  UNION
  SELECT again.first, claims_repeats._parent FROM again JOIN claims_repeats ON claims_repeats._value = again.claim
)
SELECT claims.id AS claim, claims.kind, claims.statement, claims.hedge, claims.origin, origins.description AS said_by,
       claims.source, claims.locator,
       (SELECT group_concat(claim, ', ') FROM (SELECT claim FROM again WHERE first = claims.id ORDER BY claim))
         AS said_again_by,
       claims.note, claims.answers
FROM claims JOIN origins ON origins.id = claims.origin
WHERE origins.anonymous
  AND NOT EXISTS (SELECT 1 FROM claims_repeats WHERE _parent = claims.id)
  AND (SELECT at_most FROM _independence WHERE collection = 'claims' AND key = claims.id) = 1
ORDER BY origins.kind = 'anonymous source', origins.id,
         CAST(replace(claims.locator, 'paragraph ', '') AS INTEGER), claims.id
