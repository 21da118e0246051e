-- SPDX-License-Identifier: CC-BY-4.0
-- title: A key is made of words of the name
-- hint: Mend the name, or exchange two keys that are in each other's place; else a published key is not changed.
WITH named AS (
  SELECT 'people' AS _table, id, name || ' ' || coalesce((SELECT group_concat(_value, ' ') FROM people_aliases
         WHERE _parent = id), '') AS names FROM people
  UNION ALL SELECT 'organizations', id, name || ' ' || coalesce(name_original, '') || ' ' || coalesce((SELECT
         group_concat(_value, ' ') FROM organizations_aliases WHERE _parent = id), '') FROM organizations
  UNION ALL SELECT 'places', id, name || ' ' || coalesce((SELECT group_concat(_value, ' ') FROM places_aliases
         WHERE _parent = id), '') FROM places
  UNION ALL SELECT 'publishers', id, name FROM publishers
  UNION ALL SELECT 'postings', id, person FROM postings
  UNION ALL SELECT 'origins', id, publisher FROM origins WHERE kind = 'publisher'
  UNION ALL SELECT 'origins', id, person FROM origins WHERE kind = 'person'
),
plain AS (
  SELECT _table, id, lower(replace(replace(replace(replace(replace(replace(replace(replace(
    replace(replace(replace(replace(replace(replace(replace(replace(names
    , 'ş', 's'), 'Ş', 'S'), 'ı', 'i'), 'İ', 'I'), 'ç', 'c'), 'Ç', 'C'), 'ğ', 'g'), 'Ğ', 'G')
    , 'ü', 'u'), 'Ü', 'U'), 'ö', 'o'), 'Ö', 'O'), 'â', 'a'), 'Â', 'A'), 'î', 'i'), 'Î', 'I')) AS names
  FROM named
),
parts AS (  -- the first word of the key of a posting, since the others are of the body; else every word
  SELECT _table, plain.id AS id, names, substr(word.value, 1, 4) AS begun
  FROM plain, json_each('["' || replace(plain.id, '-', '","') || '"]') AS word
  WHERE _table <> 'postings' OR word.key = 0
)
SELECT _table, id AS _key, 'id' AS _column,
       'no word of the name begins as ' || group_concat(begun, ', ') || ' in the key' AS message
FROM parts WHERE instr(names, begun) = 0 GROUP BY _table, id
