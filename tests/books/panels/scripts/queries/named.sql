-- title: By a name that a reader gives
SELECT id FROM growers WHERE id = :name
