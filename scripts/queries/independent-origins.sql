-- SPDX-License-Identifier: CC-BY-4.0
-- title: How many independent origins stand behind a claim?
-- description: >-
--   A range. At most: its own origin and those of the claims that support it; repeats add none, nor do documents
--   derived from the claim's own. At least: as many of them as are certainly different. Anonymous origins that may be
--   the same person may be one, and an outlet that does not say whose knowledge it passes on may have it from any of
--   the others. Different does not mean independent: where two of them speak for a state, the row says so.
-- link: {claim: claims, origin: origins, source: sources}
-- group: how_many
-- order: 13
WITH RECURSIVE
derived (source, derived_from) AS (
  SELECT _parent, _value FROM sources_derived_from
  UNION
  SELECT derived.source, sources_derived_from._value
  FROM derived JOIN sources_derived_from ON sources_derived_from._parent = derived.derived_from
),
-- Outlets that say again in their own voice what a source told them: the source's knowledge, not theirs.
in_own_voice (claim) AS (
  SELECT claims.id FROM claims JOIN origins ON origins.id = claims.origin
  WHERE origins.kind = 'publisher' AND EXISTS (SELECT 1 FROM claims_repeats WHERE _parent = claims.id)
),
behind (claim, origin) AS (
  SELECT id, origin FROM claims WHERE id NOT IN (SELECT claim FROM in_own_voice)
  UNION
  SELECT claims_repeats._parent, repeated.origin
  FROM claims_repeats JOIN claims AS repeated ON repeated.id = claims_repeats._value
  WHERE claims_repeats._parent IN (SELECT claim FROM in_own_voice)
  UNION
  SELECT claims.id, support.origin
  FROM claims_supports
  JOIN claims ON claims.id = claims_supports._value
  JOIN claims AS support ON support.id = claims_supports._parent
  WHERE NOT EXISTS (SELECT 1 FROM derived
                    WHERE derived.source = support.source AND derived.derived_from = claims.source)
),
-- Sets of origins behind a claim of which no two may be the same, grown in order of key.
apart (claim, last, members, size) AS (
  SELECT behind.claim, behind.origin, json_array(behind.origin), 1
  FROM behind JOIN origins ON origins.id = behind.origin
  WHERE origins.kind NOT IN ('publisher', 'unidentified publication')
  UNION ALL
  SELECT apart.claim, behind.origin, json_insert(apart.members, '$[#]', behind.origin), apart.size + 1
  FROM apart
  JOIN behind ON behind.claim = apart.claim AND behind.origin > apart.last
  JOIN origins ON origins.id = behind.origin
  WHERE origins.kind NOT IN ('publisher', 'unidentified publication')
    AND NOT EXISTS (SELECT 1 FROM json_each(apart.members) AS member
                    JOIN origins_possibly_same_as AS same
                      ON same._parent = behind.origin AND same._value = member.value)
),
-- Origins that speak for a state: its bodies, and those who hold a post in one.
officials (origin, description) AS (
  SELECT origins.id, origins.description
  FROM origins JOIN organizations ON organizations.id = origins.organization
  WHERE organizations.kind IN ('government', 'ministry', 'military', 'military unit', 'intelligence agency')
  UNION
  SELECT origins.id, origins.description
  FROM origins JOIN postings ON postings.person = origins.person
  JOIN organizations ON organizations.id = postings.organization
  WHERE organizations.kind IN ('government', 'ministry', 'military', 'military unit', 'intelligence agency')
),
spoken_for (claim, officials) AS (
  SELECT behind.claim, count(*) FROM behind JOIN officials USING (origin) GROUP BY behind.claim
),
ranges AS (
  SELECT id AS claim, coalesce((SELECT max(size) FROM apart WHERE apart.claim = claims.id), 1) AS at_least,
         (SELECT count(*) FROM behind WHERE behind.claim = claims.id) AS at_most
  FROM claims
)
SELECT CASE WHEN at_most > 1 THEN 'More than one origin may stand behind these'
            ELSE 'One origin alone stands behind these' END AS how_many,
       claims.id AS claim, claims.kind, claims.statement, claims.origin, origins.description AS said_by, claims.source,
       claims.locator, at_least, at_most,
       (SELECT group_concat(description, '; ') FROM
          (SELECT origins.description FROM behind JOIN origins ON origins.id = behind.origin
           WHERE behind.claim = claims.id AND at_most > 1 ORDER BY origins.id)) AS behind_it,
       CASE WHEN coalesce(officials, 0) > 1 THEN
         'Different, but hardly independent: ' || officials
         || ' of them speak for a state, as its bodies or from a post in it'
       END AS how_independent,
       claims.answers
FROM claims
JOIN ranges ON ranges.claim = claims.id
JOIN origins ON origins.id = claims.origin
LEFT JOIN spoken_for ON spoken_for.claim = claims.id
ORDER BY at_most > 1 DESC, at_least DESC, at_most DESC, claims.id
