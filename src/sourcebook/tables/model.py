# SPDX-License-Identifier: Apache-2.0
"""A relational plan: the tables of a collection, and how a record is taken apart into their rows.

``docs/reference/tables.md`` states the rules; ``planner`` follows them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple, Protocol

from sourcebook.book import Target
from sourcebook.sqlite import is_own, quote
from sourcebook.tables.shape import Note

Encoding = Literal["text", "integer", "number", "boolean", "any", "json"]
_SQL_TYPES: dict[Encoding, str] = {
    "text": "TEXT",
    "integer": "INTEGER",
    "number": "REAL",
    "boolean": "INTEGER",
    "any": "TEXT",  # single values of several types: numbers, true and false as JSON writes them
    "json": "TEXT",
}
FREE_FORM, FREE_ITEMS = "free-form", "a list of lists or of free-form values"
OPEN_ENDS = (FREE_FORM, FREE_ITEMS)
"""Why a column is JSON, where a schema could say more."""

Role = Literal["key", "parent", "within", "position", "name", "value", "property", "other", "target", "derived"]


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its name, how values are written in it, what it holds.

    Of a reference, ``foreign`` is where it leads, if the column holds the key of what is meant. Else the column holds
    what is written, ``targets`` are what may be meant, and a column for each of their collections, in order, follows
    it; which of them it is, or whether any, may depend on the record (``conditional``). A column is ``loose`` where the
    schema gives it no type, so that there may stand a list of references too, which no column holds.
    """

    name: str
    encoding: Encoding
    role: Role
    path: str = ""  # property path from the record, as references are written
    required: bool = False
    foreign: Target | None = None
    targets: tuple[Target, ...] = ()
    conditional: bool = False
    loose: bool = False
    note: Note = Note()
    exempt: bool = False  # whether records that depart from what the schema says of it are published

    @property
    def filled(self) -> bool:
        """Whether every row has a value: the schema requires one, and no record departs from that."""
        return self.required and not self.exempt

    @property
    def refers(self) -> bool:
        """Whether records write references in it, and nothing else."""
        written = self.role in ("property", "value", "key", "name")
        return bool(self.foreign or self.targets) and written and not self.conditional

    @property
    def collections(self) -> tuple[str, ...]:
        """The collections that it may lead to, each of which has a column after it."""
        return tuple(dict.fromkeys(target.collection for target in self.targets))

    @property
    def type(self) -> str:
        """SQLite type, for a STRICT table."""
        return _SQL_TYPES[self.encoding]


@dataclass(frozen=True)
class Table:
    """One table of a plan. ``parent`` is the table whose rows it belongs to; ``path`` the property it was made from.

    ``derived`` are columns after those that records are taken apart to: what is made of other rows (`tables.derived`).
    """

    name: str
    collection: str
    path: str
    columns: tuple[Column, ...]
    primary_key: tuple[str, ...]
    parent: str | None
    title: str
    description: str
    label: str | None = None
    derived: tuple[Column, ...] = ()
    linked: bool = False  # whether the full-text index has the names of what rows are about

    @property
    def published(self) -> tuple[Column, ...]:
        """All columns that the database has, in order: those of records, and the derived ones."""
        return self.columns + self.derived

    def column(self, name: str) -> Column:
        """The column called ``name``. Raises KeyError where there is none."""
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError(name)

    @property
    def order(self) -> str:
        """SQL to order rows by, as they were put in."""
        return self.rowid or ", ".join(map(quote, self.primary_key))

    @property
    def indexes(self) -> Mapping[str, str]:
        """Names of the indexes, by the column of a foreign key that each covers."""
        linked = (c.name for c in self.columns if c.foreign and c.name != self.primary_key[0])
        return {column: f"{self.name}_{column}_index" for column in linked}

    @property
    def search_name(self) -> str:
        """Name of the full-text index."""
        return f"{self.name}_fts"

    @property
    def search_columns(self) -> tuple[str, ...]:
        """Columns of the full-text index, in order: of the running text, and of the names of what rows are about."""
        reserved = {"rowid", "rank", self.search_name.casefold()}
        own = tuple(f"_{name}" if name.casefold() in reserved else name for name in self.searchable)
        linked = "linked"
        while linked in {name.casefold() for name in own} | reserved:
            linked = f"_{linked}"
        return (*own, linked) if own and self.linked else own

    @property
    def search_names(self) -> tuple[str, ...]:
        """The full-text index and the tables in which SQLite keeps it; none where there is no running text."""
        kept = ("", "_data", "_idx", "_docsize", "_config")
        return tuple(f"{self.search_name}{end}" for end in kept) if self.searchable else ()

    @property
    def rowid(self) -> str | None:
        """The name by which SQLite gives a row's number here, or None where columns of the data have taken them all."""
        taken = {column.name.casefold() for column in self.published}
        return next((name for name in ("rowid", "_rowid_", "oid") if name not in taken), None)

    @property
    def searchable(self) -> tuple[str, ...]:
        """Columns of running text, for full-text search: neither keys, references, codes nor enumerations."""
        if self.rowid is None:
            return ()
        return tuple(
            c.name
            for c in self.columns
            if c.encoding == "text"
            and c.role in ("property", "value")
            and not (c.foreign or c.targets or c.note.format or c.note.choices)
            and not _is_code(c.note.pattern)
        )


