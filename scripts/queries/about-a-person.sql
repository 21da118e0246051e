-- SPDX-License-Identifier: CC-BY-4.0
-- title: What is said about each person, by whom, and what answers it?
-- description: >-
--   Each claim about somebody in the order in which it was published, with all that denies, contradicts or upholds it
--   or came later in its case; with how far the case has come; and with whether answers were looked for. That no
--   answer was found says nothing of whether it is true. Those about whom most is alleged come first. What says the
--   same again stands beside it; what a person said is under what each origin said.
-- link: {person: people, claim: claims, origin: origins, source: sources}
-- group: [person, person_name]
-- order: 1
WITH RECURSIVE
again (first, claim) AS (
  SELECT _value, _parent FROM claims_repeats
  UNION
  SELECT again.first, claims_repeats._parent FROM again JOIN claims_repeats ON claims_repeats._value = again.claim
),
-- The last stage of a case that is known.
outcomes ("case", outcome) AS (
  SELECT "case", CASE id
    WHEN 'tekci-retrial-2023' THEN 'The defendants were acquitted on 11 September 2015, which was upheld on 27 March '
      || '2018, as Faili Belli relates; a retrial began on 17 July 2023, as it reports; no verdict is known.'
    ELSE 'The last stage of the case that is known: ' || name || '. ' || coalesce(date_note, '') || ' '
      || coalesce(note, '') END
  FROM (SELECT *, row_number() OVER (PARTITION BY "case" ORDER BY coalesce(earliest, latest) DESC) AS nth FROM events
        WHERE "case" IS NOT NULL)
  WHERE nth = 1
),
sought (person, answers_sought) AS (
  SELECT _parent, group_concat("on" || ': ' || note, ' ')
  FROM (SELECT * FROM people_answers_sought ORDER BY _parent, _position) GROUP BY _parent
)
SELECT people.id AS person, people.name AS person_name, answers_sought, claims.id AS claim, claims.kind,
       claims.statement, claims.hedge, origins.description AS said_by, claims.said_on,
       sources.title AS published_in, claims.locator, claims.answers,
       (SELECT outcome FROM claims_events JOIN events ON events.id = _value JOIN outcomes USING ("case")
        WHERE _parent = claims.id LIMIT 1) AS outcome,
       (SELECT group_concat(claim, ', ') FROM (SELECT claim FROM again WHERE first = claims.id ORDER BY claim))
         AS said_again_by,
       claims.note, claims.origin, claims.source
FROM claims_people
JOIN people ON people.id = claims_people._value
JOIN claims ON claims.id = claims_people._parent
JOIN origins ON origins.id = claims.origin
JOIN sources ON sources.id = claims.source
LEFT JOIN sought ON sought.person = people.id
WHERE origins.person IS NOT people.id
  AND NOT EXISTS (SELECT 1 FROM claims_repeats WHERE _parent = claims.id)
ORDER BY sum(claims.kind = 'alleges') OVER (PARTITION BY people.id) DESC, people.name, people.id,
         sources.date IS NULL, sources.date, sources.id,
         CAST(replace(claims.locator, 'paragraph ', '') AS INTEGER), claims.id
