-- SPDX-License-Identifier: CC-BY-4.0
-- title: The claims of one source share the first word of their keys, and those of no other have it
-- hint: Mend the source; a key that is published is not changed.
WITH begun AS (
  SELECT id, source, substr(id, 1, instr(id || '-', '-') - 1) AS word FROM claims
),
counted AS (SELECT source, word, count(*) AS times FROM begun GROUP BY source, word),
usual AS (  -- the first word that most claims of a source have
  SELECT source, word FROM counted
  WHERE times = (SELECT max(times) FROM counted AS other WHERE other.source = counted.source)
)
SELECT 'claims' AS _table, begun.id AS _key, 'id' AS _column,
       'the keys of claims from ' || begun.source || ' begin with ' || usual.word AS message
FROM begun JOIN usual ON usual.source = begun.source WHERE begun.word <> usual.word
UNION ALL
SELECT 'origins', origins.id, 'id',
       'an anonymous origin has a key that begins as those of the claims from ' || origins.source
FROM origins JOIN usual ON usual.source = origins.source
WHERE anonymous AND origins.id NOT LIKE usual.word || '-%'
