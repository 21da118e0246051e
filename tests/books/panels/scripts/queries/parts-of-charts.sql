-- chart: {dots: pears, tone: pears, bye: id}
SELECT id, pears FROM growers
