-- SPDX-License-Identifier: CC-BY-4.0
-- title: What comes later in a case, upholds or overturns is about an earlier stage of the same case
-- description: The case is that of the court events that the two claims are about; a stage is earlier by its dates.
-- hint: Take the link out, exchange its ends, or mend the events of the two claims.
WITH links AS (
  SELECT 'later_in_case' AS way, * FROM claims_later_in_case
  UNION ALL SELECT 'upholds', * FROM claims_upholds
  UNION ALL SELECT 'overturns', * FROM claims_overturns
),
stages AS (
  SELECT _parent AS claim, "case", coalesce(earliest, latest) AS at
  FROM claims_events JOIN events ON events.id = _value WHERE events.kind = 'court'
),
pairs AS (
  SELECT links._parent, links._position, links._value, way, one.at AS answering, other.at AS answered
  FROM links JOIN stages AS one ON one.claim = links._parent
  JOIN stages AS other ON other.claim = links._value AND other."case" = one."case"
)
SELECT 'claims_' || way AS _table, _parent || '/' || way || '/' || _position AS _key, '_value' AS _column,
       _parent || ' and ' || _value || ' are about no court events of one case' AS message
FROM links WHERE NOT EXISTS (SELECT 1 FROM pairs WHERE pairs._parent = links._parent AND pairs._value = links._value)
UNION ALL
SELECT 'claims_' || way, _parent || '/' || way || '/' || _position, '_value',
       _value || ' is about a stage of ' || max(answered) || ', not before that of ' || max(answering)
FROM pairs GROUP BY way, _parent, _position, _value
HAVING max(substr(answering, 1, min(length(answering), length(answered)))
           > substr(answered, 1, min(length(answering), length(answered)))) = 0
