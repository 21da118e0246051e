-- SPDX-License-Identifier: CC-BY-4.0
-- title: What contradicts what?
-- description: >-
--   Claims that cannot hold together, below the one of them that contradicts most. Neither is decided here. What
--   somebody denied stands under another question.
-- link:
--   {claim: claims, other: claims, origin: origins, source: sources, other_origin: origins, other_source: sources}
-- group: claim
-- order: 4
WITH
pairs (claim, other) AS (
  SELECT _parent, _value FROM claims_contradicts UNION SELECT _value, _parent FROM claims_contradicts
),
counted (claim, others) AS (SELECT claim, count(*) FROM pairs GROUP BY claim)
SELECT claims.id AS claim, claims.kind, claims.statement, claims.hedge, claims.said_on, origins.description AS
       said_by, sources.title AS published_in, claims.locator, claims.note, claims.answers, other.id AS other,
       other.kind AS other_kind, other.statement AS other_statement, other.hedge AS other_hedge, other.said_on AS
       other_said_on, others_origin.description AS other_said_by, others_source.title AS other_published_in,
       other.locator AS other_locator, other.note AS other_note, other.answers AS other_answers, claims.origin,
       claims.source, other.origin AS other_origin, other.source AS other_source
FROM pairs
JOIN counted AS mine ON mine.claim = pairs.claim
JOIN counted AS theirs ON theirs.claim = pairs.other
JOIN claims ON claims.id = pairs.claim
JOIN origins ON origins.id = claims.origin
JOIN sources ON sources.id = claims.source
JOIN claims AS other ON other.id = pairs.other
JOIN origins AS others_origin ON others_origin.id = other.origin
JOIN sources AS others_source ON others_source.id = other.source
WHERE mine.others > theirs.others OR (mine.others = theirs.others AND claims.id < other.id)
ORDER BY mine.others DESC, claims.id, other.id
