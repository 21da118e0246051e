# SPDX-License-Identifier: Apache-2.0
"""An answer to a question as pages have it: rows below their headings, each with what is shown in its columns."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sourcebook.content.statements import Statement
from sourcebook.content.values import Shown
from sourcebook.extract.site import Collection, title_of
from sourcebook.site.results.asking import Found
from sourcebook.site.results.charts import Chart


@dataclass(frozen=True, slots=True)
class Column:
    """A column of an answer. ``numeric`` where it holds numbers alone; ``statements`` where it holds keys of such."""

    index: int
    name: str
    numeric: bool = False
    statements: bool = False

    @property
    def title(self) -> str:
        """Its name in words."""
        return title_of(self.name)


Cells = tuple[tuple[Column, Shown], ...]


@dataclass(frozen=True, slots=True)
class Row:
    """A row: what it has in each column, and the statements that it is about, each with the column that names it."""

    cells: Mapping[int, Shown]
    statements: tuple[tuple[Column, Statement], ...] = ()

    def of(self, columns: Iterable[Column]) -> Cells:
        """What it has in each of some columns."""
        return tuple((one, self.cells[one.index]) for one in columns if one.index in self.cells)

    def has(self, columns: Iterable[Column]) -> bool:
        """Whether it has anything in some columns."""
        return any(one.index in self.cells for one in columns)


@dataclass(frozen=True, slots=True)
class Group:
    """Rows below one heading, or groups of such: ``heading`` is what they have in ``column``; None where nothing.

    ``fields`` are what is the same in all of them.
    """

    column: Column | None = None
    heading: Shown | None = None
    statement: Statement | None = None
    fields: Cells = ()
    charts: tuple[Chart, ...] = ()
    groups: tuple[Group, ...] = ()
    rows: tuple[Row, ...] = ()


@dataclass(frozen=True, slots=True)
class Result:
    """An answer: ``columns`` are those of its rows; ``blocks`` where rows have statements, and so are no table's.

    ``usual`` is the column of statements that need no words on what they are in their row. ``unsaid`` are the
    collections of statements whose words it may have without who says them.
    """

    found: Found
    columns: tuple[Column, ...]
    top: Group
    blocks: bool
    usual: Column | None
    unsaid: tuple[Collection, ...] = ()


@dataclass(frozen=True, slots=True)
class Read:
    """Rows as they were found, and of each what is shown by column, and what statements its columns name.

    A column names several where it has words that all of these have.
    """

    found: Found
    cells: tuple[Mapping[int, Shown], ...]
    said: tuple[Mapping[int, tuple[Statement, ...]], ...]
