# SPDX-License-Identifier: Apache-2.0
"""A record to the rows of its tables, by the tree of its plan."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sourcebook.book import Target
from sourcebook.exact import dumps
from sourcebook.tables.encoding import encode, fits
from sourcebook.tables.model import Cell, Child, Encoding, Group, Nested, Node, Plan

Path = tuple[str | int, ...]
Row = list[Any]


@dataclass(frozen=True, slots=True)
class Misfit:
    """A value that its column cannot hold: its place in the record, and why; ``rounds`` if it would be rounded.

    ``exact`` says which type of schema would keep it.
    """

    path: Path
    why: str
    rounds: bool = False
    exact: str = ""


def flatten(plan: Plan, key: str | int, value: Any) -> tuple[dict[int, list[Row]], list[Misfit]]:
    """The rows of one record by the number of their table in ``plan``, and the values that no column can hold.

    References are still as written; the target columns beside those that may lead to several tables are NULL. But where
    the record decides where a reference leads, they hold what is written, and the numbers of the targets, in a tuple.
    """
    taken = _Taken(plan)
    if plan.judged:
        taken.leading = plan.judged.leading(value)
    row = taken.new_row(0)
    for index, column in enumerate(plan.tables[0].columns):
        if column.role == "key" and not column.path:  # the file's name or the map gives it
            row[index] = key
    taken.take(plan.root, value, row, key, ())
    return taken.rows, taken.misfits


class _Taken:
    """What was taken out of one record so far. ``key`` is that of the row at hand, ``path`` leads to the value."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.rows: dict[int, list[Row]] = {}
        self.misfits: list[Misfit] = []
        self.leading: Mapping[tuple[Path, bool], tuple[Target, ...]] = {}

    def new_row(self, table: int) -> Row:
        row: Row = [None] * len(self.plan.tables[table].columns)
        self.rows.setdefault(table, []).append(row)
        return row

    def take(self, node: Node, value: Any, row: Row, key: str | int, path: Path) -> None:
        if value is None:
            return
        if isinstance(node, Cell):
            if fits(value, node.encoding):
                row[node.index] = value if node.refers else encode(value, node.encoding)
                if node.leads:
                    self.lead(node.leads, row, node.index, value, (path, False))
            else:
                self.misfits.append(_misfit(path, value, node.encoding))
        elif isinstance(node, Child):
            self.child(node, value, key, path)
        elif isinstance(node, Nested):
            self.nested(node, value, row, key, path)
        elif isinstance(value, dict):
            self.group(node, value, row, key, path)
        else:
            self.misfits.append(Misfit(path, "a mapping is expected here"))

    def lead(self, leads: Sequence[Target], row: Row, index: int, value: Any, spot: tuple[Path, bool]) -> None:
        """Note in the columns after a reference where it leads: what is written, and the numbers of its targets."""
        meant = self.leading.get(spot, ())
        for offset, collection in enumerate(dict.fromkeys(target.collection for target in leads), start=1):
            numbers = [leads.index(target) for target in meant if target.collection == collection and target in leads]
            row[index + offset] = (value, *numbers) if numbers else None

    def group(self, node: Group, value: Mapping[str, Any], row: Row, key: str | int, path: Path) -> None:
        members = node.members
        others = {}
        for name, item in value.items():
            member = members.get(name)
            if member is not None:
                self.take(member, item, row, key, (*path, name))
            elif node.other is not None:
                others[name] = item
            else:
                self.misfits.append(Misfit((*path, name), "the schema knows no such property, so no column holds it"))
        if others and node.other is not None:
            row[node.other] = dumps(others)

    def child(self, node: Child, value: Any, key: str | int, path: Path) -> None:
        entries = entries_of(node, value)
        if entries is None:
            self.misfits.append(Misfit(path, f"a {'mapping' if node.by_name else 'list'} is expected here"))
            return
        has_key = self.plan.tables[node.table].columns[-1].role == "key"
        for step, item in entries:
            row = self.new_row(node.table)
            row[0] = key
            row[1] = step
            if node.leads:
                self.lead(node.leads, row, 1, step, ((*path, step), True))
            inner = child_key(key, node.step, step)
            if has_key:
                row[-1] = inner
            alone = node.single and not isinstance(value, list)
            where = path if alone else (*path, step)
            self.take(self.plan.items[node.table], item, row, inner, where)

    def nested(self, node: Nested, value: Any, row: Row, key: str | int, path: Path) -> None:
        if not isinstance(value, list):
            self.misfits.append(Misfit(path, "a list is expected here"))
            return
        for position, item in enumerate(value):
            inner = self.new_row(node.table)
            inner[0], inner[1], inner[node.index] = row[0], position, key
            inner[-1] = child_key(key, node.step, position)
            self.take(self.plan.items[node.table], item, inner, inner[-1], (*path, position))


def entries_of(node: Child, value: Any) -> Iterable[tuple[Any, Any]] | None:
    """The elements of a list or map with their positions or names; None where ``value`` is neither."""
    if node.by_name:
        return value.items() if isinstance(value, dict) else None
    if isinstance(value, list):
        return enumerate(value)
    return [(0, value)] if node.single else None


def child_key(parent: str | int, step: str, entry: str | int) -> str:
    """Key of a child row: its parent's key and the path from there, as in ``PYSEC-2023-80/affected/0``."""
    shown = entry.replace("~", "~0").replace("/", "~1") if isinstance(entry, str) else entry
    return f"{parent}/{step}/{shown}"


def _misfit(path: Path, value: Any, encoding: Encoding) -> Misfit:
    number = isinstance(value, int | float | Decimal) and not isinstance(value, bool)
    if number and encoding == "number":
        exact = "an integer" if isinstance(value, int) and fits(value, "integer") else "text"
        return Misfit(path, f"{value} has more digits than a double keeps", rounds=True, exact=exact)
    if number and not isinstance(value, Decimal) and encoding == "integer":
        return Misfit(path, f"{value} does not fit into a 64-bit integer", rounds=True, exact="text")
    return Misfit(path, f"the column holds {_HOLDS[encoding]}")


_HOLDS = {
    "text": "text",
    "integer": "integers",
    "number": "numbers",
    "boolean": "true and false",
    "any": "single values",
    "json": "JSON",
}
