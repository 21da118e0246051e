-- SPDX-License-Identifier: CC-BY-4.0
-- title: What a claim repeats has the same origin, unless an outlet says again in its own voice what a source told it
-- hint: Another outlet that passes a statement on adds no origin; give the original speaker as origin, or link it otherwise.
SELECT 'claims_repeats' AS _table, _parent || '/repeats/' || _position AS _key, '_value' AS _column,
       'the repeated claim rests on ' || other.origin || ', this one on ' || one.origin AS message
FROM claims_repeats JOIN claims AS one ON one.id = _parent JOIN claims AS other ON other.id = _value
JOIN origins ON origins.id = one.origin
WHERE one.origin <> other.origin AND origins.kind <> 'publisher'
