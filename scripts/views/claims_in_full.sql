-- SPDX-License-Identifier: CC-BY-4.0
-- title: Claims in full
-- description: Each claim with who it comes from and where it was published, in words, and the keys of what answers it.
WITH answers AS (
  SELECT _value AS claim, 'denied_by' AS way, _parent AS answer FROM claims_denies
  UNION SELECT _value, 'contradicted_by', _parent FROM claims_contradicts
  UNION SELECT _parent, 'contradicted_by', _value FROM claims_contradicts
  UNION SELECT _value, 'overturned_by', _parent FROM claims_overturns
  UNION SELECT _value, 'corrected_by', _parent FROM claims_corrects
  UNION SELECT _value, 'followed_by', _parent FROM claims_later_in_case
  UNION SELECT _value, 'upheld_by', _parent FROM claims_upholds
),
answered AS (
  SELECT claim,
         group_concat(CASE way WHEN 'denied_by' THEN answer END, ', ') AS denied_by,
         group_concat(CASE way WHEN 'contradicted_by' THEN answer END, ', ') AS contradicted_by,
         group_concat(CASE way WHEN 'overturned_by' THEN answer END, ', ') AS overturned_by,
         group_concat(CASE way WHEN 'corrected_by' THEN answer END, ', ') AS corrected_by,
         group_concat(CASE way WHEN 'followed_by' THEN answer END, ', ') AS followed_by,
         group_concat(CASE way WHEN 'upheld_by' THEN answer END, ', ') AS upheld_by
  FROM (SELECT * FROM answers ORDER BY claim, way, answer) GROUP BY claim
)
SELECT claims.id AS claim, claims.kind, claims.statement, origins.description AS said_by, origins.anonymous,
       claims.said_on, sources.title AS published_in, publishers.name AS published_by, sources.date AS published_on,
       claims.locator, claims.hedge, sources.url, answered.denied_by, answered.contradicted_by, answered.overturned_by,
       answered.corrected_by, answered.followed_by AS later_in_the_same_case, answered.upheld_by, claims.origin,
       claims.source
FROM claims
JOIN origins ON origins.id = claims.origin
JOIN sources ON sources.id = claims.source
JOIN publishers ON publishers.id = sources.publisher
LEFT JOIN answered ON answered.claim = claims.id
