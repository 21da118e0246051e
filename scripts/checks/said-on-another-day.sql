-- SPDX-License-Identifier: CC-BY-4.0
-- title: A claim was said when its outlet published it, its speaker spoke, or its court ruled
-- description: >-
--   What an outlet says in its own voice is of the date of its document. What a person or body says is of the statement
--   or report, where that is dated; a ruling is of the day of the court event. Where these say nothing, the day is left
--   out. It is told at the claim, which may lack the day, and at the day.
-- hint: Mend said_on, or leave it out where the document does not tell it.
WITH spoken AS (
  SELECT participant AS speaker, earliest, latest, count(*) AS occasions
  FROM events_participants AS taking JOIN events ON events.id = taking._parent
  WHERE events.kind IN ('statement', 'report') AND taking.kind = 'spoke' AND earliest = latest
  GROUP BY participant
),
ruled AS (
  SELECT _parent AS claim, max(coalesce(earliest, latest)) AS day
  FROM claims_events JOIN events ON events.id = _value
  WHERE events.kind = 'court' AND coalesce(earliest, latest) = coalesce(latest, earliest) AND latest IS NOT NULL
  GROUP BY _parent HAVING count(*) = 1
),
due AS (
  SELECT claims.id, said_on, CASE
      WHEN claims.kind = 'rules' THEN ruled.day
      WHEN origins.kind = 'publisher' THEN CASE WHEN origins.publisher = sources.publisher THEN sources.date END
      ELSE CASE WHEN occasions = 1 AND sources.date IS NOT NULL THEN spoken.earliest END END AS day
  FROM claims JOIN origins ON origins.id = claims.origin JOIN sources ON sources.id = claims.source
  LEFT JOIN ruled ON ruled.claim = claims.id
  LEFT JOIN spoken ON spoken.speaker = coalesce(origins.person, origins.organization)
)
SELECT 'claims' AS _table, id AS _key, 'id' AS _column, 'it was said on ' || day || ', which said_on does not say'
       AS message
FROM due WHERE day IS NOT NULL AND said_on IS NULL
UNION ALL
SELECT 'claims', id, 'said_on', 'it was said on ' || day FROM due WHERE said_on <> day
UNION ALL
SELECT 'claims', claims.id, 'said_on', 'the document is of ' || date || ', before that'
FROM claims JOIN sources ON sources.id = source
WHERE substr(said_on, 1, min(length(said_on), length(date))) > substr(date, 1, min(length(said_on), length(date)))
