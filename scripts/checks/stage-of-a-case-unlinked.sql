-- SPDX-License-Identifier: CC-BY-4.0
-- title: What is said of a stage of a court case is linked to every later stage
-- description: >-
--   A charge does not stand without the acquittal, nor a ruling without the retrial. Of each later stage, one claim says
--   that it comes later in the case, upholds or overturns; and so does every claim of a ruling, of each earlier claim
--   about a person whom it names. It is told at the claim, and at the links of the later stage.
-- hint: Name the claim in later_in_case, upholds or overturns of a claim about the later stage.
WITH told AS (
  SELECT _parent AS claim, events.id AS stage, "case", coalesce(earliest, latest) AS at
  FROM claims_events JOIN events ON events.id = _value WHERE events.kind = 'court'
),
links AS (
  SELECT 'later_in_case' AS way, * FROM claims_later_in_case
  UNION ALL SELECT 'upholds', * FROM claims_upholds
  UNION ALL SELECT 'overturns', * FROM claims_overturns
),
missing AS (
  SELECT DISTINCT one.claim, later.stage FROM told AS one JOIN told AS later ON later."case" = one."case"
    AND substr(later.at, 1, min(length(later.at), length(one.at)))
      > substr(one.at, 1, min(length(later.at), length(one.at)))
  WHERE NOT EXISTS (SELECT 1 FROM told AS same WHERE same.claim = one.claim AND same.stage = later.stage)
    AND NOT EXISTS (SELECT 1 FROM links JOIN told AS answering ON answering.claim = links._parent
                    WHERE links._value = one.claim AND answering.stage = later.stage)
),
silent AS (
  SELECT DISTINCT later.claim, one.claim AS earlier FROM told AS one JOIN told AS later ON later."case" = one."case"
    AND substr(later.at, 1, min(length(later.at), length(one.at)))
      > substr(one.at, 1, min(length(later.at), length(one.at)))
  JOIN claims ON claims.id = later.claim AND claims.kind = 'rules'
  JOIN claims_people AS named ON named._parent = later.claim
  JOIN claims_people AS before ON before._parent = one.claim AND before._value = named._value
  WHERE NOT EXISTS (SELECT 1 FROM told AS same WHERE same.claim = one.claim AND same.stage = later.stage)
    AND NOT EXISTS (SELECT 1 FROM links WHERE links._parent = later.claim AND links._value = one.claim)
)
SELECT 'claims' AS _table, claim AS _key, 'id' AS _column, 'nothing links it to the later stage ' || stage AS message
FROM missing
UNION ALL
SELECT 'claims_' || way, links._parent || '/' || way || '/' || links._position, '_value',
       'no claim about ' || missing.stage || ' is linked to ' || missing.claim
FROM missing JOIN told ON told.stage = missing.stage JOIN links ON links._parent = told.claim AND links._position = 0
UNION ALL
SELECT 'claims', told.claim, 'id', 'no claim about ' || missing.stage || ' is linked to ' || missing.claim
FROM missing JOIN told ON told.stage = missing.stage
WHERE told.claim NOT IN (SELECT _parent FROM links) AND NOT EXISTS (
  SELECT 1 FROM links JOIN told AS other ON other.claim = links._parent WHERE other.stage = missing.stage)
UNION ALL
SELECT 'claims_' || way, silent.claim || '/' || way || '/0', '_value',
       'the ruling ' || silent.claim || ' does not say that it came later than ' || earlier
FROM silent JOIN (SELECT DISTINCT way, _parent FROM links) AS saying ON saying._parent = silent.claim
UNION ALL
SELECT 'claims', claim, 'id', 'the ruling ' || claim || ' does not say that it came later than ' || earlier
FROM silent WHERE claim NOT IN (SELECT _parent FROM links)
