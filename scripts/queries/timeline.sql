-- SPDX-License-Identifier: CC-BY-4.0
-- title: What is said to have happened when, and how is the date known?
-- description: >-
--   In order of time, each event as it is reported, with who reports it and what answers that. Dates are as precise as
--   the documents, and no more; what has none comes last.
-- link: {event: events}
-- chart: {dots: earliest, low: earliest, high: latest, by: event_name}
-- order: 7
SELECT id AS event, name AS event_name, earliest, latest,
       CASE WHEN earliest IS NULL AND latest IS NULL THEN 'no date is given'
            WHEN earliest IS NULL THEN 'not later than a date'
            WHEN latest IS NULL THEN 'from a date on'
            WHEN earliest <> latest THEN 'within two dates'
            WHEN length(earliest) = 10 THEN 'a day'
            WHEN length(earliest) = 7 THEN 'a month only'
            ELSE 'a year only' END AS how_known,
       date_note, as_reported, said_by, published_in, answers
FROM events
ORDER BY earliest IS NULL AND latest IS NULL, coalesce(earliest, latest), id
