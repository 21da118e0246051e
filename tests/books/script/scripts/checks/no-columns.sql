-- title: No columns
SELECT id FROM stations
