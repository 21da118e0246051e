-- title: Nothing to look at
SELECT 'tunnels' AS _table, id AS _key FROM tunnels
