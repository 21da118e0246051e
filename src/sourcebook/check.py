# SPDX-License-Identifier: Apache-2.0
"""The verb ``check``: everything that is wrong with a book, in one run.

It reads, applies the rules to every record, compiles the tables aside and runs the book's own SQL checks on them. The
checked book it returns is what ``build`` publishes.
"""

from __future__ import annotations

import sqlite3
import tempfile
from collections.abc import Callable, Iterable
from contextlib import nullcontext
from dataclasses import dataclass, field, replace
from pathlib import Path

from sourcebook.book import DESCRIPTOR, Book, Folder, load_book
from sourcebook.compile import Flat, compile
from sourcebook.finding import Finding, Ledger
from sourcebook.read import Positioner, Reading, Record, descriptor_place, read
from sourcebook.rules import RULES, schema, unquoted_number, values
from sourcebook.rules.book_checks import BookChecks
from sourcebook.rules.reference import References
from sourcebook.sqlite import Sandbox
from sourcebook.sqlite import reading as read_only
from sourcebook.tables import flatten
from sourcebook.tables.links import Index, references
from sourcebook.tables.plans import Plans, plan_book
from sourcebook.wording import did_you_mean

Progress = Callable[[str], None]


def silent(_stage: str) -> None:
    """A progress report to nobody."""


@dataclass(frozen=True)
class Checked:
    """A book that was checked: what it is, what is wrong with it, and what was looked at.

    ``findings`` are in the order of their places; ``ok`` says that none of them is an error. ``ledger`` counts what was
    checked. ``plans`` and ``records`` are what was compiled.
    """

    book: Book
    findings: tuple[Finding, ...]
    ledger: Ledger
    plans: Plans = field(default_factory=dict)
    records: tuple[Record, ...] = ()

    @property
    def ok(self) -> bool:
        """Whether the book may be published."""
        return not any(finding.level == "error" for finding in self.findings)


def check(folder: Folder, *, aside: Path | None = None, progress: Progress = silent) -> Checked:
    """Check the book in ``folder``.

    The tables are compiled in the folder ``aside``, where the database of a book without errors is left; without
    ``aside``, in a temporary folder. Raises UsageError where ``folder`` is no book, OSError where the disk fails.
    """
    return check_book(load_book(folder), aside=aside, progress=progress)


def check_book(book: Book, *, aside: Path | None = None, progress: Progress = silent) -> Checked:
    """Check a book whose descriptor, schemas and scripts are read already: as ``check`` does."""
    if not book.collections:
        return Checked(book, _leveled(book, book.findings), Ledger())
    progress("reading records")
    reading = read(book)
    findings = [*book.findings, *_settings(book), *reading.findings]
    plans: Plans = {}
    if any(finding.rule != "script" and finding.level == "error" for finding in book.findings):
        reading.ledger.skipped("schema", "the descriptor or a schema has errors", len(reading.records))
        return Checked(book, _leveled(book, findings), reading.ledger)
    plans, problems = plan_book(book, reading)
    findings += problems
    if problems:
        return Checked(book, _leveled(book, findings), reading.ledger)
    progress(f"checking {len(reading.records):,} records")
    flats, index, problems = _check_records(book, plans, reading)
    findings = list(_leveled(book, [*findings, *problems]))
    progress("compiling tables")
    strict = not any(finding.level == "error" for finding in findings)
    with nullcontext(aside) if aside else tempfile.TemporaryDirectory(prefix="sourcebook-") as where:
        findings += _check_tables(book, plans, reading, flats, index, Path(where, book.database), strict=strict)
    return Checked(book, _leveled(book, findings), reading.ledger, plans, reading.records)


