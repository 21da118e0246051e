-- SPDX-License-Identifier: CC-BY-4.0
-- title: A claim is about what rests on it
-- description: >-
--   Where one record names a claim that is not about it, that record may be wrong. Where all of several do, the claim
--   is, or its key is that of another.
-- hint: Mend what the claim is about, or exchange two keys that are in each other's place.
WITH grounds AS (
  SELECT _value AS claim, _parent AS subject FROM people_claims
  UNION SELECT _value, _parent FROM organizations_claims
  UNION SELECT _value, _parent FROM places_claims
  UNION SELECT _value, _parent FROM events_claims
  UNION SELECT claim._value, taking._parent FROM events_participants_claims AS claim
        JOIN events_participants AS taking ON taking._key = claim._parent
  UNION SELECT _value, person FROM postings_claims JOIN postings ON postings.id = _parent
  UNION SELECT _value, organization FROM postings_claims JOIN postings ON postings.id = _parent
),
about AS (
  SELECT _parent AS claim, _value AS subject FROM claims_people
  UNION SELECT _parent, _value FROM claims_organizations
  UNION SELECT _parent, _value FROM claims_places
  UNION SELECT _parent, _value FROM claims_events
)
SELECT 'claims' AS _table, grounds.claim AS _key, 'id' AS _column,
       'it is about none of what rests on it: ' || group_concat(grounds.subject, ', ') AS message
FROM grounds LEFT JOIN about USING (claim, subject) JOIN claims ON claims.id = grounds.claim
GROUP BY grounds.claim HAVING count(*) > 1 AND count(about.claim) = 0
