-- SPDX-License-Identifier: CC-BY-4.0
-- title: How many independent origins stand behind a claim?
-- description: >-
--   A range. At most: its own origin and those of the claims that support it, or that support what says it again;
--   repeats add none, nor do documents derived from the claim's own. At least: as many of them as are certainly
--   different. Anonymous origins that may be the same person may be one, and an outlet that does not say whose knowledge
--   it passes on may have it from any of the others. Different does not mean independent: where two of them speak for a
--   state, the row says so.
-- link: {claim: claims, origin: origins, source: sources}
-- group: how_many
-- order: 13
WITH
-- Origins that speak for a state: its bodies, and those who hold a post in one.
officials (origin) AS (
  SELECT origins.id
  FROM origins JOIN organizations ON organizations.id = origins.organization
  WHERE organizations.kind IN ('government', 'ministry', 'military', 'military unit', 'intelligence agency')
  UNION
  SELECT origins.id
  FROM origins JOIN postings ON postings.person = origins.person
  JOIN organizations ON organizations.id = postings.organization
  WHERE organizations.kind IN ('government', 'ministry', 'military', 'military unit', 'intelligence agency')
),
ranges AS (
  SELECT key AS claim, at_least, at_most, why,
         (SELECT count(*) FROM json_each(origins) JOIN officials ON officials.origin = json_each.value) AS officials
  FROM _independence WHERE collection = 'claims'
)
SELECT CASE WHEN at_most > 1 THEN 'More than one origin may stand behind these'
            ELSE 'One origin alone stands behind these' END AS how_many,
       claims.id AS claim, claims.kind, claims.statement, claims.origin, origins.description AS said_by, claims.source,
       claims.locator, at_least, at_most, CASE WHEN at_most > 1 THEN why END AS why,
       CASE WHEN officials > 1 THEN
         'Different, but hardly independent: ' || officials
         || ' of them speak for a state, as its bodies or from a post in it'
       END AS how_independent,
       claims.answers
FROM claims
JOIN ranges ON ranges.claim = claims.id
JOIN origins ON origins.id = claims.origin
ORDER BY at_most > 1 DESC, at_least DESC, at_most DESC, claims.id
