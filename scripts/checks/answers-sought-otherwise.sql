-- SPDX-License-Identifier: CC-BY-4.0
-- title: Answers that were found are linked, and answers that are linked were found
-- description: >-
--   Of each person of whom a claim alleges, reports or rules something, the one who gives a court case its name aside,
--   the record says which answers were looked for. What it lists is held against the links of the claims, both ways, so
--   that an answer cannot be lost on one side unseen. The same holds of each body of which a claim alleges something,
--   whoever says it aside.
-- hint: Mend the link or the list; look for answers in every document held, and say on which day.
WITH links AS (
  SELECT 'denies' AS way, * FROM claims_denies
  UNION ALL SELECT 'contradicts', * FROM claims_contradicts
  UNION ALL SELECT 'overturns', * FROM claims_overturns
  UNION ALL SELECT 'corrects', * FROM claims_corrects
  UNION ALL SELECT 'later_in_case', * FROM claims_later_in_case
  UNION ALL SELECT 'upholds', * FROM claims_upholds
),
named AS (
  SELECT 'people' AS collection, _value AS subject, _parent AS claim FROM claims_people
  WHERE _value NOT IN (SELECT participant FROM events_participants WHERE kind = 'gives the case its name')
  UNION ALL SELECT 'organizations', _value, _parent FROM claims_organizations
),
accused AS (
  SELECT collection, subject, claim
  FROM named JOIN claims ON claims.id = claim JOIN origins ON origins.id = claims.origin
  WHERE claims.kind = 'alleges' AND subject NOT IN (coalesce(organization, ''), coalesce(publisher, ''))
    OR collection = 'people' AND claims.kind IN ('reports', 'rules')
),
searches AS (
  SELECT 'people' AS collection, * FROM people_answers_sought
  UNION ALL SELECT 'organizations', * FROM organizations_answers_sought
),
found AS (
  SELECT 'people' AS collection, * FROM people_answers_sought_found
  UNION ALL SELECT 'organizations', * FROM organizations_answers_sought_found
),
answered AS (
  SELECT 'people' AS collection, * FROM people_answers_sought_found_to
  UNION ALL SELECT 'organizations', * FROM organizations_answers_sought_found_to
),
listed AS (
  SELECT searches.collection, searches._parent AS subject, answer, way, answered._value AS claim,
         answered._parent AS row, answered._position AS position
  FROM searches JOIN found ON found.collection = searches.collection AND found._parent = searches._key
  JOIN answered ON answered.collection = found.collection AND answered._parent = found._key
),
lost AS (
  SELECT * FROM listed WHERE NOT EXISTS (
    SELECT 1 FROM links WHERE links.way = listed.way AND links._parent = answer AND links._value = claim)
),
looked AS (
  SELECT 'people' AS collection, _parent AS search, _value AS source FROM people_answers_sought_in
  UNION ALL SELECT 'organizations', _parent, _value FROM organizations_answers_sought_in
)
SELECT collection || '_answers_sought_found_to' AS _table, row || '/to/' || position AS _key, '_value' AS _column,
       answer || ' does not say that it ' || way || ' ' || claim AS message
FROM lost
UNION
SELECT 'claims_' || lost.way, answer || '/' || lost.way || '/0', '_value',
       'the list does not have ' || claim || ', which the record of ' || subject || ' names'
FROM lost WHERE EXISTS (SELECT 1 FROM links WHERE links.way = lost.way AND links._parent = answer)
UNION
SELECT 'claims', answer, 'id', 'it does not say that it ' || lost.way || ' ' || claim || ', as the record of '
       || subject || ' has it'
FROM lost WHERE NOT EXISTS (SELECT 1 FROM links WHERE links.way = lost.way AND links._parent = answer)
UNION
SELECT accused.collection, accused.subject, 'id', links._parent || ' (' || links.way || ' ' || links._value
       || ') is not among the answers found'
FROM accused JOIN links ON links._value = accused.claim
WHERE NOT EXISTS (SELECT 1 FROM listed WHERE listed.collection = accused.collection AND listed.way = links.way
  AND listed.subject = accused.subject AND listed.answer = links._parent AND listed.claim = links._value)
UNION
SELECT listed.collection || '_answers_sought_found_to', row || '/to/' || position, '_value',
       claim || ' is no accusation of ' || subject
FROM listed WHERE NOT EXISTS (SELECT 1 FROM accused WHERE accused.collection = listed.collection
  AND accused.subject = listed.subject AND accused.claim = listed.claim)
UNION
SELECT DISTINCT collection, subject, 'id', 'the record does not say whether answers were looked for'
FROM accused WHERE NOT EXISTS (
  SELECT 1 FROM searches WHERE searches.collection = accused.collection AND searches._parent = subject)
UNION
SELECT collection || '_answers_sought', max(_key), 'on', 'in none of the searches was ' || sources.id || ' looked through'
FROM searches JOIN sources
GROUP BY collection, _parent, sources.id
HAVING sum(EXISTS (SELECT 1 FROM looked WHERE looked.collection = searches.collection
                   AND looked.search = searches._key AND looked.source = sources.id)) = 0
