-- SPDX-License-Identifier: CC-BY-4.0
-- title: A statement names its speaker
-- hint: Mend the origin, or name the speaker in the statement.
WITH named AS (
  SELECT claims.id, statement, coalesce(people.name, organizations.name || ' ' || coalesce(name_original, '') || ' ' ||
         coalesce((SELECT group_concat(_value, ' ') FROM organizations_aliases WHERE _parent = organizations.id), ''),
         publishers.name) AS name
  FROM claims JOIN origins ON origins.id = claims.origin
  LEFT JOIN people ON people.id = origins.person
  LEFT JOIN organizations ON organizations.id = origins.organization
  LEFT JOIN publishers ON publishers.id = origins.publisher
),
plain AS (
  SELECT id, lower(statement) AS statement, name,
         replace(replace(replace(lower(name), '"', ''), '(', ''), ')', '') AS words
  FROM named WHERE name IS NOT NULL
)
SELECT 'claims' AS _table, id AS _key, 'origin' AS _column, 'the statement does not name ' || name AS message
FROM plain
WHERE NOT EXISTS (SELECT 1 FROM json_each('["' || replace(words, ' ', '","') || '"]')
                  WHERE length(value) > 2 AND value NOT IN ('the', 'and', 'ministry') AND instr(statement, value))
UNION ALL
SELECT 'claims', claims.id, 'origin', 'the origin is anonymous, and the statement speaks of no source'
FROM claims JOIN origins ON origins.id = claims.origin
WHERE anonymous AND claims.source = origins.source AND statement NOT LIKE '%source%'
