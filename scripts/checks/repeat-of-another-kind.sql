-- SPDX-License-Identifier: CC-BY-4.0
-- title: Who passes a claim on does not make it another kind of claim
-- description: The kind is what the speaker does, and of a repeat the speaker is the one who said it first.
-- hint: Give it the kind of the claim that it repeats.
SELECT 'claims' AS _table, one.id AS _key, 'kind' AS _column,
       'its kind is ' || one.kind || ', and that of ' || other.id || ', which it repeats, ' || other.kind AS message
FROM claims_repeats JOIN claims AS one ON one.id = _parent JOIN claims AS other ON other.id = _value
WHERE one.origin = other.origin AND one.kind <> other.kind
