-- SPDX-License-Identifier: CC-BY-4.0
-- title: Every paragraph that says something is covered by a claim
-- hint: Draw a claim from it, or say in no_claim why there is none.
SELECT 'paragraphs' AS _table, id AS _key, 'number' AS _column,
       'no claim has paragraph ' || number || ' of ' || source || ' as its locator, and no reason is given' AS message
FROM paragraphs
WHERE no_claim IS NULL
  AND NOT EXISTS (SELECT 1 FROM claims WHERE claims.source = paragraphs.source
                  AND claims.locator = 'paragraph ' || paragraphs.number)
  AND NOT EXISTS (SELECT 1 FROM claims_citations WHERE claims_citations.source = paragraphs.source
                  AND claims_citations.locator = 'paragraph ' || paragraphs.number)
