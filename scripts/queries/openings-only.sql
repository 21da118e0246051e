-- SPDX-License-Identifier: CC-BY-4.0
-- title: Which claims were read from the opening of a page only?
-- description: >-
--   The editors have notes on the opening of the document and not its text. What stands further down may say more,
--   take something back, or name whose knowledge it is.
-- link: {claim: claims, origin: origins, source: sources}
-- group: [source, published_in]
-- order: 16
SELECT sources.id AS source, sources.title AS published_in, sources.date AS published_on, sources.date_note,
       sources.url,
       claims.id AS claim, claims.kind, claims.statement, claims.hedge, claims.origin, origins.description AS said_by,
       claims.locator, claims.answers, claims.note
FROM claims
JOIN sources ON sources.id = claims.source
JOIN origins ON origins.id = claims.origin
WHERE sources.extent = 'opening'
ORDER BY sources.date IS NULL, sources.date, sources.id, claims.id
