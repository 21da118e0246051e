# SPDX-License-Identifier: Apache-2.0
"""``script``: what SQLite says of a book's SQL, at the word that it is about."""

from __future__ import annotations

import re
import sqlite3

from sourcebook.book import Script
from sourcebook.finding import Finding
from sourcebook.validation.likeness import nearest
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
    ("more than", "look at fewer rows; limits: check_seconds may be 60 at most, and --check-seconds more"),
    ("one statement", "put each statement into a file of its own"),
    ("syntax error", "https://sqlite.org/lang.html has the grammar"),
    ("already exists", "rename the file, for which the view is named: a table has that name"),
    ("by itself", "rename the file, for which the view is named: SQLite's own tables would be taken for it"),
    ("ambiguous", "write the table before the column, as in growers.name"),
)


def reason(error: Exception, seconds: float) -> str:
    """Why a statement failed that was allowed so many ``seconds``."""
    text = str(error)
    if text == "interrupted":
        return f"it took more than {seconds:g} seconds"
    denied = text in ("not authorized", "access prohibited") or text.endswith(" is prohibited")
    return "it does more than read the tables" if denied else text


def refused(script: Script, what: str, why: str, connection: sqlite3.Connection) -> Finding:
    """The finding that SQLite does not take ``script``, for the reason ``why``; ``connection`` is to the tables."""
    found = _ABOUT.search(why)
    line, column = script.line, 1
    hint = next((hint for words, hint in _HINTS if words in why), "mend the statement")
    if found:
        word = found["name"] or found["twice"] or found["near"]
        at = _failing(script, word, why, connection) if found["near"] else _first(script, word)
        line, column = _place(script, at)
        if found["near"] and (keyword := _keyword(script, at)):
            hint = keyword
        if found["kind"] in ("column", "table"):
            hint = did_you_mean(word.rpartition(".")[2], _names(connection, found["kind"])) or _SHOW
    return Finding(script.path, line, column, "script", f"{what}: {why}", hint=hint)


_SHOW = "`sourcebook schema show` lists the tables and their columns"


def _places(script: Script, word: str) -> list[int]:
    """Where ``word`` stands in the statement."""
    edge_before, edge_after = (r"(?<!\w)" if word[0].isalnum() else ""), (r"(?!\w)" if word[-1].isalnum() else "")
    return [found.start() for found in re.finditer(edge_before + re.escape(word) + edge_after, script.sql)]


def _first(script: Script, word: str) -> int:
    return next(iter(_places(script, word)), 0)


def _failing(script: Script, word: str, why: str, connection: sqlite3.Connection) -> int:
    """Where ``word`` stands at which SQLite stops: what is before it can be gone on with, and with it nothing can.

    Nothing is run: the statement is explained, up to each place of the word.
    """
    for at in _places(script, word)[:_MOST_PLACES]:
        try:
            connection.execute(f"EXPLAIN {script.sql[: at + len(word)]}")
        except (sqlite3.Error, sqlite3.Warning) as error:
            if str(error) in why:
                return at
    return _first(script, word)


_MOST_PLACES = 50
_KEYWORDS = (
    *("AND", "AS", "BETWEEN", "BY", "CASE", "CROSS", "DISTINCT", "ELSE", "END", "EXCEPT", "EXISTS", "FROM", "GROUP"),
    *("HAVING", "IN", "INNER", "INTERSECT", "IS", "JOIN", "LEFT", "LIKE", "LIMIT", "NOT", "NULL", "OFFSET", "ON"),
    *("OR", "ORDER", "OUTER", "PARTITION", "SELECT", "THEN", "UNION", "USING", "VALUES", "WHEN", "WHERE", "WITH"),
)


def _keyword(script: Script, at: int) -> str:
    """A hint that the word at which SQLite stops, or the one before it, is nearly a keyword."""
    here = re.match(r"\w+", script.sql[at:])
    before = re.search(r"(\w+)\s*$", script.sql[:at])
    for word in (before[1] if before else "", here[0] if here else ""):
        if word and word.upper() not in _KEYWORDS and (near := nearest(word, _KEYWORDS, _NEAR)):
            return f"did you mean {near} by {word}?"
    return ""


_NEAR = 0.65


def _place(script: Script, at: int) -> tuple[int, int]:
    """Line and column of an offset in the statement."""
    before = script.sql[:at]
    return script.line + before.count("\n"), len(before) - (before.rfind("\n") + 1) + 1


def _names(connection: sqlite3.Connection, kind: str) -> list[str]:
    if kind == "table":
        query = "SELECT name FROM sqlite_master WHERE type IN ('table', 'view')"
    else:
        query = "SELECT DISTINCT c.name FROM sqlite_master AS t, pragma_table_info(t.name) AS c WHERE t.type = 'table'"
    return [name for (name,) in connection.execute(query)]
