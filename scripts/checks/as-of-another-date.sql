-- SPDX-License-Identifier: CC-BY-4.0
-- title: As of is the latest document that a record rests on, and its date
-- description: >-
--   What came later in the case of one of its claims is shown with it. A record that tells of that is as of the document
--   that says so, though the claim there may name nobody.
-- hint: Name the latest document that a claim here is cited from; of one that bears no date, say why yours is right.
WITH named AS (
  SELECT 'people' AS _table, people.id, as_of_date, as_of_source, as_of_note, _value AS claim
  FROM people JOIN people_claims ON _parent = people.id
  UNION ALL SELECT 'organizations', organizations.id, as_of_date, as_of_source, as_of_note, _value
  FROM organizations JOIN organizations_claims ON _parent = organizations.id
  UNION ALL SELECT 'postings', postings.id, as_of_date, as_of_source, as_of_note, _value
  FROM postings JOIN postings_claims ON _parent = postings.id
),
resting AS (
  SELECT * FROM named
  UNION SELECT _table, named.id, as_of_date, as_of_source, as_of_note, later._parent
  FROM named JOIN claims_later_in_case AS later ON later._value = claim
  JOIN claims ON claims.id = later._parent AND claims.source = as_of_source
),
cited AS (
  SELECT resting.*, claims.source, sources.date AS published
  FROM resting JOIN claims ON claims.id = claim JOIN sources ON sources.id = claims.source
)
SELECT DISTINCT _table, cited.id AS _key, 'as_of_date' AS _column,
       as_of_source || ' is dated ' || date || ', not ' || as_of_date AS message
FROM cited JOIN sources ON sources.id = as_of_source WHERE date <> as_of_date
UNION
SELECT _table, cited.id, 'as_of_date', as_of_source || ' bears no date, and no note says why ' || as_of_date
FROM cited JOIN sources ON sources.id = as_of_source WHERE date IS NULL AND as_of_note IS NULL
UNION
SELECT _table, id, 'as_of_source', 'no claim here is cited from ' || as_of_source
FROM cited GROUP BY _table, id HAVING sum(source = as_of_source) = 0
UNION
SELECT _table, id, 'as_of_date', 'it also rests on ' || source || ', which is dated ' || published
FROM cited WHERE source <> as_of_source
  AND substr(published, 1, min(length(published), length(as_of_date)))
    > substr(as_of_date, 1, min(length(published), length(as_of_date)))
