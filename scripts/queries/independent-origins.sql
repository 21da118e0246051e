-- SPDX-License-Identifier: CC-BY-4.0
-- title: How many independent origins stand behind a claim?
-- description: >-
--   A range. At most: its own origin and those of the claims that support it; repeats and derived sources add none. At
--   least: the same, with anonymous origins that may be the same person taken for one.
WITH RECURSIVE
behind (claim, origin) AS (
  SELECT id, origin FROM claims
  UNION
  SELECT claims_supports._value, support.origin
  FROM claims_supports JOIN claims AS support ON support.id = claims_supports._parent
),
perhaps_same (origin, other) AS (
  SELECT id, id FROM origins
  UNION
  SELECT perhaps_same.origin, origins_possibly_same_as._value
  FROM perhaps_same JOIN origins_possibly_same_as ON origins_possibly_same_as._parent = perhaps_same.other
),
grouped (origin, least) AS (SELECT origin, min(other) FROM perhaps_same GROUP BY origin)
SELECT claims.id AS claim, claims.kind, claims.statement, claims.origin, origins.description AS said_by,
       claims.source, claims.locator,
       count(DISTINCT grouped.least) AS at_least, count(DISTINCT behind.origin) AS at_most
FROM claims
JOIN origins ON origins.id = claims.origin
JOIN behind ON behind.claim = claims.id
JOIN grouped ON grouped.origin = behind.origin
GROUP BY claims.id
ORDER BY claims.id
