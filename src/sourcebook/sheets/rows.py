# SPDX-License-Identifier: Apache-2.0
"""A record as the rows of its tables, each value as it is written, with the path to it: what a sheet shows of it.

This is `tables.flatten` without the database: nothing is encoded, and each row knows where in the record it stands.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from sourcebook.parse import Path
from sourcebook.tables.flatten import child_key, entries_of
from sourcebook.tables.model import Cell, Child, Group, Nested, Node, Plan


@dataclass(slots=True)
class Row:
    """One row: ``parent`` is the key of the row above it, ``step`` its position or name there, ``within`` the row of
    its own table that it stands in. ``values`` are what is written, by the number of the column.
    """

    key: str
    path: Path = ()
    parent: str = ""
    step: str | int | None = None
    within: str | None = None
    values: dict[int, Any] = field(default_factory=dict)

    @property
    def identity(self) -> tuple[str, str, str]:
        """What a row of a sheet is matched by."""
        return self.parent, self.within or "", "" if self.step is None else str(self.step)


@dataclass(slots=True)
class Rows:
    """The rows of one record by the number of their table; ``odd`` are the paths of what no sheet shows."""

    by_table: dict[int, list[Row]] = field(default_factory=dict)
    odd: list[Path] = field(default_factory=list)


def rows_of(plan: Plan, key: str | int, value: Any) -> Rows:
    """The rows of a record."""
    found = Rows()
    row = Row(str(key))
    found.by_table[0] = [row]
    for index, column in enumerate(plan.tables[0].columns):
        if column.role == "key" and not column.path:
            row.values[index] = key
    _Taking(plan, found).take(plan.root, value, row, row.key, ())
    return found


@dataclass
class _Taking:
    plan: Plan
    found: Rows

    def take(self, node: Node, value: Any, row: Row, key: str, path: Path) -> None:
        if isinstance(node, Cell):
            row.values[node.index] = value
        elif value is None:
            return
        elif isinstance(node, Group):
            self.group(node, value, row, key, path)
        else:
            self.entries(node, value, row, key, path)

    def group(self, node: Group, value: Any, row: Row, key: str, path: Path) -> None:
        if not isinstance(value, dict):
            self.found.odd.append(path)
            return
        others = {}
        for name, item in value.items():
            if name in node.members:
                self.take(node.members[name], item, row, key, (*path, name))
            elif node.other is not None:
                others[name] = item
            else:
                self.found.odd.append((*path, name))
        if others and node.other is not None:
            row.values[node.other] = others

    def entries(self, node: Child | Nested, value: Any, row: Row, key: str, path: Path) -> None:
        entries = entries_of(node, value) if isinstance(node, Child) else _numbered(value)
        if entries is None:
            self.found.odd.append(path)
            return
        inside = isinstance(node, Nested)
        alone = isinstance(node, Child) and node.single and not isinstance(value, list)
        for step, item in entries:
            inner = Row(child_key(key, node.step, step), path if alone else (*path, step), key, step)
            if inside:
                inner.parent, inner.within = row.parent, key
            self.found.by_table.setdefault(node.table, []).append(inner)
            self.take(self.plan.items[node.table], item, inner, inner.key, inner.path)


def _numbered(value: Any) -> Any:
    return enumerate(value) if isinstance(value, list) else None


def cell_paths(plan: Plan, number: int) -> Mapping[int, Path]:
    """Where the value of each column of table ``number`` stands below its row's own place, by the column's number.

    Of what a schema does not declare it is the path of the mapping that holds it.
    """
    return dict(_paths(plan.items[number] if number else plan.root, ()))


def _paths(node: Node, names: Path) -> Iterator[tuple[int, Path]]:
    if isinstance(node, Cell):
        yield node.index, names
    elif isinstance(node, Group):
        if node.other is not None:
            yield node.other, names
        for name, member in node.members.items():
            yield from _paths(member, (*names, name))


@dataclass(frozen=True, slots=True)
class Below:
    """A list or a map below the rows of a table: where it stands below its row, and how its entries are named."""

    table: int
    above: int  # the number of the table whose rows hold it
    names: Path
    step: str
    by_name: bool
    single: bool
    nested: bool


def lists_of(plan: Plan) -> Mapping[int, tuple[Below, ...]]:
    """The lists and maps below the rows of each table, by its number."""
    found: dict[int, list[Below]] = {}
    waiting: list[tuple[int, Node]] = [(0, plan.root)]
    for number, root in waiting:
        for below in _lists(root, (), number):
            found.setdefault(number, []).append(below)
            if not below.nested:
                waiting.append((below.table, plan.items[below.table]))
    return {number: tuple(some) for number, some in found.items()}


def _lists(node: Node, names: Path, above: int) -> Iterator[Below]:
    if isinstance(node, Group):
        for name, member in node.members.items():
            yield from _lists(member, (*names, name), above)
    elif isinstance(node, Child):
        yield Below(node.table, above, names, node.step, node.by_name, node.single, nested=False)
    elif isinstance(node, Nested):
        yield Below(node.table, above, names, node.step, by_name=False, single=False, nested=True)
