# SPDX-License-Identifier: Apache-2.0
"""Where in a record the value of a cell stands: table, key and column to the path inside it.

The key of a child row is that of its record and the way from there, as in ``PYSEC-2023-80/affected/0``. It is read
against the plan and against the record itself, so that a ``/`` in a record's key or in a name of a map does no harm.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from sourcebook.parse import Path
from sourcebook.records.model import Record
from sourcebook.tables.model import Cell, Child, Group, Nested, Node, Plan


@dataclass(frozen=True, slots=True)
class Leg:
    """One list or map on the way to a row: the properties that lead to it, and the step that stands in the row's key.

    ``nests`` are the lists by which an entry holds others of its own table, at any depth.
    """

    names: Path
    step: str
    by_name: bool = False
    single: bool = False
    nests: tuple[Leg, ...] = ()


@dataclass(frozen=True, slots=True)
class ColumnPath:
    """The path of a column's value below its row's own place; with ``at_key`` the key of a map that leads there."""

    path: Path = ()
    at_key: bool = False


def legs(plan: Plan, number: int) -> tuple[Leg, ...]:
    """The way from a record to the rows of table ``number`` of ``plan``: empty for the collection's own table."""
    return next(way for there, way in _ways(plan, plan.root, ()) if there == number) if number else ()


def _ways(plan: Plan, node: Node, before: tuple[Leg, ...], names: Path = ()) -> Iterator[tuple[int, tuple[Leg, ...]]]:
    if isinstance(node, Group):
        for name, member in node.members.items():
            yield from _ways(plan, member, before, (*names, name))
    elif isinstance(node, Child):
        inner = plan.items[node.table]
        way = (*before, Leg(names, node.step, node.by_name, node.single, tuple(_nests(inner))))
        yield node.table, way
        yield from _ways(plan, inner, way)


def _nests(node: Node, names: Path = ()) -> Iterator[Leg]:
    if isinstance(node, Nested):
        yield Leg(names, node.step)
    elif isinstance(node, Group):
        for name, member in node.members.items():
            yield from _nests(member, (*names, name))


# --- rows -----------------------------------------------------------------------------------------------------------


def row_places(
    plan: Plan, number: int, key: str | int, record_of: Callable[[str], Record | None], *, joined: bool
) -> Iterator[tuple[Record, Path]]:
    """The record and the path inside it of each row of table ``number`` that ``key`` may mean: one, as a rule.

    ``key`` is ``_parent``, the list's name and ``_position`` or ``_name``, as in a column ``_key``, with ``/`` between
    them; if it is ``joined``, without the list's name, as in a primary key of two columns. ``record_of`` gives the
    collection's record of a key, as text.
    """
    text = str(key)
    way = legs(plan, number)
    ends = [at for at, character in enumerate(text) if character == "/"] if way else []
    found: set[tuple[str | int, Path]] = set()
    for end in (len(text), *reversed(ends)):
        record = record_of(text[:end])
        if record is None:
            continue
        for path in _entered(way, text[end:], record.value, (), joined):
            if (record.key, path) not in found:
                found.add((record.key, path))
                yield record, path


def _entered(way: tuple[Leg, ...], rest: str, value: Any, path: Path, joined: bool) -> Iterator[Path]:
    """The paths of the entries that ``rest`` names, each by ``/step/entry``; if ``joined``, the last by ``/entry``."""
    if not way:
        if not rest:
            yield path
        return
    leg, others = way[0], way[1:]
    for step, item in _inside(value, leg.names):
        for entry, left in _read(leg, rest, item, joined=joined and not others):
            inner = item if entry is None else item[entry]
            here = (*path, *step) if entry is None else (*path, *step, entry)
            yield from _entered(others, left, inner, here, joined)
            for nest in leg.nests:
                if left:
                    yield from _entered((replace(nest, nests=leg.nests), *others), left, inner, here, joined)


def _inside(value: Any, names: Path) -> Iterator[tuple[Path, Any]]:
    for name in names:
        if not isinstance(value, dict) or name not in value:
            return
        value = value[name]
    yield names, value


def _read(leg: Leg, rest: str, value: Any, *, joined: bool) -> Iterator[tuple[Any, str]]:
    """An entry that ``rest`` begins with and what follows it; None for the one thing that stands without a list."""
    by_path = f"/{'.'.join(map(str, leg.names))}/"  # as references name a list in a mapping: size.colours
    starts = ["/"] if joined else [f"/{leg.step}/", by_path]
    start = next((start for start in starts if rest.startswith(start)), None)
    if start is None:
        return
    text = rest[len(start) :]
    entry, slash, left = text.partition("/")
    if leg.by_name and isinstance(value, dict):
        name = text if joined else entry.replace("~1", "/").replace("~0", "~")  # as in _name, or as in a _key
        if name in value:
            yield name, "" if joined else slash + left
    elif not leg.by_name and re.fullmatch("0|[1-9][0-9]*", entry, re.ASCII):
        if isinstance(value, list) and int(entry) < len(value):
            yield int(entry), slash + left
        elif leg.single and not isinstance(value, list) and value is not None and entry == "0":
            yield None, slash + left


# --- columns --------------------------------------------------------------------------------------------------------


def column_paths(plan: Plan, number: int) -> Mapping[str, ColumnPath]:
    """Where the value of each column of table ``number`` stands, below its row's own place.

    A column that is made up (``_parent``, ``_position``, a key from the file's name, what is derived) leads to the row
    itself. Lists and mappings that are no columns are here too, by their names joined with ``_``.
    """
    table = plan.tables[number]
    from_map = ("name",) if number else ("key",)
    found = {column.name: ColumnPath(at_key=column.role in from_map) for column in table.published}
    if number and table.columns[1].role == "name":
        found |= {f"_name_{collection}": ColumnPath(at_key=True) for collection in table.columns[1].collections}
    others: dict[str, ColumnPath] = {}
    waiting: list[tuple[Node, Path]] = [(plan.items[number] if number else plan.root, ())]
    for node, names in waiting:
        if isinstance(node, Cell):
            column = table.columns[node.index]
            for one in (column, *table.columns[node.index + 1 :][: len(column.collections)]):
                found[one.name] = ColumnPath(names)
            continue
        others.setdefault("_".join(map(str, names)), ColumnPath(names))
        if isinstance(node, Group):
            if node.other is not None:
                found[table.columns[node.other].name] = ColumnPath(names)
            waiting += [(member, (*names, name)) for name, member in node.members.items()]
    others.pop("", None)
    return {**others, **found}


def reaches(value: Any, path: Path) -> bool:
    """Whether there is a value at ``path``, null among them."""
    for part in path:
        there = part in value if isinstance(value, dict) else isinstance(value, list) and part in range(len(value))
        if not there:
            return False
        value = value[part]
    return True
