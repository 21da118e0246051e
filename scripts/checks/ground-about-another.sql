-- SPDX-License-Identifier: CC-BY-4.0
-- title: What a record rests on is about it
-- hint: Name it in the claim, or another claim here.
SELECT 'people_claims' AS _table, _parent || '/claims/' || _position AS _key, '_value' AS _column,
       'the claim ' || _value || ' is not about this person' AS message
FROM people_claims WHERE NOT EXISTS (SELECT 1 FROM claims_people AS about
  WHERE about._parent = people_claims._value AND about._value = people_claims._parent)
UNION ALL
SELECT 'organizations_claims', _parent || '/claims/' || _position, '_value',
       'the claim ' || _value || ' is not about this body'
FROM organizations_claims WHERE NOT EXISTS (SELECT 1 FROM claims_organizations AS about
  WHERE about._parent = organizations_claims._value AND about._value = organizations_claims._parent)
UNION ALL
SELECT 'places_claims', _parent || '/claims/' || _position, '_value',
       'the claim ' || _value || ' is not about this place'
FROM places_claims WHERE NOT EXISTS (SELECT 1 FROM claims_places AS about
  WHERE about._parent = places_claims._value AND about._value = places_claims._parent)
UNION ALL
SELECT 'postings_claims', postings.id || '/claims/' || _position, '_value',
       'the claim ' || _value || ' is not about both ' || person || ' and ' || organization
FROM postings_claims JOIN postings ON postings.id = _parent
WHERE NOT EXISTS (SELECT 1 FROM claims_people AS about
    WHERE about._parent = postings_claims._value AND about._value = person)
  OR NOT EXISTS (SELECT 1 FROM claims_organizations AS about
    WHERE about._parent = postings_claims._value AND about._value = organization)
UNION ALL
SELECT 'events_participants', taking._key, 'participant',
       'the claim ' || ground._value || ' is not about ' || participant
FROM events_participants AS taking JOIN events_participants_claims AS ground ON ground._parent = taking._key
JOIN claims_events AS named ON named._parent = ground._value AND named._value = taking._parent
  -- else the claim is what is wrong
WHERE NOT EXISTS (SELECT 1 FROM claims_people AS about
    WHERE about._parent = ground._value AND about._value = participant)
  AND NOT EXISTS (SELECT 1 FROM claims_organizations AS about
    WHERE about._parent = ground._value AND about._value = participant)
UNION ALL
SELECT 'events_places', at._parent || '/places/' || at._position, '_value',
       'no claim about this event is about ' || at._value
FROM events_places AS at WHERE NOT EXISTS (SELECT 1 FROM claims_events JOIN claims_places USING (_parent)
  WHERE claims_events._value = at._parent AND claims_places._value = at._value)
