-- SPDX-License-Identifier: CC-BY-4.0
-- title: An origin is described in a document that a claim of it is cited from
-- hint: Mend the source, or draw the claim from it.
SELECT 'origins' AS _table, id AS _key, 'source' AS _column,
       'no claim of this origin is cited from ' || source AS message
FROM origins
WHERE NOT EXISTS (SELECT 1 FROM claims WHERE claims.origin = origins.id AND claims.source = origins.source)
UNION ALL
SELECT 'people_mentions', _parent || '/mentions/' || _position, 'source',
       'no claim about this person is cited from ' || mention.source
FROM people_mentions AS mention WHERE NOT EXISTS (
  SELECT 1 FROM claims_people JOIN claims ON claims.id = claims_people._parent
  WHERE claims_people._value = mention._parent AND claims.source = mention.source)
UNION ALL
SELECT 'organizations_mentions', _parent || '/mentions/' || _position, 'source',
       'no claim about this body is cited from ' || mention.source
FROM organizations_mentions AS mention
WHERE NOT EXISTS (SELECT 1 FROM claims_organizations JOIN claims ON claims.id = claims_organizations._parent
  WHERE claims_organizations._value = mention._parent AND claims.source = mention.source)
