-- group: nothing
SELECT id FROM growers
