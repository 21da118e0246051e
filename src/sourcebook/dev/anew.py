# SPDX-License-Identifier: Apache-2.0
"""A book read whole: its state in memory, and its private database; or why neither can be had."""

from __future__ import annotations

from pathlib import Path

from sourcebook.book import Book, load_book
from sourcebook.check.inspection import inspect
from sourcebook.check.planning import count_book, plan
from sourcebook.check.promises import departing, promised
from sourcebook.compile.gather import gather
from sourcebook.compile.scan import scan
from sourcebook.compile.store import Store
from sourcebook.dev.loading import load
from sourcebook.dev.numbers import step_of
from sourcebook.dev.order import numbers_of
from sourcebook.dev.state import State
from sourcebook.finding import Finding
from sourcebook.rules import baseline
from sourcebook.rules.levels import leveled


def read_anew(root: Path, folder: Path, kept: Path, jobs: int = 0) -> tuple[State | None, list[Finding], Book]:
    """Read a book whole, and write its private database to the new folder ``folder``.

    ``kept`` is where what files compiled to is kept. Also what is wrong; the state is None where it keeps the book from
    being shown. Raises UsageError where there is no book, OSError where the disk fails.
    """
    book = load_book(root)
    planned = plan(book, public=True)
    if planned.stopped:
        found = baseline.settled(book, leveled(book, planned.findings))[0]
        return None, found, book
    gathered = gather(planned.plans, planned.read, scan(book, Store(kept), jobs=jobs))
    count_book(book, gathered.ledger, planned.plans)
    findings = [*leveled(book, [*planned.findings, *gathered.findings, *inspect(book, planned.plans, gathered)])]
    new = baseline.settled(book, findings)[0]
    if any(finding.level == "error" for finding in new):
        return None, new, book
    if may_depart := departing(book):
        gathered = promised(gathered, may_depart, findings)
    numbers = numbers_of({n: dict(e.stands) for n, e in gathered.entries.items()}, step_of(gathered.count))
    load(folder, book, gathered, numbers)
    return State(book, gathered, folder, new), new, book
