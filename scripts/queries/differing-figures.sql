-- SPDX-License-Identifier: CC-BY-4.0
-- title: Which figures differ between sources?
-- description: >-
--   What at least two claims put a different figure on: tanks, guards, distance, how long the tomb was surrounded.
--   Approximate figures that differ need not contradict each other.
-- link: {claim: claims, origin: origins, source: sources}
-- group: what
-- chart: {bars: value, low: low, high: high, unit: unit, note: exactness, by: said_by}
-- order: 3
WITH figures AS (
  SELECT *, json_array(quantity_value, quantity_low, quantity_high, quantity_since, quantity_unit) AS figure
  FROM claims WHERE quantity_what IS NOT NULL
)
SELECT quantity_what AS what, quantity_value AS value, quantity_low AS low, quantity_high AS high,
       quantity_since AS since, quantity_unit AS unit, quantity_exactness AS exactness, figures.id AS claim,
       figures.kind, statement, origin, origins.description AS said_by, figures.source, sources.title AS published_in,
       figures.locator
FROM figures JOIN origins ON origins.id = origin JOIN sources ON sources.id = figures.source
WHERE quantity_what IN (SELECT quantity_what FROM figures GROUP BY quantity_what HAVING count(DISTINCT figure) > 1)
ORDER BY what, claim
