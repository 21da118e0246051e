-- SPDX-License-Identifier: CC-BY-4.0
-- title: An event rests on claims that name it
-- hint: Name the event in the claim, or another claim here.
SELECT 'events_claims' AS _table, events_claims._parent || '/claims/' || events_claims._position AS _key,
       '_value' AS _column, 'the claim ' || events_claims._value || ' does not name this event' AS message
FROM events_claims
WHERE NOT EXISTS (SELECT 1 FROM claims_events WHERE claims_events._parent = events_claims._value
                  AND claims_events._value = events_claims._parent)
