-- SPDX-License-Identifier: CC-BY-4.0
-- title: The places of this book lie in one part of the world
-- hint: Look at the digits again, in the gazetteer.
-- parameters: {degrees: 12}
SELECT 'places' AS _table, id AS _key, 'coordinates_latitude' AS _column,
       coordinates_latitude || ' is far from all other places' AS message
FROM places WHERE NOT EXISTS (SELECT 1 FROM places AS other WHERE other.id <> places.id
  AND abs(other.coordinates_latitude - places.coordinates_latitude) <= :degrees) AND coordinates_latitude IS NOT NULL
UNION ALL
SELECT 'places', id, 'coordinates_longitude', coordinates_longitude || ' is far from all other places'
FROM places WHERE NOT EXISTS (SELECT 1 FROM places AS other WHERE other.id <> places.id
  AND abs(other.coordinates_longitude - places.coordinates_longitude) <= :degrees) AND coordinates_longitude IS NOT NULL