# --- how a record is taken apart: the nodes mirror the shape, and name the columns -----------------------------------


@dataclass(frozen=True, slots=True)
class Cell:
    """A value in column number ``index`` of the row at hand; one that ``refers`` is still as a record writes it.

    ``leads`` are the targets of a reference of which each record says where it leads.
    """

    index: int
    encoding: Encoding
    refers: bool = False
    leads: tuple[Target, ...] = ()


@dataclass(frozen=True, slots=True)
class Group:
    """A mapping whose properties are columns of the row at hand; ``other`` is the column of undeclared ones."""

    members: Mapping[str, Node]
    other: int | None


@dataclass(frozen=True, slots=True)
class Child:
    """A list or map that is a table of its own: number ``table`` in the plan; ``step`` stands in its rows' keys.

    ``leads`` are the targets of a map's keys, where these are references and each record says where they lead.
    """

    table: int
    step: str
    by_name: bool = False
    single: bool = False
    leads: tuple[Target, ...] = ()


@dataclass(frozen=True, slots=True)
class Nested:
    """A list of mappings like the one it stands in: rows of the same table, number ``table``, linked by ``index``."""

    table: int
    index: int
    step: str


Node = Cell | Group | Child | Nested


@dataclass(frozen=True)
class Plan:
    """The tables of one collection, the first of them its own; ``root`` takes a record apart.

    ``judged`` are the references for which each record must be looked at. Nobody asked for types ``from_records``.
    """

    collection: str
    tables: tuple[Table, ...]
    root: Node
    items: Mapping[int, Node]  # what takes an element apart, by the number of its table
    losses: tuple[str, ...]
    json_columns: tuple[tuple[str, str], ...]  # "table.column" and why it is JSON
    judged: Judged | None = None
    from_records: bool = False

    @property
    def left_open(self) -> tuple[tuple[int, int], ...]:
        """The columns of what the schema says nothing of, each by the numbers of its table and of itself there."""
        open_ends = {name for name, why in self.json_columns if why in OPEN_ENDS}
        return tuple(
            (number, index)
            for number, table in enumerate(self.tables)
            for index, column in enumerate(table.columns)
            if column.encoding == "json" and (column.role == "other" or f"{table.name}.{column.name}" in open_ends)
        )


class Judged(Protocol):
    """What finds references where no column tells what is written, or the record says where they lead."""

    @property
    def targets(self) -> tuple[Target, ...]:
        """Everything that they may lead to."""

    def written(self, value: Any) -> Sequence[Demand]:
        """The references in a record."""

    def leading(self, value: Any) -> Mapping[tuple[tuple[str | int, ...], bool], tuple[Target, ...]]:
        """Where those that stand in a conditional column lead, by path, with True of a map's key."""


class Demand(NamedTuple):
    """A reference that is written in a record: of the ``value`` at ``path``, or of the key there.

    It must mean a record by one of ``targets``; where there are none, it cannot be told where it leads.
    """

    path: tuple[str | int, ...]
    at_key: bool
    value: Any
    targets: tuple[Target, ...]


def asks_for_number(plan: Plan, path: tuple[str | int, ...]) -> bool:
    """Whether what stands at ``path`` in a record can only be a number, since a person said so in a schema."""
    if plan.from_records:
        return False
    node, number = plan.root, 0
    for part in path:
        if isinstance(node, Group):
            if str(part) not in node.members:
                return False
            node = node.members[str(part)]
        elif isinstance(node, Child | Nested):
            number, node = node.table, plan.items[node.table]
    if not isinstance(node, Cell) or plan.tables[number].columns[node.index].note.undeclared:
        return False
    return node.encoding in ("integer", "number")


def _is_code(pattern: str) -> bool:
    """Whether a pattern confines a value to a code: it is anchored at both ends."""
    return pattern.startswith("^") and pattern.endswith("$")


def collisions(plans: Iterable[Plan]) -> Iterator[tuple[str, str, str]]:
    """Names that SQLite takes for one, since it ignores the case of ASCII letters: (collection, name, other name)."""
    tables = {name: f"the table {name}, which every book has" for name in ("_records", "_versions", "_changes")}
    for plan in plans:
        for table in plan.tables:
            here = f"table {table.name} (from {plan.collection}{f': {table.path}' if table.path else ''})"
            if is_own(table.name):
                yield plan.collection, here, "SQLite's own tables"
            for name in (table.name, *table.indexes.values(), *table.search_names):
                made = here if name == table.name else f"{name}, made for the {here}"
                other = tables.setdefault(_folded(name), made)
                if other is not made:
                    yield plan.collection, made, other
            columns: dict[str, str] = {}
            for column in table.published:
                made = "made by the build" if column.role == "derived" else f"from {column.path or 'the planner'}"
                here = f"column {table.name}.{column.name} ({made})"
                other = columns.setdefault(_folded(column.name), here)
                if other is not here:
                    yield plan.collection, here, other


def _folded(name: str) -> str:
    return "".join(c.lower() if c.isascii() else c for c in name)
