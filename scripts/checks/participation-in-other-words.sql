-- SPDX-License-Identifier: CC-BY-4.0
-- title: The kind of a participation is what one of its claims says
-- description: Each kind has words of its own; one of the claims that the participation rests on has one of them.
-- hint: Mend the kind, or rest it on the claim that says so.
WITH words(kind, word) AS (
  VALUES ('attended', 'took part'), ('attended', 'was there'), ('attended', 'joined'), ('attended', 'attended'),
         ('attended', 'represented'), ('attended', 'talked'), ('attended', 'talks'), ('attended', 'among'),
         ('was in contact', 'contact'), ('was in contact', 'spoke'),
         ('ordered', 'order'), ('ordered', 'authority'), ('ordered', 'authoriz'), ('ordered', 'instruct'),
         ('organised', 'arranged'), ('organised', 'planned'), ('organised', 'organi'),
         ('was to host', 'host'),
         ('facilitated', 'safe'), ('facilitated', 'escort'), ('facilitated', 'collected'), ('facilitated', 'corridor'),
         ('facilitated', 'let the'), ('facilitated', 'help'), ('facilitated', 'consent'),
         ('oversaw', 'supervis'), ('oversaw', 'oversaw'), ('oversaw', 'oversee'),
         ('was coordinated with', 'in concert'), ('was coordinated with', 'coordinat'),
         ('demanded', 'ask'), ('demanded', 'demand'), ('demanded', 'request'), ('demanded', 'call'),
         ('demanded', 'return for'), ('demanded', 'hard bargain'),
         ('offered', 'offer'),
         ('was a defendant', 'indict'), ('was a defendant', 'charge'), ('was a defendant', 'acquit'),
         ('was a defendant', 'trial'), ('was a defendant', 'defendant'),
         ('was appointed', 'became'), ('was appointed', 'promot'), ('was appointed', 'given'),
         ('was appointed', 'appoint'), ('was appointed', 'made')
)
SELECT 'events_participants' AS _table, taking._key AS _key, 'kind' AS _column,
       'no claim here says, in its words, that ' || participant || ' ' || taking.kind AS message
FROM events_participants AS taking
WHERE taking.kind IN (SELECT kind FROM words) AND NOT EXISTS (
  SELECT 1 FROM events_participants_claims AS resting JOIN claims ON claims.id = resting._value
  JOIN words ON words.kind = taking.kind AND instr(lower(claims.statement), word)
  WHERE resting._parent = taking._key)
