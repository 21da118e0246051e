-- title: A book is lent to two readers at once.
-- hint: One of the two loans has ended; set its state.
SELECT 'loans' AS _table, id AS _key, 'book' AS _column FROM loans
WHERE state = 'lent' AND EXISTS (
  SELECT 1 FROM loans AS earlier
  WHERE earlier.book = loans.book AND earlier.state = 'lent' AND earlier.id < loans.id
)
