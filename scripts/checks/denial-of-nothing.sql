-- SPDX-License-Identifier: CC-BY-4.0
-- title: What denies a claim is a denial
-- hint: Set its kind to denies, or link it with contradicts.
SELECT 'claims' AS _table, claims.id AS _key, 'kind' AS _column,
       'it denies ' || _value || ', but its kind is ' || kind AS message
FROM claims_denies JOIN claims ON claims.id = _parent WHERE kind <> 'denies'
