-- title: What a court has ruled
-- description: Rulings about this person, the later first.
-- link: {claim: claims}
SELECT claims.said AS day, claims.id AS claim, claims.statement, origins.description AS said_by
FROM claims
JOIN claims_people ON claims_people._parent = claims.id
JOIN origins ON origins.id = claims.origin
WHERE claims_people._value = :key AND claims.kind = 'rules'
ORDER BY day DESC
