-- SPDX-License-Identifier: CC-BY-4.0
-- title: That two origins may be the same is recorded on both sides
-- hint: Add the link to the other origin too.
SELECT 'origins_possibly_same_as' AS _table, one._parent || '/possibly_same_as/' || one._position AS _key,
       '_value' AS _column, one._value || ' does not say that it may be the same as ' || one._parent AS message
FROM origins_possibly_same_as AS one
WHERE NOT EXISTS (SELECT 1 FROM origins_possibly_same_as AS other
                  WHERE other._parent = one._value AND other._value = one._parent)
