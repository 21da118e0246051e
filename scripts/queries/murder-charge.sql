-- SPDX-License-Identifier: CC-BY-4.0
-- title: What happened to the murder charge after the acquittal that the principal source mentions?
-- description: >-
--   The case of Nezir Tekçi alone, in order of time, each stage with what came later in the case. As the monitors of
--   Faili Belli relate, both defendants were acquitted in 2015, and the Court of Cassation upheld it in 2018; the
--   Constitutional Court found deficiencies in the proceedings; a retrial began on 17 July 2023. No verdict of it is
--   known to this book. So the acquittal is not the last word, and no document says that it was set aside. An
--   indictment or a retrial says nothing of guilt.
-- link: {event: events, claim: claims, origin: origins, source: sources}
-- group: [event, event_name]
-- chart: {dots: earliest, low: earliest, high: latest, by: event_name}
-- order: 8
WITH the_case (event) AS (
  SELECT id FROM events WHERE "case" = 'nezir-tekci'
  UNION
  SELECT events.id
  FROM claims_events
  JOIN claims_people ON claims_people._parent = claims_events._parent
  JOIN events ON events.id = claims_events._value
  WHERE claims_people._value = 'nezir-tekci' AND events.kind = 'disappearance'
)
SELECT events.id AS event, events.name AS event_name, events.earliest, events.latest, events.date_note,
       events.note AS stage_note, claims.id AS claim, claims.kind, claims.statement, claims.said_on,
       origins.description AS said_by, claims.locator, claims.note, claims.answers, claims.origin, claims.source
FROM the_case
JOIN events ON events.id = the_case.event
JOIN claims_events ON claims_events._value = events.id
JOIN claims ON claims.id = claims_events._parent
JOIN origins ON origins.id = claims.origin
ORDER BY coalesce(events.earliest, events.latest), events.id, claims.id
