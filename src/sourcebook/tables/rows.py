# SPDX-License-Identifier: Apache-2.0
"""A record to the rows of its tables, and back.

``flatten`` takes a document apart by its plan, ``rebuild`` puts one together again from rows, ``projected`` says what
of a document its tables hold, so that the two ways can be held against each other.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sourcebook.exact import dumps, loads
from sourcebook.tables.plan import Cell, Child, Encoding, Group, Nested, Node, Plan

Path = tuple[str | int, ...]
Row = list[Any]
_LEAST, _MOST = -(2**63), 2**63 - 1


@dataclass(frozen=True, slots=True)
class Misfit:
    """A value that its column cannot hold: its place in the record, and why; ``rounds`` if it would be rounded."""

    path: Path
    why: str
    rounds: bool = False


def fits(value: Any, encoding: Encoding) -> bool:
    """Whether a column of ``encoding`` keeps ``value`` as it is."""
    if encoding == "json":
        return True
    if encoding == "text":
        return isinstance(value, str)
    if encoding == "boolean":
        return isinstance(value, bool)
    if isinstance(value, bool):
        return False
    if isinstance(value, float):
        return encoding != "integer" or (value.is_integer() and _LEAST <= value <= _MOST)
    if isinstance(value, int):
        return _LEAST <= value <= _MOST
    return encoding == "any" and isinstance(value, str)


def encode(value: Any, encoding: Encoding) -> Any:
    """The SQLite value of a JSON value that fits a column of ``encoding``; NULL for null."""
    if value is None:
        return None
    if encoding == "json":
        return dumps(value)
    return int(value) if encoding in ("boolean", "integer") else value


def decode(value: Any, encoding: Encoding) -> Any:
    """The JSON value that ``encode`` made a SQLite value of."""
    if value is None:
        return None
    if encoding == "json":
        return loads(value)
    return bool(value) if encoding == "boolean" else value


# --- document to rows -----------------------------------------------------------------------------------------------


def flatten(plan: Plan, key: str | int, value: Any) -> tuple[dict[int, list[Row]], list[Misfit]]:
    """The rows of one record by the number of their table in ``plan``, and the values that no column can hold.

    References are still as written; the target columns beside those that may lead to several tables are NULL.
    """
    taken = _Taken(plan)
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

    def new_row(self, table: int) -> Row:
        row: Row = [None] * len(self.plan.tables[table].columns)
        self.rows.setdefault(table, []).append(row)
        return row

    def take(self, node: Node, value: Any, row: Row, key: str | int, path: Path) -> None:
        if value is None:
            return
        if isinstance(node, Cell):
            if fits(value, node.encoding):
                row[node.index] = encode(value, node.encoding)
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
        entries = _entries(node, value)
        if entries is None:
            self.misfits.append(Misfit(path, f"a {'mapping' if node.by_name else 'list'} is expected here"))
            return
        has_key = self.plan.tables[node.table].columns[-1].role == "key"
        for step, item in entries:
            row = self.new_row(node.table)
            row[0] = key
            row[1] = step
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


def _entries(node: Child, value: Any) -> Iterable[tuple[Any, Any]] | None:
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
    if isinstance(value, Decimal) and encoding in ("number", "any"):
        return Misfit(path, f"{value} has more digits than a double keeps", rounds=True)
    if isinstance(value, int | float) and not isinstance(value, bool) and encoding in ("integer", "number", "any"):
        return Misfit(path, f"{value} does not fit into a 64-bit integer", rounds=True)
    return Misfit(path, f"the column holds {_HOLDS[encoding]}")


_HOLDS = {
    "text": "text",
    "integer": "integers",
    "number": "numbers",
    "boolean": "true and false",
    "any": "single values",
    "json": "JSON",
}


# --- rows to document -----------------------------------------------------------------------------------------------


class Rows:
    """The rows of one collection's tables, by table number and parent key, in the order of position."""

    def __init__(self, plan: Plan, fetch: Callable[[str], Sequence[Sequence[Any]]]) -> None:
        """``fetch`` gives the rows of the table of a name, in column order."""
        self.plan = plan
        self.roots = fetch(plan.tables[0].name)
        self._children: list[dict[Any, list[Sequence[Any]]]] = [{}]
        self._nested: list[dict[Any, list[Sequence[Any]]]] = [{}]
        for table in plan.tables[1:]:
            within = next((i for i, column in enumerate(table.columns) if column.role == "within"), None)
            by_parent: dict[Any, list[Sequence[Any]]] = {}
            by_row: dict[Any, list[Sequence[Any]]] = {}
            for row in sorted(fetch(table.name), key=lambda row: (str(row[0]), row[1])):
                inside = None if within is None else row[within]
                (by_parent.setdefault(row[0], []) if inside is None else by_row.setdefault(inside, [])).append(row)
            self._children.append(by_parent)
            self._nested.append(by_row)

    def nested(self, table: int, row_key: Any) -> list[Sequence[Any]]:
        """Rows of table number ``table`` that stand in its row ``row_key``."""
        return self._nested[table].get(row_key, [])

    def children(self, table: int, parent: Any) -> list[Sequence[Any]]:
        """Rows of table number ``table`` below ``parent``."""
        return self._children[table].get(parent, [])


