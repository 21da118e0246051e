-- SPDX-License-Identifier: CC-BY-4.0
-- title: Claims in full
-- description: Each claim with who it comes from, where it was published, and what answers it, in words and by key.
SELECT claims.id AS claim, claims.kind, claims.statement, origins.description AS said_by, origins.anonymous,
       claims.said_on, sources.title AS published_in, publishers.name AS published_by, sources.date AS published_on,
       claims.locator, claims.hedge, claims.answers, sources.url, denied_by, contradicted_by, overturned_by,
       corrected_by, followed_by, upheld_by, claims.origin, claims.source
FROM claims
JOIN origins ON origins.id = claims.origin
JOIN sources ON sources.id = claims.source
JOIN publishers ON publishers.id = sources.publisher
