SELECT 'growers' AS _table, _key, 'odd' AS message FROM growers
WHERE instr(hex(zeroblob(4900000)), hex(zeroblob(2400000)) || '1')
