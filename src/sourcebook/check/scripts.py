# SPDX-License-Identifier: Apache-2.0
"""The book's own SQL on its compiled tables: views, queries and panels tried, checks carried out."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

from sourcebook.book import ANSWER_KINDS, Book, Script
from sourcebook.book.descriptor import plain_name
from sourcebook.check.questions import Questions
from sourcebook.compile.gather import Gathered
from sourcebook.finding import Finding
from sourcebook.records.places import Positioner
from sourcebook.records.read import Reading
from sourcebook.rules.book_checks import MOST_ROWS, BookChecks
from sourcebook.rules.script import refused
from sourcebook.rules.trial import Statement, Trial
from sourcebook.sqlite import RECORDS, quote, reading
from sourcebook.tables.derived import ANSWERS, PUBLISHED_IN, SAID_BY
from sourcebook.tables.whole_book import Plans, plan_one


def run_scripts(
    book: Book, gathered: Gathered, database: Path, refused_views: Iterable[tuple[Script, str]]
) -> list[Finding]:
    """What the book's SQL finds, and what is wrong with that SQL: ``refused_views`` are known, each with the reason."""
    findings, known = [], {view.path for view, _ in refused_views}
    ledger = gathered.ledger
    with reading(database) as connection:
        findings += [refused(view, _VIEW, why, connection) for view, why in refused_views]
        questions = Questions(book, gathered.plans, connection, ledger)
        checks = BookChecks(connection, gathered.plans, gathered.entries, gathered.partial, Positioner(book), ledger)
        tried = [(_of_view(view), "view") for view in book.views if view.path not in known]
        tried += questions.statements()
        tried += ((_of_check(check), "check") for check in book.checks)
        trial = Trial(database, [statement for statement, _ in tried], book.check_seconds)
        for (statement, kind), outcome in zip(tried, trial.outcomes(), strict=True):
            if kind == "check":
                findings += checks.told(statement.script, outcome)
            elif kind != "view":
                findings += questions.told(statement.script, kind, outcome)
            elif outcome.told:
                findings.append(outcome.told)
    return list(_with_reasons(book, gathered, _known(book, gathered, findings)))


_DERIVED = (ANSWERS, SAID_BY, PUBLISHED_IN, *(one.column for one in ANSWER_KINDS))


def _known(book: Book, gathered: Gathered, findings: Iterable[Finding]) -> Iterator[Finding]:
    """The findings, without those of SQL that reads what is not there since the descriptor or a schema is wrong."""
    for finding in findings:
        found = _NOT_THERE.search(finding.message) if finding.rule == "script" and book.lost else None
        if found and _may_be(book, *found.groups()):
            gathered.ledger.skipped("script", "it reads what is not there, since the descriptor or a schema has errors")
        else:
            yield finding


def _may_be(book: Book, kind: str, name: str) -> bool:
    """Whether there may be a table or a column of a name, once the descriptor and the schemas are mended."""
    name, names = name.casefold(), [one.casefold() for one in book.by_name]
    if kind == "table" and (
        (name == RECORDS and book.apart)
        or any(name == one.casefold() or name.startswith(f"{one.casefold()}_") for one in book.apart)
    ):
        return True
    if kind == "table" and "resources" in book.lost.get("", ()):
        return True
    for collection, lost in book.lost.items():
        if kind == "table" and "name" in lost and plain_name(name) == collection:
            return True
        if collection not in book.by_name:
            continue
        if "rename" in lost:
            said = book.block(book.by_name[collection]).get("rename", {}).values()
            if not said or name in (one.casefold() for one in said):
                return True
        if "references" in lost and (
            name.startswith(f"{collection.casefold()}_")
            if kind == "table"
            else any(name.endswith(f"_{one}") for one in names)
        ):
            return True
        if kind == "column" and "role" in lost and name in _DERIVED:
            return True
    return False


_NOT_THERE = re.compile(r"no such (column|table): (?:main\.)?(.+)")


def _with_reasons(book: Book, gathered: Gathered, findings: Iterable[Finding]) -> Iterator[Finding]:
    """The findings, with the reason why there is no such column, where that is that it is not public."""
    for finding in findings:
        missing = _MISSING.search(finding.message) if finding.rule == "script" and book.visibility else None
        if missing and missing[1] in _kept_back(book, gathered.plans):
            hint = f"{missing[1]} is not public, so that no table has it: SQL sees what is published"
            finding = replace(finding, hint=hint)
        yield finding


_MISSING = re.compile(r"no such (?:column|table): (?:\w+\.)?(\w+)")


def _kept_back(book: Book, plans: Plans) -> set[str]:
    """The names of the tables and columns that there would be if all were public."""
    nothing = Reading((), (), frozenset())
    wholes = [plan_one(book, book.by_name[name], nothing) for name in book.visibility.masks]
    tables = [table for plan in wholes for table in plan.tables]
    public = {table.name for plan in plans.values() for table in plan.tables}
    columns = {column.name for table in tables for column in table.columns}
    return columns | {table.name for table in tables} - public


_VIEW = "SQLite refuses the view"


def _of_view(view: Script) -> Statement:
    return Statement(view, _VIEW, sql=f"SELECT * FROM {quote(view.name)}")


def _of_check(check: Script) -> Statement:
    given = check.header.get("parameters") or {}
    return Statement(check, "the check cannot be run", given, rows=MOST_ROWS + 1, free=False)
