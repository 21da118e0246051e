-- link: {markt: markets}
SELECT id AS market FROM markets WHERE id = :key
