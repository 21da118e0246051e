-- SPDX-License-Identifier: CC-BY-4.0
-- title: Which claims were denied, and by whom?
-- description: >-
--   Each denial with the accusations that it denies below it; neither is decided here. Documents that relate the same
--   denial, or pass on the same accusation, are named beside it and counted once.
-- link:
--   {denial: claims, claim: claims, origin: origins, source: sources, denial_origin: origins, denial_source: sources}
-- group: denial
-- order: 2
WITH RECURSIVE
said_before (claim, first) AS (
  SELECT id, id FROM claims
  UNION
  SELECT said_before.claim, claims_repeats._value
  FROM said_before JOIN claims_repeats ON claims_repeats._parent = said_before.first
),
root (claim, first) AS (
  SELECT claim, min(first) FROM said_before
  WHERE NOT EXISTS (SELECT 1 FROM claims_repeats WHERE _parent = said_before.first) GROUP BY claim
),
again (first, claims) AS (
  SELECT first, group_concat(claim, ', ') FROM (SELECT * FROM root WHERE claim <> first ORDER BY claim) GROUP BY first
),
denials (denial, claim) AS (
  SELECT DISTINCT denying.first, denied.first
  FROM claims_denies
  JOIN root AS denying ON denying.claim = claims_denies._parent
  JOIN root AS denied ON denied.claim = claims_denies._value
)
SELECT denial.id AS denial, denial.statement AS denial_statement, denying.description AS denied_by,
       denial.said_on AS denied_on, denial.origin AS denial_origin, denial.source AS denial_source,
       denial.locator AS denial_locator, related.claims AS related_by, denial.answers AS denial_answers,
       claims.id AS claim, claims.kind, claims.statement, claims.hedge, origins.description AS said_by, claims.locator,
       passed_on.claims AS passed_on_by, claims.answers, claims.origin, claims.source
FROM denials
JOIN claims AS denial ON denial.id = denials.denial
JOIN origins AS denying ON denying.id = denial.origin
JOIN claims ON claims.id = denials.claim
JOIN origins ON origins.id = claims.origin
LEFT JOIN again AS related ON related.first = denial.id
LEFT JOIN again AS passed_on ON passed_on.first = claims.id
ORDER BY denial.said_on, denial.id, claims.id
