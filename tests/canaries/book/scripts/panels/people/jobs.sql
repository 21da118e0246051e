-- title: Jobs
SELECT title FROM people_jobs WHERE _parent = :key
