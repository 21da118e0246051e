-- SPDX-License-Identifier: CC-BY-4.0
-- title: A contradiction is recorded on both sides
-- hint: Add the link to the other claim too.
SELECT 'claims_contradicts' AS _table, one._parent || '/contradicts/' || one._position AS _key, '_value' AS _column,
       one._value || ' does not say that it contradicts ' || one._parent AS message
FROM claims_contradicts AS one
WHERE NOT EXISTS (SELECT 1 FROM claims_contradicts AS other
                  WHERE other._parent = one._value AND other._value = one._parent)
