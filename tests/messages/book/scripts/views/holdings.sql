-- title: Items by branch
SELECT branch, count(*) AS items FROM items GROUP BY branch
