-- SPDX-License-Identifier: CC-BY-4.0
-- title: A key that gives a paragraph gives the one that the record is about
-- hint: Mend the locator or the number; a key that is published is not changed.
WITH numbered AS (  -- claims lie in the order of the paragraphs that they are drawn from
  SELECT id, source, locator, CAST(substr(locator, 11) AS INTEGER) AS number, rowid AS at
  FROM claims WHERE locator LIKE 'paragraph %'
),
placed AS (
  SELECT id, locator, number, coalesce(lag(number) OVER following, 1) AS before,
         coalesce(lead(number) OVER following, number) AS after
  FROM numbered WINDOW following AS (PARTITION BY source ORDER BY at)
),
listed AS (SELECT *, row_number() OVER (PARTITION BY source ORDER BY rowid) AS place FROM paragraphs)
SELECT 'claims' AS _table, id AS _key,
       CASE WHEN number BETWEEN before AND after THEN 'id' ELSE 'locator' END AS _column,
       'the key does not name ' || locator || ' as -p' || printf('%02d', number) || '-' AS message
FROM placed WHERE instr(id, '-p' || printf('%02d', number) || '-') = 0
UNION ALL
SELECT 'claims', id, 'locator', 'the key names a paragraph, which is not ' || locator
FROM claims WHERE id GLOB '*-p[0-9][0-9]-*' AND locator NOT LIKE 'paragraph %'
UNION ALL
SELECT 'paragraphs', id,
       CASE WHEN number = place THEN 'id' ELSE 'number' END,
       'paragraph ' || number || ' of ' || source ||
       ' has another key than ' || source || '-p' || printf('%02d', number)
FROM listed WHERE id <> source || '-p' || printf('%02d', number)
