# SPDX-License-Identifier: Apache-2.0
"""Rows of an answer put below their headings; a chart goes where its marks can share a scale."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sourcebook.content.statements import Statement
from sourcebook.extract.site import Question
from sourcebook.site.results.charts import Chart, charts
from sourcebook.site.results.maps import mapped
from sourcebook.site.results.rows import Column, Group, Read, Row


def under_headings(
    question: Question, read: Read, columns: Sequence[Column], left_out: Container[int]
) -> tuple[Group, tuple[Column, ...]]:
    """All rows below their headings, and the columns that are shown with the rows: none of those ``left_out``.

    Where all that stand under a heading have the same in the next column to group by, that column is no heading.
    """
    made = _Headings(question, read, columns, list(_grouping(question, read, columns)))
    rest = [one for one in columns if one not in made.grouping and one.index not in left_out]
    top, same = made.made(rest)
    return top, tuple(one for one in rest if one not in same)


def _grouping(question: Question, read: Read, columns: Sequence[Column]) -> Iterator[Column]:
    by_name = {one.name: one for one in columns}
    above: list[Column] = []
    for column in (by_name[name] for name in question.group if name in by_name):
        apart = {tuple(row[one.index] for one in above) for row in read.found.rows}
        further = {tuple(row[one.index] for one in (*above, column)) for row in read.found.rows}
        if not above or len(further) > len(apart):
            above.append(column)
            yield column


@dataclass
class _Headings:
    question: Question
    read: Read
    columns: Sequence[Column]
    grouping: list[Column]

    def made(self, rest: Iterable[Column]) -> tuple[Group, set[Column]]:
        """All rows, and those of the columns in ``rest`` that are shown with their headings."""
        numbers = list(range(len(self.read.found.rows)))
        same = self._same(rest, numbers)
        top = Group(
            charts=() if self.grouping and self._charts_apart() else self._charts(numbers),
            groups=self._groups(same, numbers),
            rows=() if self.grouping else self._rows(numbers),
        )
        return top, {one for some in same for one in some}

    def _same(self, rest: Iterable[Column], numbers: list[int]) -> list[tuple[Column, ...]]:
        """For each level of headings, the columns that are the same in all rows of each of them."""
        same: list[tuple[Column, ...]] = []
        left = list(rest)
        parts = [numbers]
        for column in self.grouping:
            parts = [some for part in parts for some in self._apart(column, part).values()]
            several = any(len(part) > 1 for part in parts)
            same.append(tuple(one for one in left if several and all(self._alike(one, part) for part in parts)))
            left = [one for one in left if one not in same[-1]]
        return same

    def _groups(self, same: Sequence[tuple[Column, ...]], numbers: list[int], above: int = 0) -> tuple[Group, ...]:
        if len(self.grouping) == above:
            return ()
        column = self.grouping[above]
        last = len(self.grouping) == above + 1
        groups = []
        for part in self._apart(column, numbers).values():
            cells = self.read.cells[part[0]]
            groups.append(
                Group(
                    column,
                    cells.get(column.index),
                    next(iter(self._heading(part[0], column)), None),
                    Row(cells).of(same[above]),
                    self._charts(part) if above == 0 and len(part) > 1 and self._charts_apart() else (),
                    self._groups(same, part, above + 1),
                    self._rows(part) if last else (),
                )
            )
        return tuple(groups)

    def _charts(self, numbers: list[int]) -> tuple[Chart, ...]:
        read, parts = self.read, self.question.chart
        if "map" in parts:
            return (mapped(parts, read.found, read.cells, read.said, numbers),)
        return charts(parts, read.found, read.cells, read.said, numbers) if parts else ()

    def _charts_apart(self) -> bool:
        """Whether what stands under each heading has a chart of its own, and so a scale of its own.

        Where the headings are what the marks stand by, they are told apart within one.
        """
        return self.question.chart.get("by") not in self.question.group

    def _rows(self, numbers: list[int]) -> tuple[Row, ...]:
        return tuple(Row(self.read.cells[number], tuple(self._statements(number))) for number in numbers)

    def _statements(self, number: int) -> Iterator[tuple[Column, Statement]]:
        """The statements of a row, without those that stand in its heading, or as answers of one that is shown."""
        said = self.read.said[number]
        shown = [one for column in self.grouping for one in self._heading(number, column)]
        for index, some in said.items():
            for one in some:
                if not _is_shown(one, shown):
                    shown.append(one)
                    yield self.columns[index], one

    def _heading(self, number: int, column: Column) -> tuple[Statement, ...]:
        """The statement that a row has in a column to group by; none where that does not say which."""
        some = self.read.said[number].get(column.index, ())
        return some if len(some) == 1 else ()

    def _apart(self, column: Column, numbers: Iterable[int]) -> dict[Any, list[int]]:
        parts: dict[Any, list[int]] = {}
        for number in numbers:
            parts.setdefault(self.read.found.rows[number][column.index], []).append(number)
        return parts

    def _alike(self, column: Column, numbers: Iterable[int]) -> bool:
        return len({self.read.found.rows[number][column.index] for number in numbers}) == 1


def _is_shown(one: Statement, shown: Iterable[Statement]) -> bool:
    """Whether a statement and all that answers it stand in ``shown`` or among what answers these."""
    known = [(other.collection, other.key) for other in shown]
    if (one.collection, one.key) in known:
        return True
    known += [
        (answer.collection, answer.key) for other in shown for some in other.answers for answer in some.statements
    ]
    needed = [(answer.collection, answer.key) for some in one.answers if not some.forward for answer in some.statements]
    return (one.collection, one.key) in known and all(answer in known for answer in needed)
