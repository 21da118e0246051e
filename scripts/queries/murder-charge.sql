-- SPDX-License-Identifier: CC-BY-4.0
-- title: What happened to the murder charge after the acquittal that the principal source mentions?
-- description: >-
--   The case of Nezir Tekçi in order of time. The acquittal of 2015 is not the last word: a retrial began in 2023, and no
--   verdict of it is known to this book. An indictment or a retrial says nothing of guilt.
-- link: {event: events, claim: claims, origin: origins, source: sources}
-- group: [event, event_name]
-- chart: {dots: earliest, low: earliest, high: latest, by: event_name}
-- order: 6
WITH the_case AS (
  SELECT DISTINCT claims_events._value AS event
  FROM claims_events JOIN claims_people ON claims_people._parent = claims_events._parent
  JOIN events ON events.id = claims_events._value
  WHERE claims_people._value = 'nezir-tekci' AND events.kind IN ('court', 'disappearance')
  UNION
  SELECT id FROM events WHERE kind = 'court'
)
SELECT events.id AS event, events.name AS event_name, events.earliest, events.latest, claims.id AS claim, claims.kind,
       claims.statement, claims.origin, origins.description AS said_by, claims.source, claims.locator
FROM the_case
JOIN events ON events.id = the_case.event
JOIN claims_events ON claims_events._value = events.id
JOIN claims ON claims.id = claims_events._parent
JOIN origins ON origins.id = claims.origin
ORDER BY coalesce(events.earliest, events.latest), events.id, claims.id
