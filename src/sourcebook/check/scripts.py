# SPDX-License-Identifier: Apache-2.0
"""The book's own SQL on its compiled tables: views, queries and panels tried, checks carried out."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from sourcebook.book import Book, Script
from sourcebook.check.questions import Questions
from sourcebook.compile.gather import Gathered
from sourcebook.finding import Finding
from sourcebook.records.places import Positioner
from sourcebook.rules.book_checks import BookChecks
from sourcebook.rules.script import refused
from sourcebook.sqlite import reading


def run_scripts(
    book: Book, gathered: Gathered, database: Path, refused_views: Iterable[tuple[Script, str]]
) -> list[Finding]:
    """What the book's SQL finds, and what is wrong with that SQL: ``refused_views`` are known, each with the reason."""
    findings = []
    with reading(database) as connection:
        findings += [refused(view, "SQLite refuses the view", why, connection) for view, why in refused_views]
        findings += Questions(book, gathered.plans, connection, gathered.ledger).problems()
        entries, incomplete, ledger = gathered.entries, gathered.partial, gathered.ledger
        checks = BookChecks(
            connection, gathered.plans, entries, incomplete, Positioner(book), ledger, book.check_seconds
        )
        findings += checks.run(book.checks)
    return findings
