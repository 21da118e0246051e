-- title: Who joined since when?
-- description: Members who joined in a year or later.
-- link: {member: members}
-- chart: {dots: joined, by: member}
-- order: 3
SELECT number AS member, name, joined, 'https://club.example/' || number AS page
FROM members WHERE coalesce(joined, '') >= :since ORDER BY number
