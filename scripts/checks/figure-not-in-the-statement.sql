-- SPDX-License-Identifier: CC-BY-4.0
-- title: A figure is the one that the statement gives
-- hint: Mend the figure, or the statement.
WITH figures AS (
  SELECT id, statement, 'quantity_value' AS _column, quantity_value AS figure, quantity_unit AS unit FROM claims
  UNION ALL SELECT id, statement, 'quantity_low', quantity_low, quantity_unit FROM claims
  UNION ALL SELECT id, statement, 'quantity_high', quantity_high, quantity_unit FROM claims
),
words(figure, word) AS (
  VALUES (1, 'one'), (2, 'two'), (3, 'three'), (4, 'four'), (5, 'five'), (6, 'six'), (7, 'seven'), (8, 'eight'),
         (9, 'nine'), (10, 'ten'), (11, 'eleven'), (12, 'twelve')
),
written AS (  -- the statement's words, between spaces; the figure 57.0 as 57
  SELECT id, _column, figure, printf('%.15g', figure) AS digits, unit,
         ' ' ||
         replace(replace(replace(replace(lower(statement), ',', ''), '.', ' '), '-', ' '), ';', ' ') || ' ' AS text
  FROM figures WHERE figure IS NOT NULL
)
SELECT 'claims' AS _table, id AS _key, _column, 'the statement does not say ' || digits AS message
FROM written
WHERE instr(text, ' ' || digits || ' ') = 0
  AND NOT (figure = 1 AND instr(text, ' a ' || rtrim(unit, 's') || ' '))
  AND NOT EXISTS (SELECT 1 FROM words WHERE words.figure = written.figure AND instr(text, ' ' || word || ' '))
