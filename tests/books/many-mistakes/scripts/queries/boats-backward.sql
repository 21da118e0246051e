-- title: The boats, from the last letter on
SELECT name FORM boats ORDER BY name DESC
