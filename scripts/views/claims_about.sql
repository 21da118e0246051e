-- SPDX-License-Identifier: CC-BY-4.0
-- title: Claims by what they are about
-- description: One row for each person, body, place and event that a claim is about.
SELECT 'people' AS about_table, people.id AS about, people.name, claims.id AS claim, claims.kind, claims.statement,
       claims.origin, claims.source, claims.locator
FROM claims_people JOIN people ON people.id = _value JOIN claims ON claims.id = _parent
UNION ALL
SELECT 'organizations', organizations.id, organizations.name, claims.id, claims.kind, claims.statement,
       claims.origin, claims.source, claims.locator
FROM claims_organizations JOIN organizations ON organizations.id = _value JOIN claims ON claims.id = _parent
UNION ALL
SELECT 'places', places.id, places.name, claims.id, claims.kind, claims.statement,
       claims.origin, claims.source, claims.locator
FROM claims_places JOIN places ON places.id = _value JOIN claims ON claims.id = _parent
UNION ALL
SELECT 'events', events.id, events.name, claims.id, claims.kind, claims.statement,
       claims.origin, claims.source, claims.locator
FROM claims_events JOIN events ON events.id = _value JOIN claims ON claims.id = _parent
