-- title: The first of them, as many as a reader asks for
SELECT id FROM growers LIMIT :many
