-- title: Books on a subject
SELECT books.id, books.title, books.author, books.year
FROM books JOIN books_subjects ON books_subjects._parent = books.id
WHERE books_subjects._value = :subject ORDER BY books.title
