-- title: What is cited from it, by kind
SELECT kind, count(*) AS claims FROM claims WHERE source = :key GROUP BY kind ORDER BY kind
