-- title: A late variety is harvested after August.
-- hint: Look at the day again.
-- parameters: {month: "09"}
SELECT 'harvests' AS _table, harvests.number AS _key, 'day' AS _column,
       'harvested in month ' || substr(day, 6, 2) || ', but the variety is late' AS message
FROM harvests JOIN varieties ON varieties.id = harvests.variety
WHERE season = 'late' AND substr(day, 6, 2) < :month
