-- level: warning
SELECT id FROM growers
