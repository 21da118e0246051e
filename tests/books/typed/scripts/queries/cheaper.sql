-- title: Peaks that cost no more
SELECT id, fee FROM peaks WHERE fee < :fee OR fee = :fee ORDER BY fee, id
