# SPDX-License-Identifier: Apache-2.0
"""Where references are written in records: those that a column holds, each at the path of its column."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sourcebook.book import Target, steps
from sourcebook.parse import Path
from sourcebook.tables.model import Plan

Steps = tuple[str, ...]
Nest = tuple[int, Steps]
"""Of a table linked to itself: how many steps lead to its rows, and by which steps one holds others."""


@dataclass(frozen=True, slots=True)
class Reference:
    """One place in a collection's records where a reference is written.

    ``loose`` is one of which the schema gives no type, so that a list or a map of references may stand there.
    """

    collection: str
    path: str
    steps: Steps
    targets: tuple[Target, ...]
    within: Nest | None
    table: int  # number of the table in the plan, and of the column in the table, that hold it
    column: int
    loose: bool = False


def references(plan: Plan, *, conditional: bool = False) -> list[Reference]:
    """The references that the records of ``plan`` may hold in its columns; those that depend on the record are
    ``conditional``.
    """
    around = nests(plan)
    found = []
    for number, table in enumerate(plan.tables):
        for position, column in enumerate(table.columns):
            if column.conditional if conditional else column.refers:
                targets = column.targets or ((column.foreign,) if column.foreign else ())
                path = steps(column.path)
                within = next(((len(top), way) for top, way in around if path[: len(top)] == top), None)
                found.append(
                    Reference(plan.collection, column.path, path, targets, within, number, position, column.loose)
                )
    return found


def nests(plan: Plan) -> list[tuple[Steps, Steps]]:
    """The tables of ``plan`` that are linked to themselves: the steps to their rows, and those by which rows nest."""
    found = []
    for table in plan.tables:
        top = steps(table.path)
        inner = [steps(column.path)[len(top) :] for column in table.columns if column.role == "within"]
        found += [(top, (*way, "[]")) for way in inner]
    return found


def written(value: Any, steps: Steps, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    """Every reference written in a record at ``steps``, with its path, which is that of the entry where it is a key.

    Null is none.
    """
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
    elif step == "{key}":
        for key in value if isinstance(value, dict) else ():
            yield from written(key, rest, (*path, key))
    elif isinstance(value, dict) and step in value:
        yield from written(value[step], rest, (*path, step))


def written_in(record: Any, reference: Reference) -> Iterator[tuple[Path, Any]]:
    """Every place in a record where ``reference`` is written, however deep the record nests in itself."""
    if reference.within is None:
        yield from written(record, reference.steps)
        return
    top, way = reference.within
    waiting = list(written(record, reference.steps[:top]))
    while waiting:
        path, item = waiting.pop(0)
        yield from written(item, reference.steps[top:], path)
        waiting += written(item, way, path)


def is_key(steps: Steps) -> bool:
    """Whether what is written at ``steps`` is the key of a map."""
    return steps[-1:] == ("{key}",)


def leaves(value: Any, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    """The single values in ``value``, at any depth of lists and maps; null is none."""
    if isinstance(value, dict | list):
        for key, item in value.items() if isinstance(value, dict) else enumerate(value):
            yield from leaves(item, (*path, key))
    elif value is not None:
        yield path, value
