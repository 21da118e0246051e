-- SPDX-License-Identifier: CC-BY-4.0
-- title: What changed between Nordic Monitor's reports of 2019 and 2020?
-- description: >-
--   What the article of 2020 says again, and whether it says that it had reported it before; the source of 2019 it
--   names in neither. Then what only the report of 2019 has, as far as its opening is noted; and what the article
--   adds on the same meeting, siege, persons and figures. That something is not said again need not mean that it was
--   withdrawn.
-- link: {claim: claims, said_before: claims, origin: origins, source: sources, origin_before: origins}
-- group: change
-- order: 12
WITH
before AS (SELECT * FROM claims WHERE source = 'nm-2019-10'),
after AS (SELECT * FROM claims WHERE source = 'nordic-monitor-2020-01'),
again (claim, said_before) AS (
  SELECT after.id, before.id
  FROM claims_repeats JOIN after ON after.id = claims_repeats._parent JOIN before ON before.id = claims_repeats._value
),
spoken_of (claim, what) AS (
  SELECT _parent, 'person ' || _value FROM claims_people
  UNION SELECT _parent, 'event ' || _value FROM claims_events JOIN events ON events.id = _value
        WHERE events.kind <> 'report'
  UNION SELECT id, 'figure ' || quantity_what FROM claims WHERE quantity_what IS NOT NULL
),
changes (change, claim, said_before) AS (
  SELECT CASE WHEN after.origin = before.origin THEN '1. Said again, as reported before'
              ELSE '2. Said again, without saying that it was reported before' END, after.id, before.id
  FROM again JOIN after ON after.id = again.claim JOIN before ON before.id = again.said_before
  UNION
  SELECT '3. Said in 2019 only, as far as noted', id, NULL FROM before WHERE id NOT IN (SELECT said_before FROM again)
  UNION
  SELECT '4. Said in 2020 only, on what was spoken of in 2019', after.id, NULL
  FROM after JOIN spoken_of AS now ON now.claim = after.id
  JOIN spoken_of AS earlier USING (what) JOIN before ON before.id = earlier.claim
  WHERE after.id NOT IN (SELECT claim FROM again)
)
SELECT change, claims.id AS claim, claims.kind, claims.statement, claims.hedge, origins.description AS said_by,
       claims.locator, claims.answers, before.id AS said_before, before.statement AS statement_before,
       before_origin.description AS said_before_by, before.locator AS locator_before, before.answers AS answers_before,
       claims.note, claims.origin, claims.source, before.origin AS origin_before
FROM changes
JOIN claims ON claims.id = changes.claim
JOIN origins ON origins.id = claims.origin
LEFT JOIN before ON before.id = changes.said_before
LEFT JOIN origins AS before_origin ON before_origin.id = before.origin
ORDER BY change, CAST(replace(claims.locator, 'paragraph ', '') AS INTEGER), claims.id
