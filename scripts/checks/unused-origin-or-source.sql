-- SPDX-License-Identifier: CC-BY-4.0
-- title: An origin or a source stands behind some claim
-- hint: Draw a claim from it, or remove it.
SELECT 'origins' AS _table, id AS _key, 'id' AS _column, 'no claim rests on this origin' AS message
FROM origins WHERE id NOT IN (SELECT origin FROM claims)
UNION ALL SELECT 'sources', id, 'id', 'no claim is cited from this source'
FROM sources WHERE id NOT IN (SELECT source FROM claims)
