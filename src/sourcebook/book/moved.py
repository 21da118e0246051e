# SPDX-License-Identifier: Apache-2.0
"""The keys that records of a book had and have no more, read from ``curation/moved.yaml``: what leads on from each.

The file is a list, an entry a line: ``{collection, key, to, on}`` of a record that has another key now, or
``{collection, key, gone, on}`` of one that is not there any more, with the reason.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from pathlib import Path

from sourcebook.book.entries import Entries, Form
from sourcebook.book.model import MOVED, Moved
from sourcebook.finding import Finding
from sourcebook.parse import Limits

_FORM = Form(
    path=MOVED,
    rule="moved",
    what="moved keys",
    example="- {collection: people, key: rosa, to: rosa-diaz, on: 2026-11-30}",
    fields=("collection", "key", "to", "gone", "on"),
    needed=("collection", "key", "on"),
    names="collection, key, to or gone, and on",
    keys=("key", "to"),
)


def read_moved(root: Path, collections: Collection[str], limits: Limits, findings: list[Finding]) -> tuple[Moved, ...]:
    """The moved keys of the book in ``root``, those that mean something; what is wrong is added to ``findings``."""
    entries = Entries(_FORM, collections, whole=_leads_somewhere)
    moved = tuple(_entries(entries, root, limits))
    findings += entries.findings
    findings += _circles(moved)
    return moved


def _leads_somewhere(entries: Entries, number: int, entry: Mapping[str, object]) -> None:
    if ("to" in entry) == ("gone" in entry):
        message = "an entry says where a key has gone `to`, or why its record is `gone`"
        entries.tell((number,), message + (", and not both" if "to" in entry else ""))


def _entries(entries: Entries, root: Path, limits: Limits) -> Iterator[Moved]:
    first: dict[tuple[str, str], int] = {}
    for number, entry in entries.read(root, limits):
        one = Moved(**{name: str(value) for name, value in entry.items()} | entries.place(number))
        if (one.collection, one.key) in first:
            message = f"{one.collection} {one.key!r} is in line {first[one.collection, one.key]} already"
            entries.tell((number, "key"), message, "remove the entry that is not right")
        else:
            first[one.collection, one.key] = one.line
            yield one


def _circles(moved: Iterable[Moved]) -> Iterator[Finding]:
    """A finding for each circle of keys that lead to one another, at its last entry."""
    known = {(one.collection, one.key): one for one in moved}
    passed: set[tuple[str, str]] = set()
    for start in known.values():
        way: dict[tuple[str, str], Moved] = {}
        here: Moved | None = start
        while here is not None and (here.collection, here.key) not in passed:
            passed.add((here.collection, here.key))
            way[here.collection, here.key] = here
            here = known.get((here.collection, here.to)) if here.to else None
        if here is not None and (here.collection, here.key) in way:
            circle = list(way.values())
            circle = circle[circle.index(here) :]
            last = max(circle, key=lambda one: one.line)
            told = " to ".join(repr(one.key) for one in (*circle, here))
            message = f"these keys of {last.collection} lead in a circle: {told}"
            hint = "remove the entry that is not right"
            yield Finding(MOVED, last.line, last.column, "moved", message, hint=hint, pointer=last.pointer)


def followed(moved: Iterable[Moved]) -> Mapping[tuple[str, str], Moved]:
    """By collection and key, the last entry on the way from that key: where it leads to, or why it leads nowhere.

    What leads in a circle is left out.
    """
    known = {(one.collection, one.key): one for one in moved}
    ends: dict[tuple[str, str], Moved] = {}
    for start, entry in known.items():
        way = [start]
        here = entry
        while here.to and (here.collection, here.to) in known and (here.collection, here.to) not in way:
            way.append((here.collection, here.to))
            if way[-1] in ends:
                here = ends[way[-1]]
                break
            here = known[way[-1]]
        if not (here.to and (here.collection, here.to) in known):
            ends.update(dict.fromkeys(way, here))
    return ends


__all__ = ["followed", "read_moved"]
