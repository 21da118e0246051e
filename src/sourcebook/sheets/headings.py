# SPDX-License-Identifier: Apache-2.0
"""The sheets of a collection and their columns: a sheet a table, a column a column, and beside them what is only shown.

What is only shown has a header in parentheses: labels of references, who says what, and what answers it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from sourcebook.book import Collection, Target, steps
from sourcebook.parse import Path
from sourcebook.sheets.cells import plain, shown
from sourcebook.sheets.rows import Below, cell_paths, lists_of
from sourcebook.tables.model import Column, Encoding, Plan, Role, Table

LINKING: tuple[Role, ...] = ("parent", "position", "name", "within")
"""Roles of columns that say where a row belongs."""
LABEL = "(label)"


@dataclass(frozen=True, slots=True)
class Heading:
    """One column of a sheet. ``index`` is the number of the table's column that it has the values of.

    One that is only shown has none: ``beside`` is then the name of the heading whose labels it has, or what else.
    ``fixed`` is what identifies a row, or what no file holds, and so cannot be changed in a sheet.
    """

    name: str
    index: int | None = None
    encoding: Encoding = "text"
    role: Role | None = None
    path: Path = ()
    beside: str = ""
    fixed: bool = False
    targets: tuple[Target, ...] = ()
    choices: tuple[Any, ...] = ()
    about: str = ""
    form: str = ""  # its format, as the schema says: date
    required: bool = False

    @property
    def at(self) -> int:
        """The number of the table's column; -1 where it has none."""
        return -1 if self.index is None else self.index

    @property
    def shown_only(self) -> bool:
        """Whether no value stands in it."""
        return self.index is None

    @property
    def is_value(self) -> bool:
        """Whether a change of one of its cells is a change of a record."""
        return self.index is not None and self.role not in LINKING and not self.fixed


@dataclass(frozen=True)
class Sheet:
    """The sheet of table ``number`` of a plan."""

    number: int
    table: Table
    headings: tuple[Heading, ...]
    below: tuple[Below, ...]

    @cached_property
    def values(self) -> tuple[Heading, ...]:
        """The headings under which values stand that may be changed."""
        return tuple(one for one in self.headings if one.is_value)

    @cached_property
    def by_name(self) -> Mapping[str, Heading]:
        """The headings by their names."""
        return {one.name: one for one in self.headings}

    def of_role(self, *roles: Role) -> Heading | None:
        """The first heading of one of some roles."""
        return next((one for one in self.headings if one.role in roles), None)


def sheets_of(plan: Plan, collection: Collection, derived: Mapping[str, Iterable[str]]) -> tuple[Sheet, ...]:
    """The sheets of a collection. ``derived`` are the columns of each table that tell of statements, by its name."""
    below = lists_of(plan)
    return tuple(
        Sheet(number, table, _headings(plan, number, collection, derived.get(table.name, ())), below.get(number, ()))
        for number, table in enumerate(plan.tables)
    )


def _headings(plan: Plan, number: int, collection: Collection, derived: Iterable[str]) -> tuple[Heading, ...]:
    table = plan.tables[number]
    paths = cell_paths(plan, number)
    taken = {column.name for column in table.columns}
    found: list[Heading] = []
    for index, column in _in_order(table):
        heading = _heading(table, index, column, paths, collection)
        found.append(heading)
        if column.role == "parent":
            found.append(_beside(heading, "What the row belongs to.", taken))
        elif heading.targets and heading.is_value:
            found.append(_beside(heading, "What the reference leads to.", taken))
    for name in derived:
        told = "Made from the statements; it is not in the records."
        found.append(Heading(_free(f"({name})", taken), beside=name, about=told))
    return tuple(found)


def _in_order(table: Table) -> Iterator[tuple[int, Column]]:
    """The columns that a sheet has: what a row is first, what the schema does not declare last."""
    columns = [(index, one) for index, one in enumerate(table.columns) if one.role not in ("target", "derived")]
    return iter(sorted(columns, key=lambda pair: _RANKS.get(pair[1].role, 2)))


_RANKS = {"key": 0, "parent": 0, "within": 0, "position": 1, "name": 1, "other": 3}


def _heading(table: Table, index: int, column: Column, paths: Mapping[int, Path], collection: Collection) -> Heading:
    path = paths.get(index, ())
    is_key = column.role == "key"
    own_key = is_key and not table.parent
    given = bool(path) and path[0] in collection.above
    targets = column.targets or ((column.foreign,) if column.foreign and column.role not in LINKING else ())
    if column.role in LINKING and column.role != "name":
        targets = ()
    return Heading(
        plain(shown(column.name, "text").cell),
        index,
        column.encoding,
        column.role,
        path,
        fixed=is_key or given or (own_key and not steps(column.path)),
        targets=targets,
        choices=column.note.choices,
        about=_about(column),
        form=column.note.format,
        required=column.required,
    )


def _about(column: Column) -> str:
    """What a comment at the header says: the schema's words, and what may be written."""
    note = column.note
    if column.role == "other":
        return note.told
    parts = [f"{note.title}." if note.title else "", note.told]
    parts += [f"One of: {', '.join(map(str, note.choices))}." if note.choices else ""]
    parts += [f"Its form: {note.format}." if note.format else ""]
    parts += [_HOLDS.get(column.encoding, "") if column.role in ("property", "value") else ""]
    parts += ["Every record has it." if column.required and column.role in ("property", "value") else ""]
    return " ".join(part for part in parts if part)


_HOLDS = {
    "integer": "A whole number.",
    "number": "A number.",
    "boolean": "true or false.",
    "json": "JSON: lists in [ ], mappings in { }.",
}


def _beside(heading: Heading, about: str, taken: set[str]) -> Heading:
    told = f"{about} Only shown: what is written here is not read."
    return Heading(_free(f"{heading.name} {LABEL}", taken), beside=heading.name, about=told)


def _free(name: str, taken: set[str]) -> str:
    found, number = name, 2
    while found in taken:
        found, number = f"{name} {number}", number + 1
    taken.add(found)
    return found
