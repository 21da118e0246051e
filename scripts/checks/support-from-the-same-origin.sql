-- SPDX-License-Identifier: CC-BY-4.0
-- title: A claim supports another from an origin of its own
-- hint: What the same origin says again is a repeat; link it with repeats.
SELECT 'claims_supports' AS _table, _parent || '/supports/' || _position AS _key, '_value' AS _column,
       'both rest on the origin ' || one.origin || ', so one does not support the other' AS message
FROM claims_supports JOIN claims AS one ON one.id = _parent JOIN claims AS other ON other.id = _value
WHERE one.origin = other.origin
