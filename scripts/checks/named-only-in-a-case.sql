-- SPDX-License-Identifier: CC-BY-4.0
-- title: Who is named in a court case only is not named in this book
-- description: >-
--   The case is in the book because of people whom a document on its subject names. Others are a co-defendant, a witness
--   and so on, however the documents of the case call them.
-- hint: Speak of a co-defendant, and take the person's record out.
SELECT 'people' AS _table, people.id AS _key, 'id' AS _column,
       'all claims about this person are about a court case, and none is from a document on the subject' AS message
FROM people
WHERE EXISTS (SELECT 1 FROM claims_people WHERE _value = people.id)
  AND NOT EXISTS (
    SELECT 1 FROM claims_people AS about JOIN claims ON claims.id = about._parent
    WHERE about._value = people.id AND (
      claims.source IN (SELECT source FROM paragraphs)  -- the principal source
      OR NOT EXISTS (SELECT 1 FROM claims_events JOIN events ON events.id = claims_events._value
                     WHERE claims_events._parent = claims.id AND events.kind IN ('court', 'disappearance'))))
