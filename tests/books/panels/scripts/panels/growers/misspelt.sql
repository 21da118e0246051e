SELECT id FROM growers WHERE id = :ky
