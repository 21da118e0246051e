-- SPDX-License-Identifier: CC-BY-4.0
-- title: A contradiction is recorded on both sides
-- description: It is told at the link and at the claim that does not have it, since either may be what is wrong.
-- hint: Add the link to the other claim too.
WITH alone AS (
  SELECT * FROM claims_contradicts AS one
  WHERE NOT EXISTS (SELECT 1 FROM claims_contradicts AS other
                    WHERE other._parent = one._value AND other._value = one._parent)
)
SELECT 'claims_contradicts' AS _table, _parent || '/contradicts/' || _position AS _key, '_value' AS _column,
       _value || ' does not say that it contradicts ' || _parent AS message
FROM alone
UNION ALL
SELECT 'claims_contradicts', list._parent || '/contradicts/' || list._position, '_value',
       'the list does not have ' || alone._parent || ', which says that it contradicts this claim'
FROM alone JOIN claims_contradicts AS list ON list._parent = alone._value AND list._position = 0
UNION ALL
SELECT 'claims', _value, 'id', 'it does not say that it contradicts ' || _parent
FROM alone WHERE _value NOT IN (SELECT _parent FROM claims_contradicts) AND _value IN (SELECT id FROM claims)
