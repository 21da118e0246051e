-- SPDX-License-Identifier: CC-BY-4.0
-- title: A file is named for what it holds
-- hint: Rename the file, or mend what it says.
SELECT collection AS _table, key AS _key, 'id' AS _column,
       'the file is called ' || path || ', not ' || key || '.yaml' AS message
FROM _records
WHERE collection IN ('events', 'organizations', 'people', 'sources')
  AND path <> 'data/' || collection || '/' || key || '.yaml'
UNION ALL
SELECT 'claims', claims.id, 'source', 'it is in ' || path || ', where the claims of another source are'
FROM claims JOIN _records ON _records.collection = 'claims' AND _records.key = claims.id
WHERE path <> 'data/claims/' || source || '.yaml'
UNION ALL
SELECT 'paragraphs', paragraphs.id, 'source', 'it is in ' || path || ', where the paragraphs of another source are'
FROM paragraphs JOIN _records ON _records.collection = 'paragraphs' AND _records.key = paragraphs.id
WHERE path <> 'data/paragraphs/' || source || '.yaml'
