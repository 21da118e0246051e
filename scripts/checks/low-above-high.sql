-- SPDX-License-Identifier: CC-BY-4.0
-- title: The lower end of a range is below its upper end
-- hint: Exchange the two.
SELECT 'claims' AS _table, id AS _key, 'quantity_low' AS _column,
       quantity_low || ' is not below ' || quantity_high AS message
FROM claims WHERE quantity_low >= quantity_high
