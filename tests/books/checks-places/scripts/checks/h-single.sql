-- title: one thing where a list may be
SELECT 'people_nicknames' AS _table, _parent || '/nicknames/' || _position AS _key, '_value' AS _column FROM people_nicknames
