-- SPDX-License-Identifier: CC-BY-4.0
-- title: Who is known by a first name only has a name of one word
-- hint: Mend the name, or first_name_only.
SELECT 'people' AS _table, id AS _key, 'first_name_only' AS _column,
       CASE WHEN first_name_only THEN name || ' is more than a first name'
            ELSE name || ' is a first name' END AS message
FROM people WHERE coalesce(first_name_only, 0) <> (instr(name, ' ') = 0)
