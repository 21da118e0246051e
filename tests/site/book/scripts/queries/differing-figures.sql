-- title: Where do figures differ?
-- description: Figures for the same thing, each with who gives it.
-- link: {claim: claims}
-- group: what
-- chart: {bars: figure, by: said_by}
-- order: 2
SELECT claims.quantity_what AS what, claims.quantity_value AS figure, claims.id AS claim, origins.description AS said_by
FROM claims
JOIN origins ON origins.id = claims.origin
WHERE claims.quantity_what IS NOT NULL
ORDER BY what, figure
