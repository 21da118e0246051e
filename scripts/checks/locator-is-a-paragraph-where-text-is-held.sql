-- SPDX-License-Identifier: CC-BY-4.0
-- title: Of a document whose text is held, a claim gives the paragraph
-- hint: Give the paragraph's number.
SELECT 'claims' AS _table, claims.id AS _key, 'locator' AS _column,
       'the text of ' || source || ' is held, so a paragraph can be given instead of ' || locator AS message
FROM claims JOIN sources ON sources.id = claims.source
WHERE sources.sha256 IS NOT NULL AND locator NOT LIKE 'paragraph %'
