-- SPDX-License-Identifier: CC-BY-4.0
-- title: A claim is not linked to itself
-- hint: Name the other claim.
WITH links AS (
  SELECT 'contradicts' AS kind, * FROM claims_contradicts
  UNION ALL SELECT 'denies', * FROM claims_denies
  UNION ALL SELECT 'repeats', * FROM claims_repeats
  UNION ALL SELECT 'overturns', * FROM claims_overturns
  UNION ALL SELECT 'corrects', * FROM claims_corrects
  UNION ALL SELECT 'later_in_case', * FROM claims_later_in_case
  UNION ALL SELECT 'upholds', * FROM claims_upholds
  UNION ALL SELECT 'supports', * FROM claims_supports
)
SELECT 'claims_' || kind AS _table, _parent || '/' || kind || '/' || _position AS _key, '_value' AS _column,
       'the claim is linked to itself' AS message
FROM links WHERE _parent = _value
