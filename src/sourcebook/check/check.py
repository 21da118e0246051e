# SPDX-License-Identifier: Apache-2.0
"""The verb ``check``: everything that is wrong with a book, in one run.

It plans the tables, gathers the records in them, applies the rules to every record, completes the database aside and
runs the book's own SQL on it. The checked book it returns is what ``build`` publishes.
"""

from __future__ import annotations

import sqlite3
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path

from sourcebook.book import Book, Folder, load_book
from sourcebook.check.inspection import inspect
from sourcebook.check.planning import Planned, count_book, plan
from sourcebook.check.promises import departing, promised
from sourcebook.check.result import Checked
from sourcebook.check.scripts import run_scripts
from sourcebook.compile.database import Loading, complete, forget
from sourcebook.compile.gather import Gathered, gather
from sourcebook.compile.patch import Patched, patch
from sourcebook.compile.scan import Last, Scan, scan
from sourcebook.compile.store import Store
from sourcebook.finding import NOTHING, Finding
from sourcebook.progress import Progress, silent
from sourcebook.rules import RULES, baseline, can_be_lowered
from sourcebook.rules.levels import leveled
from sourcebook.sqlite import reading
from sourcebook.tables.derived import tells_origins
from sourcebook.tables.whole_book import Plans
from sourcebook.validation.likeness import run as hints
from sourcebook.validation.wording import many

Loaded = Callable[[Plans, Path, Patched | None], None]
"""Is told of a database that has all its tables: of their plans, where it is, and what differs if it was patched."""


@dataclass(frozen=True)
class Target:
    """What a book is compiled for: its data files as they were ``found``, and the ``folder`` the database goes to.

    For a release, the database of the ``last`` one is taken where few records have changed, and ``loaded`` is told
    once the tables of records without errors are there.
    """

    found: Scan
    folder: Path
    last: Last | None = None
    loaded: Loaded | None = None


def check(
    folder: Folder,
    *,
    aside: Path | None = None,
    jobs: int = 0,
    check_seconds: float | None = None,
    sources: Folder | None = None,
    progress: Progress = silent,
) -> Checked:
    """Check the book in ``folder``.

    The tables are compiled in the folder ``aside``, where the database of a book without errors is left; without
    ``aside``, in a temporary folder. ``jobs`` processes may share the work, 0 for as many as gain. Each SQL statement
    of the book may take ``check_seconds``, by default what the book says; texts that it cites are held in ``sources``,
    by default where the environment says, or its own folder. Raises UsageError where ``folder`` is no book, OSError
    where the disk fails.
    """
    return check_book(
        load_book(folder, check_seconds=check_seconds, sources=sources), aside=aside, jobs=jobs, progress=progress
    )


def check_book(
    book: Book, target: Target | None = None, *, aside: Path | None = None, jobs: int = 0, progress: Progress = silent
) -> Checked:
    """Check a book whose descriptor, schemas and scripts are read already: as ``check`` does, or for a ``target``."""
    with hints():
        progress("reading records")
        planned = plan(book, public=True)
        if planned.stopped:
            return _around(book, planned, jobs, progress)
        with nullcontext(target) if target else _temporary(book, aside, jobs, progress) as aim:
            gathered, findings = _compiled(book, planned, aim, progress)
        return _judged(book, gathered, findings)


def _around(book: Book, planned: Planned, jobs: int, progress: Progress) -> Checked:
    """A check of all that can be looked at in a book whose tables cannot be planned. Its database is left nowhere."""
    from sourcebook.check.around import around  # which a book without such mistakes does not need

    left = around(book)
    if left is None:
        return _stopped(book, planned)
    with _temporary(left.book, None, jobs, progress) as aim:
        gathered, findings = _compiled(left.book, left.planned, aim, progress)
    gathered.ledger.add(left.planned.ledger)
    for rule in RULES if left.book.apart else ():
        gathered.ledger.on_nothing(rule, "the descriptor or a schema has errors")
    judged = _judged(left.book, gathered, left.settled(findings))
    return Checked(book, judged.findings, judged.ledger, known=judged.known)


def check_rows(
    book: Book, found: Scan, beyond: Callable[[Gathered], Iterable[Finding]], *, progress: Progress = silent
) -> tuple[Checked, Gathered | None]:
    """Check a book whose data files were ``found``, and of which no database is made: also what was gathered of it.

    None was, where it cannot be planned. The book's own SQL has nothing to run on, and is counted as skipped.
    ``beyond`` tells what is wrong that only all rows tell, of a book without errors so far. Raises OSError where the
    disk fails.
    """
    with hints():
        progress("reading records")
        planned = plan(book, public=True)
        if planned.stopped:
            return _stopped(book, planned), None
        gathered = gather(planned.plans, planned.read, found)
        findings = _inspected(book, planned, gathered, progress)
        if _is_strict(book, findings):
            if may_depart := departing(book):
                gathered = promised(gathered, may_depart, findings)
            findings += beyond(gathered)
        for check in book.checks:
            gathered.ledger.skipped(f"checks/{check.name}", NO_DATABASE)
        if others := [*book.views, *book.queries, *(one for some in book.panels.values() for one in some)]:
            gathered.ledger.skipped("script", NO_DATABASE, len(others))
        return _judged(book, gathered, findings), gathered


NO_DATABASE = "SQL of the book runs on its database, and none was made"
"""Why checks, views, queries and panels were not tried."""


