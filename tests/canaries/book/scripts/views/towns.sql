-- title: Towns
SELECT home_town, count(*) AS people FROM people GROUP BY 1
