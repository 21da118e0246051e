-- title: What is said about this member
-- link: {remark: remarks}
SELECT remarks.id AS remark, remarks.words FROM remarks JOIN remarks_about ON remarks_about._parent = remarks.id
WHERE remarks_about._value = :key ORDER BY remarks.id
