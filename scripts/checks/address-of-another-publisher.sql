-- SPDX-License-Identifier: CC-BY-4.0
-- title: A document lies at the address of its publisher
-- description: Where the publisher's home page is recorded.
-- hint: Mend the publisher, or the address.
WITH hosts AS (
  SELECT sources.id, publisher, sources.url AS address,
         replace(substr(publishers.url, instr(publishers.url, '://') + 3), 'www.', '') AS home
  FROM sources JOIN publishers ON publishers.id = publisher WHERE publishers.url IS NOT NULL
)
SELECT 'sources' AS _table, id AS _key, 'publisher' AS _column,
       'the document does not lie at ' || rtrim(home, '/') || ', the home of ' || publisher AS message
FROM hosts WHERE instr(address, '://' || rtrim(home, '/') || '/') = 0
  AND instr(address, '.' || rtrim(home, '/') || '/') = 0
