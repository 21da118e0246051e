-- SPDX-License-Identifier: CC-BY-4.0
-- title: A participation rests on claims about that event
-- hint: Name the event in the claim, or another claim here.
SELECT 'events_participants_claims' AS _table, claim._parent || '/claims/' || claim._position AS _key,
       '_value' AS _column,
       'the claim ' || claim._value || ' does not name the event ' || events_participants._parent AS message
FROM events_participants JOIN events_participants_claims AS claim ON claim._parent = events_participants._key
WHERE NOT EXISTS (SELECT 1 FROM claims_events WHERE claims_events._parent = claim._value
                  AND claims_events._value = events_participants._parent)
