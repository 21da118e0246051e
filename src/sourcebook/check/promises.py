# SPDX-License-Identifier: Apache-2.0
"""What the tables promise of records that depart from their schema: all that no finding is about."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from sourcebook.book import Book
from sourcebook.compile.gather import Gathered
from sourcebook.finding import Finding
from sourcebook.tables import Plan
from sourcebook.tables.departures import exempted, spots


def departing(book: Book) -> frozenset[str]:
    """The collections of which records are published that depart from their schema."""
    return frozenset(one.name for one in book.collections if not book.enforced(one.name))


def promised(gathered: Gathered, of: Iterable[str], findings: Iterable[Finding]) -> Gathered:
    """What was gathered, with plans that exempt from the schema what ``findings`` are about, and nothing more.

    ``of`` are the collections that may depart. A column that a schema requires may be empty where several mistakes were
    told as one, at another place: so its rows have the last word.
    """
    found: dict[str, set[tuple[str | int, ...]]] = {name: set() for name in of}
    for finding in findings:
        name = finding.subject.partition("/")[0]
        if finding.rule == "schema" and name in found:
            found[name].update(spots(finding.subject, finding.message))
    plans = {
        name: exempted(plan, found[name], set(_empty(gathered, plan))) if name in found else plan
        for name, plan in gathered.plans.items()
    }
    return replace(gathered, plans=plans)


def _empty(gathered: Gathered, plan: Plan) -> Iterator[tuple[int, int]]:
    """The required columns that are NULL in some row: the number of the table, and in it of the column."""
    work = gathered.work
    for number, table in enumerate(plan.tables):
        width = len(table.columns)
        waiting = {index for index, column in enumerate(table.columns) if column.required}
        for chunk in work.numbers(plan.collection) if waiting else ():
            rows = work.rows(chunk, number)
            there = {index for index in waiting if None in rows[index::width]}
            waiting -= there
            yield from ((number, index) for index in there)
