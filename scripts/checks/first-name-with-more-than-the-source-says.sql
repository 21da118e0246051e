-- SPDX-License-Identifier: CC-BY-4.0
-- title: What is known of somebody by first name only is not put together from several documents
-- description: >-
--   First name, rank and post together can say who it is. A book that joins what one document says with what another does
--   says more than either. Documents that are derived from the first add nothing to it.
-- hint: Leave what the other document adds out, or make two records.
WITH RECURSIVE
derived (source, derived_from) AS (
  SELECT _parent, _value FROM sources_derived_from
  UNION
  SELECT derived.source, sources_derived_from._value
  FROM derived JOIN sources_derived_from ON sources_derived_from._parent = derived.derived_from
),
told AS (
  SELECT about._value AS person, about._parent || '/people/' || about._position AS key, claims.source, claims.rowid AS at
  FROM claims_people AS about JOIN claims ON claims.id = about._parent JOIN people ON people.id = about._value
  WHERE people.first_name_only
),
own AS (  -- documents that have it from no other document that tells of the same person
  SELECT person, source, count(*) AS times FROM told
  WHERE NOT EXISTS (SELECT 1 FROM derived JOIN told AS earlier ON earlier.source = derived.derived_from
                    WHERE derived.source = told.source AND earlier.person = told.person)
  GROUP BY person, source
)
SELECT 'claims_people' AS _table, told.key AS _key, '_value' AS _column,
       'what is told of ' || told.person || ' is from another document too: ' ||
       (SELECT group_concat(other.source, ', ') FROM own AS other
        WHERE other.person = own.person AND other.source <> own.source) AS message
FROM told JOIN own USING (person, source)
WHERE EXISTS (SELECT 1 FROM own AS other WHERE other.person = own.person AND other.source <> own.source
              AND (other.times > own.times OR (other.times = own.times AND other.source < own.source)))
UNION ALL
SELECT 'postings', postings.id, 'rank', 'no claim of the posting gives the rank: ' || rank
FROM postings JOIN people ON people.id = postings.person
WHERE first_name_only AND rank IS NOT NULL
  AND NOT EXISTS (SELECT 1 FROM postings_claims JOIN claims ON claims.id = postings_claims._value
                  WHERE postings_claims._parent = postings.id AND instr(lower(statement), lower(rank)))
UNION ALL
SELECT 'people_mentions', _parent || '/mentions/' || _position, 'linked_by',
       'who is known by first name only is linked with nobody by the editors'
FROM people_mentions JOIN people ON people.id = people_mentions._parent
WHERE first_name_only AND linked_by = 'editors'
