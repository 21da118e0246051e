-- title: The numbers to a thousand
WITH RECURSIVE counted (number) AS (SELECT 1 UNION ALL SELECT number + 1 FROM counted WHERE number < 1000)
SELECT number, number % 7 AS "day of week", NULL AS empty, '=1+1' AS text, x'00ff' AS bytes FROM counted
