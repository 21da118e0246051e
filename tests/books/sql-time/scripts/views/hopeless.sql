SELECT instr(hex(zeroblob(4900000)), hex(zeroblob(2400000)) || '1') AS found FROM growers
