-- SPDX-License-Identifier: CC-BY-4.0
-- title: What is denied is contested, whoever published it
-- description: >-
--   So its kind is that of a contested charge. One newspaper's report that was denied is not another kind of claim than
--   another's.
-- hint: Set its kind to alleges.
SELECT 'claims' AS _table, claims.id AS _key, 'kind' AS _column,
       'it is denied by ' || group_concat(claims_denies._parent, ', ') || ', and its kind is ' || kind AS message
FROM claims_denies JOIN claims ON claims.id = claims_denies._value
WHERE kind <> 'alleges' GROUP BY claims.id
