-- title: How high did it fly?
-- link: {remark: remarks}
-- chart: {bars: height, by: said_by}
-- order: 2
SELECT remarks.id AS remark, height, members.name AS said_by, length(words) AS letters
FROM remarks JOIN members ON members.number = speaker
ORDER BY remarks.id
