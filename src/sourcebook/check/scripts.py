# SPDX-License-Identifier: Apache-2.0
"""The book's own SQL on its compiled tables: views and canned queries tried, checks carried out."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from pathlib import Path

from sourcebook.book import Book, Script
from sourcebook.compile.gather import Gathered
from sourcebook.finding import Finding
from sourcebook.records.places import Positioner
from sourcebook.rules.book_checks import BookChecks
from sourcebook.rules.script import refused
from sourcebook.sqlite import Sandbox, reading


def run_scripts(
    book: Book, gathered: Gathered, database: Path, refused_views: Iterable[tuple[Script, str]]
) -> list[Finding]:
    """What the book's SQL finds, and what is wrong with that SQL: ``refused_views`` are known, each with the reason."""
    findings = []
    with reading(database) as connection:
        findings += [refused(view, "SQLite refuses the view", why, connection) for view, why in refused_views]
        findings += _query_problems(book, connection)
        entries, incomplete, ledger = gathered.entries, gathered.partial, gathered.ledger
        checks = BookChecks(
            connection, gathered.plans, entries, incomplete, Positioner(book), ledger, book.check_seconds
        )
        findings += checks.run(book.checks)
    return findings


def _query_problems(book: Book, connection: sqlite3.Connection) -> list[Finding]:
    """The canned queries that SQLite would refuse."""
    findings = []
    for query in book.queries:
        why = _refusal(query, Sandbox(connection, book.check_seconds))
        if why:
            findings.append(refused(query, "the query cannot be run", why, connection))
        if connection.execute("SELECT 1 FROM sqlite_master WHERE name = ?", (query.name,)).fetchone():
            message = f"there is a table or view {query.name!r} already, so the query would not be reached"
            findings.append(Finding(query.path, 1, 1, "script", message, hint="rename the file"))
    return findings


def _refusal(query: Script, sandbox: Sandbox) -> str:
    """Why SQLite does not take a query; the empty string where it does."""
    with sandbox.guarded() as guarded:
        try:
            guarded.execute(f"EXPLAIN {query.sql}", _Anything())
        except (sqlite3.Error, sqlite3.Warning) as error:
            return str(error)
    return ""


class _Anything(dict[str, None]):
    """NULL for whatever parameter a query names."""

    def __missing__(self, _name: str) -> None:
        return None
