-- title: How many pears
-- link: {grower: growers}
-- group: [grower]
-- chart: {bars: pears, low: pears, by: grower}
-- order: 1
SELECT id AS grower, pears FROM growers ORDER BY id
