-- SPDX-License-Identifier: CC-BY-4.0
-- title: A statement names the people whom it is about
-- description: >-
--   By a word of their name, or by an alias. A sentence that names nobody is about nobody, and who is not named in it is
--   not found by name either.
-- hint: Name the person in the statement where the document does, or take the person out.
WITH names AS (
  SELECT people.id, word.value AS word FROM people, json_each('["' || replace(name, ' ', '","') || '"]') AS word
  UNION SELECT _parent, _value FROM people_aliases
),
plain AS (
  SELECT id, ' ' || replace(replace(replace(replace(statement, ',', ' '), '.', ' '), '''', ' '), '’', ' ') || ' ' AS statement
  FROM claims
)
SELECT 'claims_people' AS _table, about._parent || '/people/' || about._position AS _key, '_value' AS _column,
       'the statement does not name ' || about._value AS message
FROM claims_people AS about JOIN plain ON plain.id = about._parent
WHERE NOT EXISTS (SELECT 1 FROM names WHERE names.id = about._value
                  AND instr(statement, ' ' || replace(replace(word, ',', ' '), '.', ' ') || ' '))
