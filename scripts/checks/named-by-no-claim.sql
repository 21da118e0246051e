-- SPDX-License-Identifier: CC-BY-4.0
-- title: A person, body, place or event is what some claim is about
-- hint: Private persons and others whom no claim is about do not belong in the book.
SELECT 'people' AS _table, id AS _key, 'id' AS _column, 'no claim is about this person' AS message
FROM people WHERE id NOT IN (SELECT _value FROM claims_people)
UNION ALL SELECT 'organizations', id, 'id', 'no claim is about this body'
FROM organizations WHERE id NOT IN (SELECT _value FROM claims_organizations)
UNION ALL SELECT 'places', id, 'id', 'no claim is about this place'
FROM places WHERE id NOT IN (SELECT _value FROM claims_places)
UNION ALL SELECT 'events', id, 'id', 'no claim is about this event'
FROM events WHERE id NOT IN (SELECT _value FROM claims_events)
