# SPDX-License-Identifier: Apache-2.0
"""``script``: what SQLite says of a book's SQL, at the word that it is about."""

from __future__ import annotations

import re
import sqlite3

from sourcebook.book import Script
from sourcebook.finding import Finding
from sourcebook.validation.wording import did_you_mean

_ABOUT = re.compile(
    r"""no\ such\ (?P<kind>column|table|function):\ (?P<name>.+)
    | ambiguous\ column\ name:\ (?P<twice>.+)
    | near\ "(?P<near>.+)":\ syntax\ error""",
    re.VERBOSE,
)
_HINTS = (
    ("more than read", "a script may SELECT from the book's tables and views, and nothing else"),
    ("no such function", "the functions are those of SQLite"),
    ("more than", "look at fewer rows, or raise sourcebook: limits: check_seconds"),
    ("one statement", "put each statement into a file of its own"),
    ("syntax error", "https://sqlite.org/lang.html has the grammar"),
    ("already exists", "rename the file, for which the view is named: a table has that name"),
    ("ambiguous", "write the table before the column, as in growers.name"),
)


def refused(script: Script, what: str, why: str, connection: sqlite3.Connection) -> Finding:
    """The finding that SQLite does not take ``script``, for the reason ``why``; ``connection`` is to the tables."""
    found = _ABOUT.search(why)
    line, column = script.line, 1
    hint = next((hint for words, hint in _HINTS if words in why), "mend the statement")
    if found:
        word = found["name"] or found["twice"] or found["near"]
        line, column = _place(script, word)
        if found["kind"] in ("column", "table"):
            hint = did_you_mean(word.rpartition(".")[2], _names(connection, found["kind"])) or _SHOW
    return Finding(script.path, line, column, "script", f"{what}: {why}", hint=hint)


_SHOW = "`sourcebook schema show` lists the tables and their columns"


def _place(script: Script, word: str) -> tuple[int, int]:
    """Line and column of the first place where ``word`` stands in the statement; of its beginning, if nowhere."""
    edge_before, edge_after = (r"(?<!\w)" if word[0].isalnum() else ""), (r"(?!\w)" if word[-1].isalnum() else "")
    found = re.search(edge_before + re.escape(word) + edge_after, script.sql)
    if found is None:
        return script.line, 1
    before = script.sql[: found.start()]
    return script.line + before.count("\n"), len(before) - (before.rfind("\n") + 1) + 1


def _names(connection: sqlite3.Connection, kind: str) -> list[str]:
    if kind == "table":
        query = "SELECT name FROM sqlite_master WHERE type IN ('table', 'view')"
    else:
        query = "SELECT DISTINCT c.name FROM sqlite_master AS t, pragma_table_info(t.name) AS c WHERE t.type = 'table'"
    return [name for (name,) in connection.execute(query)]
