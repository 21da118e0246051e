-- SPDX-License-Identifier: CC-BY-4.0
-- title: What did each origin say, and through which documents?
-- description: >-
--   Every claim below the origin whose knowledge it is, the origins with most claims first. What several documents
--   relate of one speaker is one origin.
-- link: {claim: claims, origin: origins, source: sources}
-- group: [origin, said_by]
-- order: 14
SELECT origins.id AS origin, origins.description AS said_by, origins.kind AS kind_of_origin, origins.anonymity,
       origins.possibly_same_note, claims.id AS claim, claims.kind, claims.statement, claims.hedge, claims.said_on,
       sources.title AS published_in, sources.date AS published_on, claims.locator, claims.answers, claims.note,
       claims.source
FROM claims
JOIN origins ON origins.id = claims.origin
JOIN sources ON sources.id = claims.source
ORDER BY count(*) OVER (PARTITION BY origins.id) DESC, origins.id, sources.date IS NULL, sources.date, sources.id,
         CAST(replace(claims.locator, 'paragraph ', '') AS INTEGER), claims.id
