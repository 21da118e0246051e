# SPDX-License-Identifier: Apache-2.0
"""References taken out, of a record that goes: items of lists, properties that need not be, or null in their place."""

from __future__ import annotations

import copy
from collections.abc import Iterable, Iterator
from typing import Any

from sourcebook.book import Book
from sourcebook.edit.edits import Edits
from sourcebook.edit.labels import property_of
from sourcebook.edit.model import Refused
from sourcebook.edit.references import Reference
from sourcebook.edit.roles import part_of
from sourcebook.exact import same
from sourcebook.parse import Path
from sourcebook.records.model import Record
from sourcebook.rekey.leading import at
from sourcebook.tables.attribution import lacking, needed

_GONE = object()


def cascade(edits: Edits, record: Record, found: Iterable[Reference]) -> Iterator[str]:
    """Have the references ``found`` to a record taken out; what is to be told of that.

    Raises Refused where a record cannot do without one, and says all of those.
    """
    by_record: dict[int, list[Reference]] = {}
    for one in found:
        by_record.setdefault(id(one.record), []).append(one)
    told: list[str] = []
    refused: list[str] = []
    for some in by_record.values():
        holder = some[0].record
        why = _taken_out(edits, holder, some)
        if why:
            refused += [f"  {holder.path}:{some[0].line}: {holder.collection} {holder.key}: {one}" for one in why]
            continue
        for one in some:
            part = part_of(edits.source.book, holder.collection, one.path, record.collection)
            says = f", which says that it {part.words}," if part else ""
            told.append(f"{holder.collection} {holder.key}: {property_of(one.path)}{says} is taken out")
    if refused:
        what = f"{record.collection} {record.key} cannot go, for these records cannot do without the reference:"
        raise Refused("\n".join([what, *refused]))
    yield from told


def _taken_out(edits: Edits, holder: Record, some: list[Reference]) -> list[str]:
    """Have references taken out of a record; why that cannot be, where it cannot."""
    if any(one.at_key for one in some):
        return ["what stands below the key of a map would go with it: mend that first"]
    keys = edits.source.key_path(holder.collection)
    if any(one.path == keys for one in some):
        return ["it is the key of that record: delete that first"]
    wishes = [_wished(holder.value, [one.path for one in some], way) for way in ("remove", "list", "null")]
    book = edits.source.book
    first: list[str] = []
    for number, (value, changes) in enumerate(wishes):
        if number and same(value, wishes[number - 1][0]):
            continue
        why = departures(book, holder, value)
        if not why:
            for path, new in changes:
                if new is _GONE:
                    edits.remove(holder, path)
                else:
                    edits.put(holder, path, new)
            return []
        first = first or why
    return first


def _wished(value: Any, paths: list[Path], way: str) -> tuple[Any, list[tuple[Path, Any]]]:
    """A record without what stands at ``paths``, and the changes that make it so.

    Items leave their lists, and lists that are empty then go too (``list``), or not; properties go, or become null.
    """
    after = copy.deepcopy(value)
    changes: list[tuple[Path, Any]] = []
    lists: dict[Path, list[int]] = {}
    for path in paths:
        last = path[-1]
        if isinstance(last, int):
            lists.setdefault(path[:-1], []).append(last)
        elif way == "null":
            at(after, path[:-1])[last] = None
            changes.append((path, None))
        else:
            del at(after, path[:-1])[last]
            changes.append((path, _GONE))
    for path, numbers in lists.items():
        there = at(after, path)
        if way == "list" and len(numbers) == len(there) and path and isinstance(path[-1], str):
            del at(after, path[:-1])[path[-1]]
            changes.append((path, _GONE))
            continue
        for number in sorted(numbers, reverse=True):
            del there[number]
            changes.append(((*path, number), _GONE))
    return after, changes


def departures(book: Book, record: Record, value: Any) -> list[str]:
    """In what a record that holds ``value`` departs from its schema, and does not now; what a statement would lack."""
    collection = book.by_name[record.collection]
    validator = book.validator(collection)
    known: set[Any] = set()
    found: list[str] = []
    if validator is not None:
        known = {(one.path, one.message) for one in validator.violations(record.value)}
        found = [_said(one) for one in validator.violations(value) if (one.path, one.message) not in known]
    ways = needed(collection)
    lacks = [part for part in lacking(value, ways) if part not in lacking(record.value, ways)]
    return found + [f"it would be a statement without {_WORDS.get(part, part)}" for part in lacks]


def _said(violation: Any) -> str:
    where = property_of(violation.path)
    return f"{where}: {violation.message}" if where else str(violation.message)


_WORDS = {"text": "its text", "by": "who says it", "in": "where it was published"}
