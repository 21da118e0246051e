-- title: What is said, in capitals
SELECT upper(words) AS words FROM charges
