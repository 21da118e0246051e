-- SPDX-License-Identifier: CC-BY-4.0
-- title: Which claims were denied, and by whom?
-- description: A claim and its denial stand beside each other; neither is decided here.
-- link:
--   {claim: claims, origin: origins, source: sources,
--    denied_by: claims, denial_origin: origins, denial_source: sources}
-- group: claim
-- order: 2
SELECT claims.id AS claim, claims.kind, claims.statement, claims.origin, origins.description AS said_by,
       claims.source, claims.locator, denial.id AS denied_by, denial.statement AS denial,
       denial.origin AS denial_origin, denying.description AS denial_said_by, denial.source AS denial_source,
       denial.locator AS denial_locator
FROM claims_denies
JOIN claims AS denial ON denial.id = claims_denies._parent
JOIN origins AS denying ON denying.id = denial.origin
JOIN claims ON claims.id = claims_denies._value
JOIN origins ON origins.id = claims.origin
ORDER BY claims.id, denial.id
