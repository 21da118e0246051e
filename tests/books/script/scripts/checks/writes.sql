-- title: Writes
DELETE FROM stations
