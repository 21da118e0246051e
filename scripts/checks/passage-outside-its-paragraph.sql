-- SPDX-License-Identifier: CC-BY-4.0
-- title: A passage lies in the paragraph that its locator names
-- hint: Look for the passage again by sourcebook cite, or mend the locator.
WITH passages AS (
  SELECT 'claims' AS _table, id AS _key, source, locator, passage_start AS low, passage_end AS high FROM claims
  UNION ALL SELECT 'claims_citations', _parent || '/citations/' || _position, source, locator,
                   passage_start, passage_end FROM claims_citations
),
placed AS (
  SELECT _table, _key, low, high, "start", "end", locator || ' of ' || passages.source AS paragraph
  FROM passages JOIN paragraphs
    ON paragraphs.source = passages.source AND passages.locator = 'paragraph ' || paragraphs.number
)
SELECT _table, _key, 'passage_start' AS _column,
       'begins at ' || low || ', outside of ' || paragraph || ', which is ' || "start" || ' to ' || "end" AS message
FROM placed WHERE low NOT BETWEEN "start" AND "end"
UNION ALL
SELECT _table, _key, 'passage_end',
       'ends at ' || high || ', outside of ' || paragraph || ', which is ' || "start" || ' to ' || "end"
FROM placed WHERE high NOT BETWEEN "start" AND "end"
