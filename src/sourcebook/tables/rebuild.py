# SPDX-License-Identifier: Apache-2.0
"""Rows to the record that they were taken from; and what of a record its tables hold.

``rebuild`` puts a document together again, ``projected`` says what of it its tables hold, so that the two ways can be
held against each other.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from sourcebook.exact import loads
from sourcebook.tables.encoding import decode, fits, told
from sourcebook.tables.flatten import child_key, entries_of
from sourcebook.tables.model import Cell, Child, Group, Nested, Node, Plan


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
        return told(value, node.encoding) if fits(value, node.encoding) else _NOTHING
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
        entries = entries_of(node, value)
    elif isinstance(value, list):
        entries = enumerate(value)
    if entries is None:
        return _NOTHING
    inner = plan.items[node.table]
    whole = {step: _or_empty(inner, _held(plan, inner, item)) for step, item in entries}
    if not whole:
        return _NOTHING
    return whole if isinstance(node, Child) and node.by_name else list(whole.values())
