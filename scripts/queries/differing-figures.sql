-- SPDX-License-Identifier: CC-BY-4.0
-- title: Which figures differ between sources?
-- description: >-
--   What at least two claims put a different figure on: how far the tomb was from the border, how many guards, tanks
--   and soldiers, how long it was surrounded. They are compared in one unit; the figure that the document gives
--   stands beside it. One that is given by its start is not converted, and says so. Approximate figures that differ
--   need not contradict each other. The one meeting of May 2014 is not set against the three of spring: no document
--   says that it is one of them.
-- link: {claim: claims, origin: origins, source: sources}
-- group: what
-- chart:
--   {bars: in_one_unit, low: low_in_one_unit, high: high_in_one_unit, unit: one_unit, note: exactness, by: said_by}
-- order: 9
WITH
factors (unit, one_unit, factor) AS (
  VALUES ('m', 'km', 0.001), ('km', 'km', 1.0), ('miles', 'km', 1.609344), ('years', 'months', 12.0),
         ('months', 'months', 1.0), ('weeks', 'days', 7.0), ('days', 'days', 1.0)
),
counted AS (
  SELECT claims.*,
         quantity_what || coalesce((SELECT ': ' || events.name FROM claims_events JOIN events ON events.id = _value
                                    WHERE _parent = claims.id AND quantity_what = 'meetings' AND events.kind = 'meeting'
                                    ORDER BY events.id LIMIT 1), '') AS what,
         CASE WHEN quantity_since IS NULL THEN coalesce(factors.one_unit, quantity_unit) END AS one_unit,
         round(quantity_value * coalesce(factor, 1.0), 1) AS in_one_unit,
         round(quantity_low * coalesce(factor, 1.0), 1) AS low_in_one_unit,
         round(quantity_high * coalesce(factor, 1.0), 1) AS high_in_one_unit
  FROM claims LEFT JOIN factors ON factors.unit = quantity_unit
  WHERE quantity_what IS NOT NULL
),
differing (what) AS (
  SELECT what FROM counted GROUP BY what
  HAVING count(DISTINCT json_array(in_one_unit, low_in_one_unit, high_in_one_unit, quantity_since, one_unit)) > 1
)
SELECT what, in_one_unit, low_in_one_unit, high_in_one_unit, one_unit, quantity_value AS value, quantity_low AS low,
       quantity_high AS high, quantity_since AS since, quantity_unit AS unit, quantity_exactness AS exactness, hedge,
       CASE WHEN quantity_since IS NOT NULL
            THEN 'Given by its start; until when it is counted is not said, so it stands in no unit.' END AS not_compared,
       counted.note, counted.id AS claim, counted.kind, statement, origins.description AS said_by,
       sources.title AS published_in, counted.locator, answers, origin, counted.source
FROM counted
JOIN differing USING (what)
JOIN origins ON origins.id = origin
JOIN sources ON sources.id = counted.source
ORDER BY what, quantity_since IS NOT NULL, coalesce(in_one_unit, (low_in_one_unit + high_in_one_unit) / 2), counted.id
