-- SPDX-License-Identifier: CC-BY-4.0
-- title: What rests on this body's own knowledge
-- description: Claims whose origin the documents name as this body; replies and denials among them.
-- link: {claim: claims, origin: origins, source: sources}
SELECT claims.id AS claim, claims.kind, claims.statement, claims.origin, origins.description AS said_by,
       claims.source, claims.locator,
       claims.answers
FROM origins JOIN claims ON claims.origin = origins.id JOIN sources ON sources.id = claims.source
WHERE origins.organization = :key
ORDER BY sources.date, claims.id
