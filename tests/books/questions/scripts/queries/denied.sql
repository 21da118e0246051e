-- title: What was denied, and by whom?
-- description: Neither is decided here.
-- link: {remark: remarks, denial: remarks, paper: papers}
-- group: remark
-- order: 1
SELECT remarks.id AS remark, remarks.words, said.name AS said_by, remarks.paper, denial.id AS denial,
       denial.words AS denied_in_words
FROM remarks_denies
JOIN remarks AS denial ON denial.id = remarks_denies._parent
JOIN remarks ON remarks.id = remarks_denies._value
JOIN members AS said ON said.number = remarks.speaker
ORDER BY remarks.id, denial.id
