-- title: Which claims were denied, and by whom?
-- description: A claim and its denial stand beside each other; neither is decided here.
-- link: {claim: claims, denial: claims, source: sources}
-- group: said_by
-- order: 1
SELECT claims.id AS claim, claims.statement, said.description AS said_by, claims.source, denial.id AS denial,
       denial.statement AS denied_in_these_words, denying.description AS denied_by
FROM claims_denies
JOIN claims AS denial ON denial.id = claims_denies._parent
JOIN origins AS denying ON denying.id = denial.origin
JOIN claims ON claims.id = claims_denies._value
JOIN origins AS said ON said.id = claims.origin
ORDER BY claims.id, denial.id
