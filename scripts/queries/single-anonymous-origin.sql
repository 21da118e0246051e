-- SPDX-License-Identifier: CC-BY-4.0
-- title: Which claims rest on one anonymous origin only?
-- description: >-
--   The origin is anonymous, and no claim of another origin supports it. Several anonymous sources spoken of together
--   count as one origin.
-- link: {claim: claims, origin: origins, source: sources}
-- group: [origin, said_by]
-- order: 4
SELECT claims.id AS claim, claims.kind, claims.statement, claims.origin, origins.description AS said_by,
       claims.source, claims.locator
FROM claims JOIN origins ON origins.id = claims.origin
WHERE origins.anonymous
  AND NOT EXISTS (SELECT 1 FROM claims_supports JOIN claims AS support ON support.id = claims_supports._parent
                  WHERE claims_supports._value = claims.id AND support.origin <> claims.origin)
ORDER BY claims.id
