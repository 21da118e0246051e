-- title: a document among others
SELECT 'rivers_towns' AS _table, _parent || '/towns/' || _position AS _key FROM rivers_towns WHERE _value = 'Oak'
