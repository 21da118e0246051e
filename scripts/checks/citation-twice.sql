-- SPDX-License-Identifier: CC-BY-4.0
-- title: A claim cites a place once
-- hint: Take one of the two out.
SELECT 'claims_citations' AS _table, one._parent || '/citations/' || one._position AS _key, 'locator' AS _column,
       one.source || ', ' || one.locator || ' is cited already' AS message
FROM claims_citations AS one JOIN claims ON claims.id = one._parent
WHERE (one.source = claims.source AND one.locator = claims.locator)
   OR EXISTS (SELECT 1 FROM claims_citations AS other WHERE other._parent = one._parent
              AND other._position < one._position AND other.source = one.source AND other.locator = one.locator)
