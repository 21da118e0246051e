-- title: The heaviest harvests
-- description: Harvests of at least so many kilograms, the heaviest first.
SELECT number, variety, kilograms FROM harvests WHERE kilograms >= cast(:at_least AS real) ORDER BY kilograms DESC
