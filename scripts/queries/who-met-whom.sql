-- SPDX-License-Identifier: CC-BY-4.0
-- title: Who is said to have met whom, when and where, on whose word?
-- description: One row for each participant of a reported meeting and each claim that says so.
-- link: {event: events, claim: claims, origin: origins, source: sources}
-- group: [event, event_name]
-- chart: {dots: earliest, low: earliest, high: latest, by: event_name}
-- order: 1
SELECT events.id AS event, events.name AS event_name, events.earliest, events.latest,
       (SELECT group_concat(place, '; ') FROM
          (SELECT _value AS place FROM events_places WHERE _parent = events.id ORDER BY _value)) AS places,
       participants.participant, coalesce(people.name, organizations.name) AS participant_name, participants.part,
       claims.id AS claim, claims.kind, claims.statement, claims.origin, origins.description AS said_by,
       claims.source, claims.locator
FROM events
JOIN events_participants AS participants ON participants._parent = events.id
JOIN events_participants_claims AS resting ON resting._parent = participants._key
JOIN claims ON claims.id = resting._value
JOIN origins ON origins.id = claims.origin
LEFT JOIN people ON people.id = participants.participant_people
LEFT JOIN organizations ON organizations.id = participants.participant_organizations
WHERE events.kind = 'meeting'
ORDER BY events.id, participants.participant, claims.id
