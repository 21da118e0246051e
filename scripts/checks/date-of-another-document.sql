-- SPDX-License-Identifier: CC-BY-4.0
-- title: A key that gives the date of a document gives the one that the record does
-- hint: Mend the date, or the key.
SELECT 'sources' AS _table, id AS _key, 'date' AS _column, 'the key gives another date than ' || date AS message
FROM sources
WHERE id GLOB '*-[0-9][0-9][0-9][0-9]-*' AND instr(id, substr(date, 1, 7)) = 0
