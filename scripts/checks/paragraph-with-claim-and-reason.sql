-- SPDX-License-Identifier: CC-BY-4.0
-- title: A paragraph has claims, or a reason for none, not both
-- hint: Take the reason out, or mend the claim's locator.
SELECT 'paragraphs' AS _table, paragraphs.id AS _key, 'no_claim' AS _column,
       'the claim ' || claims.id || ' is drawn from it all the same' AS message
FROM paragraphs JOIN claims ON claims.source = paragraphs.source AND claims.locator = 'paragraph ' || paragraphs.number
WHERE no_claim IS NOT NULL