def rebuild(rows: Rows, row: Sequence[Any]) -> Any:
    """The document of the record whose own row is ``row``, as far as its tables hold it."""
    plan = rows.plan
    key_index = next(i for i, column in enumerate(plan.tables[0].columns) if column.role == "key")
    return _or_empty(plan.root, _put(rows, plan.root, row, row[key_index]))


_NOTHING = object()


def _or_empty(node: Node, value: Any) -> Any:
    """``value``, or what stands for nothing where a value there must be: in a list, and as a whole record."""
    if value is not _NOTHING:
        return value
    if isinstance(node, Cell):
        return None
    return {} if isinstance(node, Group) or (isinstance(node, Child) and node.by_name) else []


def _put(rows: Rows, node: Node, row: Sequence[Any], key: str | int) -> Any:
    if isinstance(node, Cell):
        value = row[node.index]
        return _NOTHING if value is None else decode(value, node.encoding)
    if isinstance(node, Group):
        return _put_group(rows, node, row, key) or _NOTHING
    inner = rows.plan.items[node.table]
    found = rows.nested(node.table, key) if isinstance(node, Nested) else rows.children(node.table, key)
    entries = {}
    for child in found:
        item = _put(rows, inner, child, child_key(key, node.step, child[1]))
        entries[child[1]] = _or_empty(inner, item)
    if not entries:
        return _NOTHING
    return entries if isinstance(node, Child) and node.by_name else list(entries.values())


def _put_group(rows: Rows, node: Group, row: Sequence[Any], key: str | int) -> dict[str, Any]:
    document = {name: _put(rows, member, row, key) for name, member in node.members.items()}
    document = {name: value for name, value in document.items() if value is not _NOTHING}
    if node.other is not None and row[node.other] is not None:
        document |= loads(row[node.other])
    return document


# --- what of a document its tables hold -----------------------------------------------------------------------------


def projected(plan: Plan, value: Any) -> Any:
    """``value`` less the losses that its plan declares, and no others: what ``rebuild`` must give, in any key order."""
    return _or_empty(plan.root, _held(plan, plan.root, value))


def _held(plan: Plan, node: Node, value: Any) -> Any:
    if value is None:
        return _NOTHING
    if isinstance(node, Cell):
        if not fits(value, node.encoding):
            return _NOTHING
        return int(value) if node.encoding == "integer" else value
    if isinstance(node, Group):
        return _held_group(plan, node, value) if isinstance(value, dict) else _NOTHING
    return _held_entries(plan, node, value)


def _held_group(plan: Plan, node: Group, value: Mapping[str, Any]) -> Any:
    held = {}
    for name, item in value.items():
        member = node.members.get(name)
        if member is None:
            kept = item if node.other is not None else _NOTHING
        else:
            kept = _held(plan, member, item)
        if kept is not _NOTHING:
            held[name] = kept
    return held or _NOTHING


def _held_entries(plan: Plan, node: Child | Nested, value: Any) -> Any:
    entries: Iterable[tuple[Any, Any]] | None = None
    if isinstance(node, Child):
        entries = _entries(node, value)
    elif isinstance(value, list):
        entries = enumerate(value)
    if entries is None:
        return _NOTHING
    inner = plan.items[node.table]
    whole = {step: _or_empty(inner, _held(plan, inner, item)) for step, item in entries}
    if not whole:
        return _NOTHING
    return whole if isinstance(node, Child) and node.by_name else list(whole.values())
