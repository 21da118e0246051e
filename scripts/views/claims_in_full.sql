-- SPDX-License-Identifier: CC-BY-4.0
-- title: Claims in full
-- description: Each claim with who it comes from and where it was published, in words.
SELECT claims.id AS claim, claims.kind, claims.statement, origins.description AS said_by, origins.anonymous,
       sources.title AS published_in, publishers.name AS published_by, sources.date AS published_on,
       claims.locator, claims.hedge, sources.url, claims.origin, claims.source
FROM claims
JOIN origins ON origins.id = claims.origin
JOIN sources ON sources.id = claims.source
JOIN publishers ON publishers.id = sources.publisher
