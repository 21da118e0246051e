-- SPDX-License-Identifier: CC-BY-4.0
-- title: Whom or what do the editors take for the same, and on what ground?
-- description: >-
--   Mentions that no document, but the editors link to the subject of a record, with the ground and the claims that it
--   rests on. A link is no finding: where the ground is thin, it says so. Those known by a first name are linked to
--   nobody.
-- link:
--   {person: people, body: organizations, claim: claims, origin: origins, source: sources, mentioned_in: sources}
-- group: taken_for
-- order: 15
WITH mentions AS (
  SELECT people.id AS person, NULL AS body, people.name AS taken_for, "as" AS mention,
         mention.source, mention.locator, mention.linked_by, ground, resting._value AS claim
  FROM people_mentions AS mention
  JOIN people ON people.id = mention._parent
  JOIN people_mentions_claims AS resting ON resting._parent = mention._key
  UNION ALL
  SELECT NULL, organizations.id, organizations.name, "as", mention.source, mention.locator, mention.linked_by, ground,
         resting._value
  FROM organizations_mentions AS mention
  JOIN organizations ON organizations.id = mention._parent
  JOIN organizations_mentions_claims AS resting ON resting._parent = mention._key
)
SELECT taken_for, mentions.person, body, mention, mentions.source AS mentioned_in, mentions.locator AS mentioned_at,
       ground, claims.id AS claim, claims.kind, claims.statement, claims.hedge, origins.description AS said_by,
       sources.title AS published_in, claims.locator, claims.answers, claims.note, claims.origin, claims.source
FROM mentions
JOIN claims ON claims.id = mentions.claim
JOIN origins ON origins.id = claims.origin
JOIN sources ON sources.id = claims.source
WHERE linked_by = 'editors'
ORDER BY mentions.person IS NULL, mentions.person, body, mentioned_in, mention, claims.id
