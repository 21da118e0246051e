-- title: 1871
-- link: grower
-- group: []
-- chart: {bars: pears, dots: pears}
-- order: first
SELECT id AS grower, pears FROM growers
