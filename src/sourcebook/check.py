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
from pathlib import Path

from sourcebook.book import Book, Folder, Script, load_book
from sourcebook.checked import Checked
from sourcebook.compile.database import Loading, complete
from sourcebook.compile.gather import Gathered, gather
from sourcebook.compile.patch import Patched, patch
from sourcebook.compile.scan import Last, Scan, scan
from sourcebook.compile.store import Store
from sourcebook.finding import Finding, Ledger
from sourcebook.inspection import inspect
from sourcebook.progress import Progress, silent
from sourcebook.records.model import Held
from sourcebook.records.places import Positioner
from sourcebook.records.read import Reading, read
from sourcebook.rules import RULES, baseline, can_be_lowered, levels
from sourcebook.rules.book_checks import BookChecks
from sourcebook.rules.levels import leveled
from sourcebook.rules.script import refused
from sourcebook.sqlite import Sandbox
from sourcebook.sqlite import reading as read_only
from sourcebook.tables.plans import Plans, plan_book


def check(folder: Folder, *, aside: Path | None = None, jobs: int = 0, progress: Progress = silent) -> Checked:
    """Check the book in ``folder``.

    The tables are compiled in the folder ``aside``, where the database of a book without errors is left; without
    ``aside``, in a temporary folder. ``jobs`` processes may share the work, 0 for as many as gain. Raises UsageError
    where ``folder`` is no book, OSError where the disk fails.
    """
    return check_book(load_book(folder), aside=aside, jobs=jobs, progress=progress)


def check_book(
    book: Book,
    found: Scan | None = None,
    *,
    aside: Path | None = None,
    jobs: int = 0,
    progress: Progress = silent,
    last: Last | None = None,
    loaded: Callable[[Plans, Path, Patched | None], None] | None = None,
) -> Checked:
    """Check a book whose descriptor, schemas and scripts are read already: as ``check`` does.

    ``found`` are its data files, where they were looked for already; the database of the ``last`` release is taken
    where few records have changed. ``loaded`` is told of the database of records without errors, when it has all its
    tables: of their plans, where it is, and of what differs, if it is the last one patched (see `patch`).
    """
    if not book.collections:
        return _stopped(book, book.findings, Ledger(), "the descriptor has errors")
    progress("reading records")
    findings = [*book.findings, *levels.check(book), *baseline.check(book)]
    if any(finding.rule not in _HARMLESS and finding.level == "error" for finding in book.findings):
        why = "the descriptor or a schema has errors"
        reading = read(book)
        _count_book(book, reading.ledger)
        reading.ledger.skipped("schema", why, len(reading.records))
        return _stopped(book, [*findings, *reading.findings], reading.ledger, why)
    plans, problems, held = _planned(book)
    if problems:
        reading = read(book)
        _count_book(book, reading.ledger, plans)
        why = "the tables could not be planned"
        return _stopped(book, [*findings, *reading.findings, *problems], reading.ledger, why)
    kept = nullcontext(aside) if aside and found else tempfile.TemporaryDirectory(prefix="sourcebook-")
    with kept as where:
        found = found or scan(book, Store(Path(where)), jobs=jobs, progress=progress)
        database = Path(aside or where, book.database)
        with Loading(database, plans, found.work) as loading:
            gathered = gather(plans, held, found, None if last else loading.add)
            progress("checking records", 0, gathered.count)
            _count_book(book, gathered.ledger, plans)
            findings += [*gathered.findings, *inspect(book, plans, gathered)]
            findings = list(leveled(book, findings))
            progress("compiling tables")
            strict = not any(finding.level == "error" for finding in baseline.settled(book, findings)[0])
            whole = strict and not last and not loading.refused
            if whole:
                loading.finish(gathered.index)
        patched = patch(last, database, gathered) if last and strict else None
        if not whole and patched is None:
            _load_anew(database, gathered, strict=strict)
        if loaded and strict:
            loaded(plans, database, patched)
        views = complete(database, gathered, book.views, strict=strict) if patched is None else []
        findings += _check_tables(book, gathered, database, views)
    return _judged(book, gathered, findings)


def _load_anew(database: Path, gathered: Gathered, *, strict: bool) -> None:
    with Loading(database, gathered.plans, gathered.work, strict=strict) as loading:
        for number, stands in gathered.placed():
            loading.add(number, stands)
        loading.finish(gathered.index)


def _judged(book: Book, gathered: Gathered, findings: Iterable[Finding]) -> Checked:
    new, known = baseline.settled(book, leveled(book, findings))
    whole = all(can_be_lowered(finding.rule) or finding.rule in _HIDES_NOTHING for finding in new)
    new = list(leveled(book, [*new, *(baseline.stale(book, known) if whole else ())]))
    for rule in RULES:
        gathered.ledger.on_nothing(rule, "the book has nothing of the kind")
    return Checked(book, tuple(new), gathered.ledger, gathered.plans, gathered.entries, tuple(known), whole)


_HARMLESS = ("script", "baseline")  # rules of what nothing else is built on
_HIDES_NOTHING = ("baseline", "reference", "value-rounded")  # fixed rules whose findings keep no other from being found


def _stopped(book: Book, findings: Iterable[Finding], ledger: Ledger, why: str) -> Checked:
    """A check that ended before every rule could be applied."""
    for rule in (*RULES, *(f"checks/{script.name}" for script in book.checks)):
        ledger.on_nothing(rule, why)
    new, known = baseline.settled(book, leveled(book, findings))
    return Checked(book, tuple(new), ledger, known=tuple(known))


def _count_book(book: Book, ledger: Ledger, plans: Plans | None = None) -> None:
    """Count what loading the book and planning its tables have looked at: each rule by the things that it judges."""
    if plans is not None:
        ledger.performed("name-collision", sum(len(plan.tables) for plan in plans.values()))
    for rule in ("descriptor", "descriptor-near-miss"):
        ledger.performed(rule)
    for rule in ("schema-invalid", "schema-near-miss", "schema-reference"):
        ledger.performed(rule, len(book.schemas.paths))
    ledger.performed("script", len(book.checks) + len(book.views) + len(book.queries))
    for rule in ("baseline", "baseline-stale"):
        ledger.performed(rule, len(book.baseline.known))


def _planned(book: Book) -> tuple[Plans, list[Finding], dict[tuple[str, str], Held]]:
    """The plans, what is wrong with them, and the files that had to be read to infer a schema."""
    inferred = {collection.name for collection in book.collections if not collection.schema}
    reading = read(book, inferred) if inferred else Reading((), (), frozenset())
    return *plan_book(book, reading), dict(reading.files)


def _check_tables(book: Book, gathered: Gathered, path: Path, views: Iterable[tuple[Script, str]]) -> list[Finding]:
    findings = []
    with read_only(path) as connection:
        findings += [refused(view, "SQLite refuses the view", why, connection) for view, why in views]
        findings += _query_problems(book, connection)
        entries, incomplete, ledger = gathered.entries, gathered.incomplete, gathered.ledger
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


__all__ = ["Checked", "check", "check_book"]
