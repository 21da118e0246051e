-- title: Everybody
SELECT * FROM people
