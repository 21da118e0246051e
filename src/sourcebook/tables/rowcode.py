# SPDX-License-Identifier: Apache-2.0
"""Code that takes records apart, written from a plan: what ``flatten`` does, for records in which everything fits.

``row_source`` writes a function a table; ``take_apart`` is that of the first. A property's name stands in it only as
the ``repr`` of a text, so that no name can be taken for code. Of a value that does not fit the code says nothing but
that: ``flatten`` tells which, and why.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import chain
from typing import Any

from sourcebook.exact import dumps
from sourcebook.tables.encoding import EXACT, encode, fits
from sourcebook.tables.flatten import flatten
from sourcebook.tables.model import Cell, Child, Group, Node, Plan

Flat = list[list[Any]]
"""The rows of records: for each table of their plan, the values of all rows, one row after the other."""

TakeApart = Callable[[str | int, Any, Flat], None]
"""Adds the rows of a record, given by key and value, to those of others; what it added before it raised is there."""


class Unfit(Exception):
    """A record holds a value that no column keeps as it is, or a reference that is written as no key can be."""


def row_code(plan: Plan) -> TakeApart:
    """What takes records of ``plan`` apart by their key and value; it raises Unfit where ``flatten`` must look."""
    if any(column.role == "within" or column.conditional for table in plan.tables for column in table.columns):
        return _carefully(plan)
    names: dict[str, Any] = {"Unfit": Unfit, "dumps": dumps, "integer": _integer, "mixed": _mixed, "escaped": _escaped}
    exec(compile(row_source(plan), f"<rows of {plan.collection!r}>", "exec"), names)  # noqa: S102  (our own text)
    take_apart: TakeApart = names["take_apart"]
    return take_apart


def flat_rows(plan: Plan, rows: dict[int, list[list[Any]]]) -> Flat:
    """What ``flatten`` gives, table by table."""
    return [list(chain.from_iterable(rows.get(number, ()))) for number in range(len(plan.tables))]


def _carefully(plan: Plan) -> TakeApart:
    """For a table that is linked to itself, whose rows come in the order in which a record writes its properties, and
    for references of which the record says where they lead.
    """
    refer = [
        (number, position, len(table.columns))
        for number, table in enumerate(plan.tables)
        for position, column in enumerate(table.columns)
        if column.refers
    ]

    def take_apart(key: str | int, value: Any, rows: Flat) -> None:
        own, misfits = flatten(plan, key, value)
        flat = flat_rows(plan, own)
        written = {type(value) for number, position, width in refer for value in flat[number][position::width]}
        if misfits or not written <= _WRITTEN:  # 1.0 and true would be counted as 1
            raise Unfit
        for values, more in zip(rows, flat, strict=True):
            values += more

    return take_apart


_WRITTEN = frozenset({str, int, type(None)})  # what a reference may be written as, or none


# --- what the code calls --------------------------------------------------------------------------------------------


def _integer(value: Any) -> int:
    if not fits(value, "integer"):
        raise Unfit
    return int(value)


def _mixed(value: Any) -> Any:
    if not fits(value, "any"):
        raise Unfit
    return encode(value, "any")


def _escaped(name: str) -> str:
    return name.replace("~", "~0").replace("/", "~1")


# --- the code -------------------------------------------------------------------------------------------------------

_IN_RANGE = f"{-(2**63)} <= {{0}} <= {2**63 - 1}"
_IS_INTEGER = f"type({{0}}) is int and {_IN_RANGE}"
_FITS = {  # by encoding; of what is written as a reference, ``_REFERS``
    "text": "type({0}) is str",
    "number": f"type({{0}}) is float or type({{0}}) is int and {-EXACT} <= {{0}} <= {EXACT}",
}
_REFERS = {
    "text": "type({0}) is str",
    "integer": _IS_INTEGER,
    "number": _IS_INTEGER,
    "any": f"type({{0}}) is str or {_IS_INTEGER}",
    "boolean": "False",
}


def row_source(plan: Plan) -> str:
    """The code for ``plan``: Python that defines ``take_apart``, and what it calls."""
    lines = ["EMPTY = {}"]
    for number in range(len(plan.tables)):
        lines += ["", "", *_Function(plan, number).lines()]
    return "\n".join(lines) + "\n"


class _Function:
    """The code of one table: ``cells`` are the expressions of a row's values, ``names`` the constants before it."""

    def __init__(self, plan: Plan, number: int) -> None:
        self.plan = plan
        self.number = number
        self.columns = plan.tables[number].columns
        self.cells = ["None"] * len(self.columns)
        self.names: list[str] = []

    def lines(self) -> list[str]:
        body = list(self._record() if self.number == 0 else self._entries())
        name = f"table_{self.number}" if self.number else "take_apart"
        return [*self.names, f"def {name}(key, value, rows):", *(f"    {line}" for line in body)]

    def _record(self) -> Iterator[str]:
        for index, column in enumerate(self.columns):
            if column.role == "key" and not column.path:
                self.cells[index] = "key"
        yield from self._node(self.plan.root, "value")
        yield f"rows[0] += ({', '.join(self.cells)},)"

    def _entries(self) -> Iterator[str]:
        """The rows of a list or a map, each for one of its entries."""
        child = _child(self.plan, self.number)
        self.cells[:2] = ["key", "step"]
        if child.by_name:
            yield "if type(value) is not dict: raise Unfit"
        elif child.single:
            yield "if type(value) is not list: value = (value,)"
        else:
            yield "if type(value) is not list: raise Unfit"
        yield f"row = rows[{self.number}]"
        has_key = self.columns[-1].role == "key"
        if has_key:
            self.cells[-1] = "inner"
            yield f"above = f'{{key}}' + {f'/{child.step}/'!r}"
        yield f"for step, item in {'value.items()' if child.by_name else 'enumerate(value)'}:"
        if has_key:
            yield f"    inner = above + {'escaped(step)' if child.by_name else 'str(step)'}"
        for line in self._node(self.plan.items[self.number], "item", "inner" if has_key else "key"):
            yield f"    {line}"
        yield f"    row += ({', '.join(self.cells)},)"

    def _node(self, node: Node, value: str, key: str = "key") -> Iterator[str]:
        """Code for what stands in the variable ``value``; ``key`` is that of its row."""
        if isinstance(node, Cell):
            yield from self._cell(node, value)
        elif isinstance(node, Group):
            yield from self._group(node, value, key)
        else:
            yield f"if {value} is not None: table_{node.table}({key}, {value}, rows)"

    def _cell(self, node: Cell, value: str) -> Iterator[str]:
        self.cells[node.index] = value
        encoding = node.encoding
        if self.columns[node.index].refers and encoding in _REFERS:
            yield f"if {value} is not None and not ({_REFERS[encoding].format(value)}): raise Unfit"
        elif encoding == "boolean":
            yield f"if {value} is True: {value} = 1"
            yield f"elif {value} is False: {value} = 0"
            yield f"elif {value} is not None: raise Unfit"
        elif encoding == "integer":
            yield f"if {value} is not None and not ({_IS_INTEGER.format(value)}): {value} = integer({value})"
        elif encoding == "any":
            yield f"if type({value}) is not str and {value} is not None: {value} = mixed({value})"
        elif encoding == "json":
            yield f"if {value} is not None: {value} = dumps({value})"
        else:
            yield f"if {value} is not None and not ({_FITS[encoding].format(value)}): raise Unfit"

    def _group(self, node: Group, value: str, key: str) -> Iterator[str]:
        known = f"NAMES_{self.number}_{len(self.names)}"
        self.names.append(f"{known} = frozenset({tuple(node.members)!r})")
        get = f"get_{len(self.names)}"
        yield f"if {value} is None: {value} = EMPTY"
        yield f"elif type({value}) is not dict: raise Unfit"
        if node.other is None:
            yield f"if not {value}.keys() <= {known}: raise Unfit"
        else:
            other = self.cells[node.other] = f"c{node.other}"
            yield f"{other} = None"
            yield f"if not {value}.keys() <= {known}:"
            yield f"    {other} = dumps({{name: it for name, it in {value}.items() if name not in {known}}})"
        yield f"{get} = {value}.get"
        for name, member in node.members.items():
            inner = f"c{member.index}" if isinstance(member, Cell) else "inside"
            yield f"{inner} = {get}({name!r})"
            yield from self._node(member, inner, key)


def _child(plan: Plan, number: int) -> Child:
    """The list or map whose table has this number."""
    waiting: list[Node] = [plan.root, *plan.items.values()]
    while waiting:
        node = waiting.pop()
        if isinstance(node, Child) and node.table == number:
            return node
        if isinstance(node, Group):
            waiting += node.members.values()
    raise KeyError(number)


__all__ = ["Flat", "TakeApart", "Unfit", "flat_rows", "row_code", "row_source"]
