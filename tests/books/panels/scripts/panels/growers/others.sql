SELECT id FROM growers WHERE id = :key AND pears > :least