@contextmanager
def _temporary(book: Book, aside: Path | None, jobs: int, progress: Progress) -> Iterator[Target]:
    """A target for no release: what files compile to lies in a temporary folder, the database in ``aside`` if given."""
    with tempfile.TemporaryDirectory(prefix="sourcebook-") as folder:
        found = scan(book, Store(Path(folder)), jobs=jobs, progress=progress)
        yield Target(found, aside or Path(folder))


def _compiled(book: Book, planned: Planned, aim: Target, progress: Progress) -> tuple[Gathered, list[Finding]]:
    """The database that ``aim`` says: loaded, told of, complete. What is in it, and all that is wrong with it."""
    database, may_depart = aim.folder / book.database, departing(book)
    at_once = not aim.last and not may_depart  # whether rows may go in while files are read
    with Loading(database, planned.plans, aim.found.work) as loading:
        gathered = gather(planned.plans, planned.read, aim.found, loading.add if at_once else None)
        findings = _inspected(book, planned, gathered, progress)
        progress("compiling tables")
        strict = _is_strict(book, findings)
        if may_depart and strict:
            gathered = promised(gathered, may_depart, findings)
        whole = at_once and strict and not loading.refused
        if whole:
            loading.finish(gathered.index)
    patched = None if whole else _patched_or_anew(aim.last, database, gathered, strict=strict)
    if aim.loaded and strict:
        aim.loaded(gathered.plans, database, patched)
    refused = complete(database, gathered, book.views, strict=strict) if patched is None else []
    if book.apart:
        forget(database, gathered.plans, book.apart)
    else:
        findings += _circles(book, gathered, database)
    return gathered, [*findings, *run_scripts(book, gathered, database, refused)]


def _is_strict(book: Book, findings: Iterable[Finding]) -> bool:
    """Whether nothing of what was found keeps the book from being published."""
    return not any(finding.level == "error" for finding in baseline.settled(book, findings)[0])


def _circles(book: Book, gathered: Gathered, database: Path) -> list[Finding]:
    if not tells_origins(book):
        return []
    with reading(database) as connection:
        return circles(book, gathered, connection)


def circles(book: Book, gathered: Gathered, connection: sqlite3.Connection) -> list[Finding]:
    """Statements that repeat each other, and documents derived from each other, of a book that tells of such."""
    from sourcebook.rules.circles import Circles  # which most books do not need

    return list(Circles(book, gathered.plans, gathered.entries, connection, gathered.ledger).check())


def _inspected(book: Book, planned: Planned, gathered: Gathered, progress: Progress) -> list[Finding]:
    """What is wrong with a book before its SQL is run on it."""
    progress("checking records", 0, gathered.count)
    count_book(book, gathered.ledger, planned.plans)
    from sourcebook.rules.withdrawn import lost  # with the door to git, which a check of some files does not need

    found = [*inspect(book, planned.plans, gathered), *lost(book, gathered.ledger)]
    return list(leveled(book, [*planned.findings, *gathered.findings, *found]))


def _patched_or_anew(last: Last | None, database: Path, gathered: Gathered, *, strict: bool) -> Patched | None:
    """Load a database whose tables are not whole yet: as the last one patched, where that gains; else anew, and None.

    Not ``strict``, it takes records with errors, for the book's SQL to run on.
    """
    patched = patch(last, database, gathered) if last and strict else None
    if patched is None:
        with Loading(database, gathered.plans, gathered.work, strict=strict) as loading:
            for number, stands in gathered.placed():
                loading.add(number, stands)
            loading.finish(gathered.index)
    return patched


def _judged(book: Book, gathered: Gathered, findings: Iterable[Finding]) -> Checked:
    new, known = baseline.settled(book, leveled(book, findings))
    whole = all(can_be_lowered(finding.rule) or finding.rule in _HIDES_NOTHING for finding in new)
    new = list(leveled(book, [*new, *(baseline.stale(book, known) if whole else ())]))
    for rule in RULES:
        gathered.ledger.on_nothing(rule, NOTHING)
    return Checked(
        book,
        tuple(new),
        gathered.ledger,
        gathered.plans,
        gathered.entries,
        tuple(known),
        whole,
        _kept_back(gathered),
        frozenset((name, str(one.key)) for name, some in gathered.withheld.items() for one in some),
    )


def _kept_back(gathered: Gathered) -> str:
    """How many records are not public, and how many values will be; the empty text where there is nothing to say."""
    records = sum(map(len, gathered.withheld.values()))
    values = sum(gathered.embargoed.values())
    told = [f"{many(records, 'record')} {'is' if records == 1 else 'are'} not public"] if records else []
    if values:
        days = [day for day in gathered.embargoed if day]
        soon = f", the next until {min(days)}" if days else ""
        told.append(f"{many(values, 'value')} {'is' if values == 1 else 'are'} embargoed{soon}")
    return "; ".join(told)


# Fixed rules whose findings keep no other from being found.
_HIDES_NOTHING = (
    "allowed-signers",
    "answer-hidden",
    "attribution-missing",
    "baseline",
    "different",
    "moved",
    "record-size",
    "reference",
    "value-rounded",
    "withdrawn",
)


def _stopped(book: Book, planned: Planned) -> Checked:
    """A check that ended before every rule could be applied."""
    for rule in (*RULES, *(f"checks/{script.name}" for script in book.checks)):
        planned.ledger.on_nothing(rule, planned.stopped)
    new, known = baseline.settled(book, leveled(book, planned.findings))
    return Checked(book, tuple(new), planned.ledger, known=tuple(known))
