-- SPDX-License-Identifier: CC-BY-4.0
-- title: Figures that are given for it
-- description: >-
--   Each with the claim that gives it. Sources may differ, and approximate figures that differ need not contradict each
--   other.
-- link: {claim: claims, origin: origins, source: sources}
-- group: what
-- chart: {bars: value, low: low, high: high, unit: unit, note: exactness, by: said_by}
SELECT quantity_what AS what, quantity_value AS value, quantity_low AS low, quantity_high AS high,
       quantity_since AS since, quantity_unit AS unit, quantity_exactness AS exactness, hedge, claims.id AS claim,
       claims.kind, claims.statement, claims.origin, origins.description AS said_by, claims.source, claims.locator,
       claims.answers
FROM claims_events
JOIN claims ON claims.id = claims_events._parent
JOIN origins ON origins.id = claims.origin
WHERE claims_events._value = :key AND quantity_what IS NOT NULL
ORDER BY what, claims.id
