-- SPDX-License-Identifier: CC-BY-4.0
-- title: Claims by what they are about
-- description: One row for each person, body, place and event that a claim is about, with what answers it.
WITH about AS (
  SELECT 'people' AS about_table, people.id AS about, people.name, _parent AS claim
  FROM claims_people JOIN people ON people.id = _value
  UNION ALL
  SELECT 'organizations', organizations.id, organizations.name, _parent
  FROM claims_organizations JOIN organizations ON organizations.id = _value
  UNION ALL
  SELECT 'places', places.id, places.name, _parent FROM claims_places JOIN places ON places.id = _value
  UNION ALL
  SELECT 'events', events.id, events.name, _parent FROM claims_events JOIN events ON events.id = _value
)
SELECT about_table, about, name, claim, kind, statement, origin, source, locator, answers, denied_by, contradicted_by,
       overturned_by, corrected_by, followed_by, upheld_by
FROM about JOIN claims ON claims.id = claim
