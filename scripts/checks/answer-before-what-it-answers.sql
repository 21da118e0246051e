-- SPDX-License-Identifier: CC-BY-4.0
-- title: A denial or a correction is not earlier than what it answers
-- hint: Mend a date, or the link.
WITH links AS (
  SELECT 'denies' AS way, * FROM claims_denies UNION ALL SELECT 'corrects', * FROM claims_corrects
),
dated AS (
  SELECT claims.id, coalesce(said_on, date) AS day FROM claims JOIN sources ON sources.id = claims.source
)
SELECT 'claims_' || way AS _table, _parent || '/' || way || '/' || _position AS _key, '_value' AS _column,
       _value || ' is of ' || other.day || ', after ' || one.day AS message
FROM links JOIN dated AS one ON one.id = _parent JOIN dated AS other ON other.id = _value
WHERE substr(one.day, 1, min(length(one.day), length(other.day)))
    < substr(other.day, 1, min(length(one.day), length(other.day)))
