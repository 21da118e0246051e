-- title: Broken
SELECT id FROM stationz
