# SPDX-License-Identifier: Apache-2.0
"""The SQL of a book, and the headers above it: checks, views, queries and panels."""

from __future__ import annotations

import json
from random import Random

from tests.hostile.books.kinds import hostile_values
from tests.hostile.books.model import Case, Kind, book

sql = Kind("sql")
_GOOD = {
    "checks": "SELECT 'lights' AS _table, id AS _key, 'name' AS _column, 'odd' AS message FROM lights WHERE 0",
    "views": "SELECT id, name FROM lights",
    "queries": "SELECT id, name FROM lights",
    "panels/lights": "SELECT id, name FROM lights WHERE id = :key",
}


def _script(random: Random, header: str, statement: str | None = None, folder: str = "") -> Case:
    where = folder or random.choice(list(_GOOD))
    text = f"{header}{_GOOD[where] if statement is None else statement}\n"
    return book(
        more={f"scripts/{where}/one.sql": text.encode("utf-8", "surrogatepass")},
        commands=(("explain", "checks/one", "--book", "BOOK"),),
    )


@sql
def headers(random: Random) -> Case:
    """A header whose values are hostile."""
    name = random.choice(
        (
            "title",
            "description",
            "level",
            "hint",
            "parameters",
            "link",
            "group",
            "chart",
            "order",
            hostile_values.text(random),
        )
    )
    return _script(random, f"-- {json.dumps({'title': 'x', name: hostile_values.value(random)})}\n")


@sql
def charts(random: Random) -> Case:
    """A chart of columns that are not there, or hold no numbers."""
    chart = hostile_values.changed(
        random,
        random.choice(
            (
                {"bars": "height", "by": "name"},
                {"dots": "height", "low": "height", "high": "height"},
                {"map": "name", "latitude": "height", "longitude": "height"},
            )
        ),
        2,
    )
    header = {
        "title": "x",
        "chart": chart,
        "link": {"id": "lights"},
        "group": random.choice(("name", ["name"], hostile_values.value(random))),
    }
    return _script(random, f"-- {json.dumps(header)}\n", folder=random.choice(("queries", "panels/lights")))


@sql
def header_texts(random: Random) -> Case:
    """A header that is no YAML, no mapping, too deep, not closed."""
    text = random.choice(
        (
            "-- [\n",
            "-- " + "[" * 5_000 + "\n",
            "-- - a\n",
            "-- title: a\n-- title: b\n",
            "-- a: &a [*a]\n",
            "--\n" * 20_000,
            "-- title: \x1b[2J\n",
            "-- title: '\u202e'\n",
            "-- title: .nan\n",
            "--title: x\n",
            "-- \ud800\n",
            "/* title: x */\n",
            "-- title: >\n--   a\n-- order: 99999999999999999999999\n",
            "-- k: v\n" * 5_000,
        )
    )
    return _script(random, text)


@sql
def statements(random: Random) -> Case:
    """Statements that write, attach, load, tell of the machine, or are none."""
    text = random.choice(
        (
            "",
            ";",
            "SELECT",
            "SELECT 1; SELECT 2",
            "DROP TABLE lights",
            "DELETE FROM lights",
            "INSERT INTO lights(id) VALUES (1)",
            "ATTACH '../beside/x.db' AS x",
            "ATTACH ':memory:' AS x",
            "PRAGMA journal_mode = DELETE",
            "PRAGMA database_list",
            "SELECT * FROM pragma_database_list",
            "VACUUM INTO '../beside/x.db'",
            "SELECT load_extension('x')",
            "SELECT writefile('x', 'y')",
            "SELECT readfile('/etc/passwd')",
            "SELECT fts3_tokenizer('simple')",
            "SELECT * FROM dbstat",
            "SELECT * FROM sqlite_master",
            "BEGIN EXCLUSIVE",
            "COMMIT",
            "ROLLBACK",
            "SAVEPOINT x",
            "CREATE TABLE x(y)",
            "CREATE TEMP VIEW x AS SELECT 1",
            "WITH x AS (SELECT 1) DELETE FROM lights",
            "EXPLAIN SELECT 1",
            "REINDEX",
            "ANALYZE",
            "DETACH main",
            "SELECT sqlite_version()",
            "SELECT json_each.* FROM json_each('[')",
            "SELECT * FROM nothing",
            "SELECT nothing FROM lights",
            "SELECT abs(-9223372036854775808)",
            "SELECT 1 AS _table",
            "SELECT * FROM lights_fts WHERE lights_fts MATCH '\"'",
            "\0",
            "SELECT 'a\0b'",
            "SELECT \x1b[2J",
            "SELECT * FROM 'lights' WHERE '",
            "/*",
            "--",
            'SELECT 1 AS "\x1b[2J"',
        )
    )
    return _script(random, "-- title: x\n", text)


