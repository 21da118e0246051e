-- SPDX-License-Identifier: CC-BY-4.0
-- title: A mention rests on claims about its subject, one of them from the document of the mention
-- hint: Name a claim in which that document speaks of the subject.
WITH mentions AS (
  SELECT 'people' AS subject, _parent, _position, _key, source FROM people_mentions
  UNION ALL SELECT 'organizations', _parent, _position, _key, source FROM organizations_mentions
),
grounds AS (
  SELECT 'people' AS subject, _parent AS mention, _position, _value AS claim FROM people_mentions_claims
  UNION ALL SELECT 'organizations', _parent, _position, _value FROM organizations_mentions_claims
),
about AS (
  SELECT 'people' AS subject, _parent AS claim, _value AS key FROM claims_people
  UNION ALL SELECT 'organizations', _parent, _value FROM claims_organizations
)
SELECT grounds.subject || '_mentions_claims' AS _table, mention || '/claims/' || grounds._position AS _key,
       '_value' AS _column, 'the claim ' || claim || ' is not about ' || mentions._parent AS message
FROM grounds JOIN mentions ON mentions.subject = grounds.subject AND mentions._key = mention
WHERE NOT EXISTS (SELECT 1 FROM about WHERE about.subject = grounds.subject AND about.claim = grounds.claim
                  AND about.key = mentions._parent)
UNION ALL
SELECT mentions.subject || '_mentions', mentions._parent || '/mentions/' || mentions._position, 'source',
       'none of its claims is cited from ' || mentions.source
FROM mentions
WHERE NOT EXISTS (
  SELECT 1 FROM grounds JOIN claims ON claims.id = grounds.claim
  WHERE grounds.subject = mentions.subject AND grounds.mention = mentions._key AND (claims.source = mentions.source
    OR EXISTS (SELECT 1 FROM claims_citations AS cited
               WHERE cited._parent = claims.id AND cited.source = mentions.source)))
