-- SPDX-License-Identifier: CC-BY-4.0
-- title: Each paragraph begins one character after the end of the one before it, and the first at 0
-- hint: Count again by sourcebook coverage, which tells where paragraphs begin and end.
WITH following AS (
  SELECT id, number, "start", "end",
         lag(id) OVER listed AS before, lag("end") OVER listed AS ended
  FROM paragraphs WINDOW listed AS (PARTITION BY source ORDER BY number)
)
SELECT 'paragraphs' AS _table, id AS _key, 'start' AS _column,
       'begins at ' || "start" || coalesce(', and ' || before || ' ends at ' || ended, ', and is the first') AS message
FROM following WHERE "start" <> coalesce(ended, -1) + 1
UNION ALL
SELECT 'paragraphs', before, 'end', 'ends at ' || ended || ', and ' || id || ' begins at ' || "start"
FROM following WHERE "start" <> ended + 1
UNION ALL
SELECT 'paragraphs', id, 'end', 'ends at ' || "end" || ', before it has begun, at ' || "start"
FROM following WHERE "end" <= "start"
