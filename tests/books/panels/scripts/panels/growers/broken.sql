SELECT peers FROM growers WHERE id = :key
