# SPDX-License-Identifier: Apache-2.0
"""References: which record each one means.

A reference may be written by any unique field of its target; the column holds the target's primary key.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sourcebook.book import Target, steps
from sourcebook.parse import Path
from sourcebook.tables.model import Plan, Table
from sourcebook.tables.rowcode import refers
from sourcebook.tables.whole_book import Plans


@dataclass(frozen=True, slots=True)
class Reference:
    """One place in a collection's records where a reference is written."""

    collection: str
    path: str
    steps: tuple[str, ...]
    targets: tuple[Target, ...]
    within: tuple[int, tuple[str, ...]] | None  # of a table linked to itself: where, and by which steps, it nests
    table: int  # number of the table in the plan, and of the column in the table, that hold it
    column: int


def references(plan: Plan) -> list[Reference]:
    """The references that the records of ``plan`` may hold."""
    nests = []
    for table in plan.tables:
        top = steps(table.path)
        inner = [steps(column.path)[len(top) :] for column in table.columns if column.role == "within"]
        nests += [(top, (len(top), (*way, "[]"))) for way in inner]
    found = []
    for number, table in enumerate(plan.tables):
        for position, column in enumerate(table.columns):
            if refers(column):
                targets = column.targets or ((column.foreign,) if column.foreign else ())
                path = steps(column.path)
                within = next((nest for top, nest in nests if path[: len(top)] == top), None)
                found.append(Reference(plan.collection, column.path, path, targets, within, number, position))
    return found


def written(value: Any, steps: tuple[str, ...], path: Path = ()) -> Iterator[tuple[Path, Any]]:
    """Every reference written in a record at ``steps``, with its path; null is none."""
    if not steps:
        if value is not None:
            yield path, value
        return
    step, rest = steps[0], steps[1:]
    if step == "[]" and not isinstance(value, list):  # one thing where a list of such may stand too
        yield from written(value, rest, path)
    elif step in ("[]", "{}"):
        entries = enumerate(value) if isinstance(value, list) else value.items() if isinstance(value, dict) else ()
        for key, item in entries:
            yield from written(item, rest, (*path, key))
    elif isinstance(value, dict) and step in value:
        yield from written(value[step], rest, (*path, step))


def written_in(record: Any, reference: Reference) -> Iterator[tuple[Path, Any]]:
    """Every place in a record where ``reference`` is written, however deep the record nests in itself."""
    if reference.within is None:
        yield from written(record, reference.steps)
        return
    top, nests = reference.within
    waiting = list(written(record, reference.steps[:top]))
    while waiting:
        path, item = waiting.pop(0)
        yield from written(item, reference.steps[top:], path)
        waiting += written(item, nests, path)


class Index:
    """The fields that references are written by: from a field's value to the key of the records that have it."""

    def __init__(self, plans: Plans) -> None:
        wanted = {target: None for plan in plans.values() for r in references(plan) for target in r.targets}
        self._keys: dict[Target, dict[Any, str | int]] = {target: {} for target in wanted}
        self._more: dict[
            tuple[Target, Any], list[str | int]
        ] = {}  # where a value is not unique, the keys but the first
        self._targets: dict[str, list[Target]] = {}
        for target in sorted(wanted, key=lambda target: target.field):  # the key's own, which has no field, first
            self._targets.setdefault(target.collection, []).append(target)

    def fields(self, collection: str) -> list[str]:
        """The properties, other than the key, by which records of ``collection`` may be referred to."""
        return [target.field for target in self._targets.get(collection, ()) if target.field]

    def add(self, collection: str, keys: Sequence[str | int], fields: Sequence[Sequence[Any]]) -> None:
        """Add records by their keys: ``fields`` are their values of each of the `fields`, None where one has none."""
        given = iter(fields)
        for target in self._targets.get(collection, ()):
            known = self._keys[target]
            for value, key in zip(next(given) if target.field else keys, keys, strict=True):
                if value is not None and known.setdefault(value, key) != key:
                    self._more.setdefault((target, value), []).append(key)

    def keys(self, target: Target, value: Any) -> list[str | int]:
        """Keys of the records that ``value`` means: none where it dangles, several where it is not unique."""
        whole = isinstance(value, str | int) and not isinstance(value, bool)
        first = self._keys[target].get(value) if whole else None
        return [] if first is None else [first, *self._more.get((target, value), ())]

    def key(self, target: Target, value: Any) -> str | int | None:
        """Key of the first record that ``value``, a single value, means; None where it dangles."""
        return None if isinstance(value, float) else self._keys[target].get(value)

    def known(self, target: Target) -> list[Any]:
        """Every value that a reference to ``target`` may have."""
        return list(self._keys[target])


def has_links(table: Table) -> bool:
    """Whether `linked` changes rows of ``table``: records are referred to by another field than their key, or by one of
    several tables.
    """
    return any(c.targets or (c.foreign and c.foreign.field and c.role in _WRITTEN) for c in table.columns)


_WRITTEN = ("property", "value", "key")  # roles of columns that hold what records write


def linked(table: Table, values: list[Any], index: Index) -> list[Any]:
    """Rows of ``table``, one after the other, with the keys of the records that references mean; changed in place."""
    width = len(table.columns)
    for position, column in enumerate(table.columns):
        if column.role not in _WRITTEN or not (column.targets or (column.foreign and column.foreign.field)):
            continue
        written = values[position::width]
        if column.foreign and column.foreign.field:
            meant = ((value, index.key(column.foreign, value)) for value in written)
            values[position::width] = [value if key is None else key for value, key in meant]
        for offset, target in enumerate(column.targets, start=1):
            values[position + offset :: width] = [index.key(target, value) for value in written]
    return values
