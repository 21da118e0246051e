-- title: Names that the result does not have
-- link: {growr: growers, grower: grower}
-- group: [grower, peers]
-- chart: {bars: pear, by: twice}
SELECT id AS grower, pears, 1 AS twice, 2 AS twice FROM growers
