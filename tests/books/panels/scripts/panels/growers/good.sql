-- title: Others with fewer pears
-- link: {other: growers}
SELECT other.id AS other FROM growers JOIN growers AS other ON other.pears < growers.pears WHERE growers.id = :key
