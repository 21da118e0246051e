-- SPDX-License-Identifier: CC-BY-4.0
-- title: Who is said to have ordered, arranged, attended or facilitated what?
-- description: >-
--   By the kind of part that documents give somebody in meetings, contacts, escorts, deliveries and the operation,
--   with the words of who says so. To have ordered or arranged something is not to have been there.
-- link:
--   {person: people, body: organizations, event: events, claim: claims, origin: origins, source: sources}
-- group: kind_of_part
-- order: 6
WITH kinds (kind, kind_of_part) AS (
  VALUES ('ordered', '1. Said to have ordered or authorized it'),
         ('organised', '2. Said to have arranged or planned it'),
         ('was to host', '3. Said to have been let host it'),
         ('attended', '4. Said to have been there'),
         ('was represented', '5. Said to have been there in the person of others'),
         ('was in contact', '6. Said to have been in touch'),
         ('facilitated', '7. Said to have helped it on or let it pass'),
         ('oversaw', '8. Said to have overseen it'),
         ('was coordinated with', '9. Said to be the one with whom it was coordinated')
)
SELECT kind_of_part, people.id AS person, organizations.id AS body, participants.part, events.id AS event,
       events.name AS event_name, events.earliest, events.latest,
       claims.id AS claim, claims.kind, claims.statement, claims.hedge, origins.description AS said_by,
       sources.title AS published_in, claims.locator, claims.answers, claims.note, claims.origin, claims.source
FROM events_participants AS participants
JOIN kinds ON kinds.kind = participants.kind
JOIN events ON events.id = participants._parent
JOIN events_participants_claims AS resting ON resting._parent = participants._key
JOIN claims ON claims.id = resting._value
JOIN origins ON origins.id = claims.origin
JOIN sources ON sources.id = claims.source
LEFT JOIN people ON people.id = participants.participant_people
LEFT JOIN organizations ON organizations.id = participants.participant_organizations
ORDER BY kind_of_part, people.id IS NULL, participants.participant, coalesce(events.earliest, events.latest), events.id,
         claims.id
