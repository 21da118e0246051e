DELETE FROM growers
