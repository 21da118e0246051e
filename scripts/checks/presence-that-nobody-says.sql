-- SPDX-License-Identifier: CC-BY-4.0
-- title: Who is not said to have been there is not said to have taken part
-- description: >-
--   Whoever ordered, arranged or was to host a meeting is not thereby said to have been at it. Presence is said of those
--   who attended and of those who were represented, and of no others; the words of the part do not say more.
-- hint: Mend the kind, the presence or the words; a part that was had beside it is a participation of its own.
WITH meetings AS (
  SELECT taking.* FROM events_participants AS taking JOIN events ON events.id = taking._parent
  WHERE events.kind = 'meeting'
)
SELECT 'events_participants' AS _table, _key, 'presence' AS _column,
       'presence is ' || presence || ' of one of whom it is told that it ' || kind AS message
FROM meetings WHERE (presence = 'said') <> (kind IN ('attended', 'was represented'))
UNION ALL
SELECT 'events_participants', _key, 'kind', 'only at a meeting is anybody said to have been present'
FROM events_participants
WHERE kind IN ('attended', 'was represented') AND _key NOT IN (SELECT _key FROM meetings)
UNION ALL
SELECT 'events_participants', _key, 'presence', 'presence is told of meetings, and this is none'
FROM events_participants WHERE presence IS NOT NULL AND _key NOT IN (SELECT _key FROM meetings)
UNION ALL
SELECT 'events_participants', _key, 'part', 'nobody is said to have been there, and the words say so'
FROM events_participants JOIN json_each('["took part", "taken part", "attended", "been present", "joined"]') AS word
WHERE coalesce(presence, 'not said') = 'not said'
  AND instr(replace(part, 'not said to have been present', ''), word.value)
