-- SPDX-License-Identifier: CC-BY-4.0
-- title: Another name of a person is in a mention, which says who makes the link and on what ground
-- hint: Add the mention, with its document and its claims, or take the name out.
SELECT 'people_aliases' AS _table, _parent || '/aliases/' || _position AS _key, '_value' AS _column,
       'no mention of this person has ' || _value AS message
FROM people_aliases AS alias
WHERE NOT EXISTS (SELECT 1 FROM people_mentions AS mention
                  WHERE mention._parent = alias._parent AND instr(mention."as", alias._value))
