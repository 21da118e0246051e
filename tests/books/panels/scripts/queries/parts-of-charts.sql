-- chart: {dots: pears, low: pears, bye: id}
SELECT id, pears FROM growers
