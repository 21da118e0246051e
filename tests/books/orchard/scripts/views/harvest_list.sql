-- title: Harvests with the names of their varieties
SELECT harvests.number, varieties.name AS variety, harvests.kilograms, harvests.day
FROM harvests JOIN varieties ON varieties.id = harvests.variety