def _check_records(book: Book, plans: Plans, reading: Reading) -> tuple[list[Flat], Index, list[Finding]]:
    positioner = Positioner(book)
    validators = {c.name: book.schemas.validator(c.schema) for c in book.collections if c.schema}
    links = {name: references(plan) for name, plan in plans.items()}
    index = Index(plans, reading.records)
    dangling = References(index, reading.incomplete, positioner, reading.ledger)
    flats = []
    findings: list[Finding] = []
    for record in reading.records:
        plan = plans[record.collection]
        validator = validators.get(record.collection)
        wrong: list[Finding] = []
        if validator:
            wrong += schema.check(record, validator, positioner)
            reading.ledger.performed("schema")
        else:
            reading.ledger.unverifiable("schema", f"{record.collection} has no schema")
        wrong += unquoted_number.check(record, plan, positioner)
        rows, misfits = flatten(plan, record.key, record.value)
        said = {finding.pointer for finding in wrong} if book.level("schema") == "error" else set()
        wrong += [f for f in values.check(record, misfits, positioner) if f.pointer not in said]
        wrong += [f for f in dangling.check(record, links[record.collection]) if f.pointer not in said]
        findings += wrong
        flats.append(Flat(record, rows))
    reading.ledger.performed("unquoted-number", len(reading.records))
    reading.ledger.performed("value-unplanned", len(reading.records))
    return flats, index, findings


def _check_tables(
    book: Book, plans: Plans, reading: Reading, flats: list[Flat], index: Index, path: Path, *, strict: bool
) -> list[Finding]:
    findings = []
    for view, why in compile(path, plans, flats, index, book.views, strict=strict):
        findings.append(Finding(view.path, view.line, 1, "script", f"SQLite refuses the view: {why}"))
    records = {(record.collection, str(record.key)): record for record in reading.records}
    with read_only(path) as connection:
        findings += _query_problems(book, connection)
        checks = BookChecks(
            connection, plans, records, reading.incomplete, Positioner(book), reading.ledger, book.check_seconds
        )
        findings += checks.run(book.checks)
    return findings


def _query_problems(book: Book, connection: sqlite3.Connection) -> list[Finding]:
    """The canned queries that SQLite would refuse."""
    findings = []
    for query in book.queries:
        with Sandbox(connection, book.check_seconds).guarded() as guarded:
            try:
                guarded.execute(f"EXPLAIN {query.sql}", _Anything())
            except (sqlite3.Error, sqlite3.Warning) as error:
                findings.append(Finding(query.path, query.line, 1, "script", f"the query cannot be run: {error}"))
        if connection.execute("SELECT 1 FROM sqlite_master WHERE name = ?", (query.name,)).fetchone():
            message = f"there is a table or view {query.name!r} already, so the query would not be reached"
            findings.append(Finding(query.path, 1, 1, "script", message, hint="rename the file"))
    return findings


class _Anything(dict[str, None]):
    """NULL for whatever parameter a query names."""

    def __missing__(self, _name: str) -> None:
        return None


def _settings(book: Book) -> list[Finding]:
    """What is wrong with the levels that the descriptor gives to rules."""
    findings = []
    known = {**RULES, **{f"checks/{script.name}": None for script in book.checks}}
    for name, level in book.levels.items():
        place = descriptor_place(book, ("sourcebook", "rules", name))
        rule = RULES.get(name)
        if name not in known:
            findings.append(
                Finding(DESCRIPTOR, *place, "descriptor", f"there is no rule {name!r}", hint=did_you_mean(name, known))
            )
        elif rule and rule.fixed and level != rule.level:
            message = f"the rule {name!r} cannot be lowered: what it finds could not be published whole"
            findings.append(Finding(DESCRIPTOR, *place, "descriptor", message))
    return findings


def _leveled(book: Book, findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """The findings at the levels that the rules, the book's checks and the descriptor give them, in order of place."""
    leveled = []
    for finding in findings:
        rule = RULES.get(finding.rule)
        level = book.level(finding.rule, rule.level if rule else finding.level)
        if rule and rule.fixed:
            level = rule.level
        leveled.append(finding if finding.level == level else replace(finding, level=level))
    return tuple(sorted(set(leveled)))
