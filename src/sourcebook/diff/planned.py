# SPDX-License-Identifier: Apache-2.0
"""The plans of a side's tables, as far as they can be told without compiling it."""

from __future__ import annotations

from collections.abc import Mapping

from sourcebook.book import BASELINE, CURATION, SCRIPTS, Book
from sourcebook.diff.claimed import Claims
from sourcebook.diff.reading import all_of
from sourcebook.diff.sides import Files
from sourcebook.finding import Finding
from sourcebook.records.model import Record
from sourcebook.records.read import Reading
from sourcebook.tables import Plan
from sourcebook.tables.whole_book import plan_book

_MOST_FILES = 5_000  # that are read to tell the tables of collections without a schema


def hindrances(book: Book) -> list[Finding]:
    """What is wrong with the descriptor or a schema of a book, so that nothing can be planned."""
    harmless = (BASELINE, f"{SCRIPTS}/", f"{CURATION}/")
    return [one for one in book.findings if one.level == "error" and not one.path.startswith(harmless)]


class Planned:
    """The ``plans`` of a side, but for those ``left_out``; ``wrong`` is why there are none."""

    def __init__(self, side: Files) -> None:
        book = side.book
        self.plans: Mapping[str, Plan] = {}
        self.wrong: list[Finding] = []
        self.left_out: frozenset[str] = frozenset()
        if book is None:
            return
        self.wrong = hindrances(book)
        if self.wrong:
            return
        inferred = frozenset(one.name for one in book.collections if one.planned_from_records)
        records: list[Record] = []
        if inferred:
            claims = Claims(book)
            count = sum(any(one.name in inferred for one in claims.of(path)) for path in side.listing)
            if count > _MOST_FILES:
                self.left_out = inferred
            else:
                records = [Record(name, one.key, "", (), 0, 0, one.value) for name, one in all_of(side, inferred)]
        self.plans, problems = plan_book(book, Reading(tuple(records), (), self.left_out), public=True)
        self.wrong = [one for one in problems if one.level == "error" and not self.left_out]
