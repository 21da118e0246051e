# SPDX-License-Identifier: Apache-2.0
"""``undeclared``: much of what records hold is nothing that their schema speaks of, so that it lies in JSON columns."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sourcebook.book import DESCRIPTOR, Book, Collection
from sourcebook.finding import Finding, pointer
from sourcebook.records.places import descriptor_place
from sourcebook.tables import Plan

_MUCH = 0.5  # of all characters
_LARGE = 10_000  # characters: of less it is no trouble that it is JSON
_MOST_NAMED = 3


def check(book: Book, collection: Collection, plan: Plan, characters: Sequence[int]) -> Iterator[Finding]:
    """Whether much lies undeclared, where the descriptor does not say what is to become of it.

    ``characters`` are how many stand in each of the columns of ``plan.left_open``, and in all records last.
    """
    *each, whole = characters or (0,)
    if sum(each) < max(_LARGE, _MUCH * whole):
        return
    names = [
        f"{plan.tables[number].name}.{plan.tables[number].columns[index].name}" for number, index in plan.left_open
    ]
    largest = sorted(zip(each, names, strict=True), reverse=True)[:_MOST_NAMED]
    told = ", ".join(f"{name} ({count / whole:.0%})" for count, name in largest if count)
    message = f"{sum(each) / whole:.0%} of what {collection.name} holds lies in JSON columns, undeclared: {told}"
    hint = "say `undeclared: tables` to plan it from the records, or `undeclared: json` to leave it so"
    where = (*collection.where, "sourcebook", "schema")
    place = descriptor_place(book, where)
    yield Finding(DESCRIPTOR, *place, "undeclared", message, "warning", hint, pointer(where))
