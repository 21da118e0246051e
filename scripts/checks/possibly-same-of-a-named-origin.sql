-- SPDX-License-Identifier: CC-BY-4.0
-- title: Only anonymous origins may be marked as possibly the same
-- hint: Nothing is inferred about who a named origin is.
SELECT 'origins' AS _table, origins.id AS _key, 'anonymous' AS _column,
       'this origin is not anonymous, and may not be said to be possibly another' AS message
FROM origins WHERE NOT anonymous AND EXISTS (SELECT 1 FROM origins_possibly_same_as WHERE _parent = origins.id)