@sql
def values(random: Random) -> Case:
    """Answers that are no findings, no text, or steer what shows them."""
    value = random.choice(
        (
            "NULL",
            "x'00ff'",
            "1e999",
            "char(27) || '[2J'",
            "char(8238)",
            "char(0)",
            "'::error::x'",
            "char(55296)",
            "9223372036854775807",
            "''",
            "'a' || char(10) || '::error::b'",
            "zeroblob(10)",
            "cast(x'ff' AS text)",
        )
    )
    columns = [
        f"{value} AS {name}"
        for name in random.sample(("_table", "_key", "_column", "message", "hint", '"odd \x1b name"', "_table"), 4)
    ]
    return _script(random, "-- title: x\n", f"SELECT {', '.join(columns)}")


@sql
def keys_of_values(random: Random) -> Case:
    """Findings of a check about tables, keys and columns that are not there, or that steer what shows them."""
    table, key, column = (
        json.dumps(hostile_values.text(random), ensure_ascii=False).replace("'", "''")[1:-1].replace("\0", "")
        for _ in range(3)
    )
    table, key, column = (random.choice(two) for two in ((table, "lights"), (key, "low"), (column, "name")))
    text = f"SELECT '{table}' AS _table, '{key}' AS _key, '{column}' AS _column, '{table}' AS message"
    return _script(random, "-- title: x\n", text, "checks")


@sql
def large(random: Random) -> Case:
    """Statements that are long, deep, or of very many parts."""
    text = random.choice(
        (
            "SELECT " + "(" * 5_000 + "1" + ")" * 5_000,
            "SELECT " + "1+" * 50_000 + "1",
            "SELECT " + ",".join("1" for _ in range(3_000)),
            " UNION ALL ".join(["SELECT 1"] * 2_000),
            "SELECT '" + "x" * 3_000_000 + "'",
            "SELECT " + "abs(" * 2_000 + "1" + ")" * 2_000,
            "SELECT * FROM " + ", ".join(["lights"] * 70),
            "SELECT " + "-" * 50_000 + "1",
            "SELECT 1 WHERE id IN (" + "1," * 40_000 + "1)",
            "SELECT " + "NOT " * 5_000 + "1",
        )
    )
    return _script(random, "-- title: x\n", text)


@sql
def parameters(random: Random) -> Case:
    """Parameters that are not given, are given as anything, or are very many."""
    text = random.choice(
        (
            "SELECT id FROM lights WHERE name = :p",
            "SELECT ?",
            "SELECT ?99999",
            "SELECT " + ", ".join(f":p{n}" for n in range(2_000)),
            "SELECT :key, :KEY, @key, $key",
            "SELECT :é",
        )
    )
    return _script(
        random, f"-- {json.dumps({'title': 'x', 'parameters': {'p': hostile_values.value(random)}})}\n", text
    )


@sql
def names(random: Random) -> Case:
    """Scripts with names that tables, addresses or folders have, or that steer what shows them."""
    name = random.choice(
        (
            "lights",
            "sqlite_x",
            "a b",
            "-x",
            "é",
            "x'y",
            'x"y',
            "]",
            "%",
            "..",
            "a" * 200,
            "search",
            "x\x1b[2J",
            "A",
            "ONE",
            ".sql",
            "\u202ex",
            "#",
            "?",
            "a;b",
        )
    )
    where = random.choice(list(_GOOD))
    other = random.choice((where, "checks/deep/er", "panels", "panels/nothing", "nothing"))
    more = {
        f"scripts/{where}/{name}.sql": _GOOD[where].encode(),
        f"scripts/{other}/{name.upper()}.sql": b"SELECT 1",
        f"scripts/{where}/x/{name}.sql": b"SELECT 1",
    }
    return book(more=more)


@sql
def views_on_views(random: Random) -> Case:
    """Views that read each other, in a circle or a long row."""
    count = random.choice((3, 60))
    circle = random.random() < 0.4
    more = {
        f"scripts/views/v{n:03}.sql": b"SELECT id FROM lights"
        if n == 0 and not circle
        else b"SELECT id FROM v%03d" % ((n - 1) % count)
        for n in range(count)
    }
    return book(more=more)


@sql
def bytes_of_scripts(random: Random) -> Case:
    """Scripts that are not UTF-8, empty, or other than text."""
    data = random.choice(
        (
            b"\xff\xfe",
            b"",
            b"\0" * 1_000,
            b"-- title: \xff\nSELECT 1",
            b"\xef\xbb\xbf-- title: x\nSELECT 1",
            b"-- title: x\r\nSELECT 1\r\n",
            b"SELECT 1 -- \xe2\x80\xae",
        )
    )
    return book(more={f"scripts/{random.choice(list(_GOOD))}/one.sql": data})
