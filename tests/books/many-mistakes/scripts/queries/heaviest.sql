-- title: All cargo
SELECT id FROM cargo
