-- SPDX-License-Identifier: CC-BY-4.0
-- title: A locator that gives a paragraph gives one that the document has
-- hint: Count the paragraphs as docs/curating.md says; a document without a list of paragraphs has parts only.
WITH located AS (
  SELECT 'claims' AS _table, id AS _key, source, locator FROM claims
  UNION ALL SELECT 'claims_citations', _parent || '/citations/' || _position, source, locator FROM claims_citations
  UNION ALL SELECT 'origins', id, source, locator FROM origins
  UNION ALL SELECT 'people_mentions', _parent || '/mentions/' || _position, source, locator FROM people_mentions
  UNION ALL SELECT 'organizations_mentions', _parent || '/mentions/' || _position, source, locator
  FROM organizations_mentions
)
SELECT _table, _key, 'locator' AS _column, locator || ' is not in the list of paragraphs of ' || source AS message
FROM located
WHERE locator LIKE 'paragraph %'
  AND NOT EXISTS (SELECT 1 FROM paragraphs WHERE paragraphs.source = located.source
                  AND located.locator = 'paragraph ' || paragraphs.number)
