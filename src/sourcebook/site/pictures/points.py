# SPDX-License-Identifier: Apache-2.0
"""The points that a map shows, as they were laid out at build time: where all of them are, and those in a window."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from sourcebook.exact import dumps
from sourcebook.extract.point_layout import UNIT
from sourcebook.extract.site import Collection
from sourcebook.site.pictures.outline import Window
from sourcebook.site.pictures.projection import WIDTH, View
from sourcebook.sqlite import RECORDS

Shown = Sequence[tuple[Collection, Sequence[int] | None]]
"""Collections, each with the rows of the table of records that are shown of it; None for all."""
FINEST = 14.0
"""Units of a map: points that are nearer than about that are one mark."""


@dataclass(frozen=True, slots=True)
class Counts:
    """Of how many records of a collection there is no place, or one that is none."""

    records: int
    missing: int
    wrong: int


@dataclass(frozen=True, slots=True)
class Cell:
    """Points that are near to each other, by the numbers of their collections: how many, and the first and last row.

    ``x`` and ``y`` are the middle of them in the picture.
    """

    x: float
    y: float
    window: Window
    members: Mapping[int, tuple[int, int, int]]

    @property
    def count(self) -> int:
        """How many there are."""
        return sum(count for count, _, _ in self.members.values())

    @property
    def is_one_place(self) -> bool:
        """Whether all of them are at the same place."""
        return not (self.window.width or self.window.height)


class Points:
    """The points of some records, wherever they are or in a view."""

    def __init__(self, connection: sqlite3.Connection, shown: Shown) -> None:
        self._connection = connection
        chosen = []
        self._rows: dict[str, Any] = {}
        for one, rows in shown:
            chosen.append(f"collection = {one.number}")
            if rows is not None:
                self._rows[f"rows_{one.number}"] = dumps(list(rows))
                chosen[-1] += f" AND row IN (SELECT value FROM json_each(:rows_{one.number}))"
        self._where = f"({' OR '.join(map('({})'.format, chosen)) or '0'})"

    def extent(self) -> Window | None:
        """The narrowest window that all of them are in; None where there are none."""
        sql = f"SELECT min(latitude), max(latitude), count(*) FROM site.points WHERE {self._where}"
        south, north, count = self._connection.execute(sql, self._rows).fetchone()
        if not count:
            return None
        whole = "CAST(longitude + 180 AS INTEGER)"
        sql = (
            f"SELECT {whole}, min(longitude), max(longitude) FROM site.points WHERE {self._where} GROUP BY 1 ORDER BY 1"
        )
        west, east = narrowest([(low, high) for _, low, high in self._connection.execute(sql, self._rows)])
        return Window(west, south, east, north)

    def count(self, view: View) -> int:
        """How many are in a view."""
        condition, values = self._inside(view)
        found: int = self._connection.execute(f"SELECT count(*) FROM site.points WHERE {condition}", values).fetchone()[
            0
        ]
        return found

    def by_collection(self, view: View) -> dict[int, int]:
        """How many are in a view, by the number of their collection."""
        condition, values = self._inside(view)
        sql = f"SELECT collection, count(*) FROM site.points WHERE {condition} GROUP BY 1"
        return dict(self._connection.execute(sql, values).fetchall())

    def listed(self, view: View, first: int, most: int) -> Iterator[tuple[int, int, float, float]]:
        """Those in a view in the order of the book: number of the collection, row, latitude, longitude."""
        condition, values = self._inside(view)
        yield from self._connection.execute(
            f"SELECT collection, row, latitude, longitude FROM site.points WHERE {condition} "
            f"ORDER BY collection, row LIMIT {most} OFFSET {first}",
            values,
        )

    def cells(self, view: View, most: int) -> list[Cell]:
        """Those in a view, put together where they are near each other, until there are no more than ``most``."""
        condition, values = self._inside(view)
        x, y = self._place(view)
        rows = self._connection.execute(
            f"""SELECT CAST(x / {FINEST} AS INTEGER), CAST(y / {FINEST} AS INTEGER), collection, count(*),
            sum(x), sum(y), min(east), min(latitude), max(east), max(latitude), min(row), max(row)
            FROM (SELECT {x} AS x, {y} AS y, collection, row, latitude, {self._east(view)} AS east
            FROM site.points WHERE {condition}) GROUP BY 1, 2, 3""",
            values,
        ).fetchall()
        size = 1
        while len({(across // size, down // size) for across, down, *_ in rows}) > most:
            size += 1
        cells: dict[tuple[int, int], _Gathered] = {}
        for across, down, *rest in rows:
            cells.setdefault((down // size, across // size), _Gathered()).add(*rest)
        return [one.cell() for _, one in sorted(cells.items(), key=lambda pair: pair[0])]

    def _inside(self, view: View) -> tuple[str, dict[str, Any]]:
        if view.window is None:
            return self._where, self._rows
        window = view.window
        edges = {"west": window.west, "east": window.east, "south": window.south, "north": window.north}
        east = f"{self._east(view)} <= :east"
        return f"{self._where} AND latitude BETWEEN :south AND :north AND {east}", self._rows | edges

    @staticmethod
    def _east(view: View) -> str:
        """SQL for a longitude on the side of the line of the date that the window is on."""
        if view.window is None:
            return "longitude"
        return "CASE WHEN longitude < :west THEN longitude + 360 ELSE longitude END"

    def _place(self, view: View) -> tuple[str, str]:
        """SQL for a place in the picture."""
        if view.window is None:
            return f"x * {WIDTH / UNIT!r}", f"y * {WIDTH / UNIT!r}"
        return f"({self._east(view)} - :west) * {view.across!r}", f"(:north - latitude) * {view.scale!r}"


class _Gathered:
    """A cell while it is made."""

    def __init__(self) -> None:
        self._x = self._y = 0.0
        self._count = 0
        self._box: tuple[float, float, float, float] | None = None
        self._members: dict[int, tuple[int, int, int]] = {}

    def add(
        self,
        collection: int,
        count: int,
        x: float,
        y: float,
        west: float,
        south: float,
        east: float,
        north: float,
        first: int,
        last: int,
    ) -> None:
        self._x, self._y, self._count = self._x + x, self._y + y, self._count + count
        box = self._box or (west, south, east, north)
        self._box = min(box[0], west), min(box[1], south), max(box[2], east), max(box[3], north)
        before = self._members.get(collection, (0, first, last))
        self._members[collection] = before[0] + count, min(before[1], first), max(before[2], last)

    def cell(self) -> Cell:
        assert self._box is not None
        return Cell(self._x / self._count, self._y / self._count, Window(*self._box), self._members)


def narrowest(spans: Sequence[tuple[float, float]]) -> tuple[float, float]:
    """From where to where points reach eastward, whose longitudes lie in spans that follow each other: the shorter way.

    What is left out is the widest gap between two of them.
    """
    gaps = [(after[0] - before[1], number) for number, (before, after) in enumerate(pairwise(spans), 1)]
    gap, number = max(gaps, default=(0.0, 0))
    if gap <= spans[0][0] + 360 - spans[-1][1]:
        return spans[0][0], spans[-1][1]
    return spans[number][0], spans[number - 1][1] + 360


def counts(connection: sqlite3.Connection, collections: Sequence[Collection]) -> dict[str, Counts]:
    """How many records of each of some collections have no place, or one that is none."""
    by_number = {one.number: one.name for one in collections}
    found = connection.execute("SELECT collection, records, missing, wrong FROM site.point_counts")
    return {by_number[number]: Counts(*rest) for number, *rest in found if number in by_number}


def keys_of(connection: sqlite3.Connection, rows: Sequence[int]) -> dict[int, str]:
    """The keys of records by their rows."""
    sql = f"SELECT rowid, key FROM {RECORDS} WHERE rowid IN (SELECT value FROM json_each(?))"
    return dict(connection.execute(sql, (dumps(list(rows)),)))


def rows_of(connection: sqlite3.Connection, collection: str, keys: Sequence[str]) -> dict[int, str]:
    """The rows of records of a collection, with their keys."""
    sql = f"SELECT rowid, key FROM {RECORDS} WHERE collection = ? AND key IN (SELECT value FROM json_each(?))"
    return dict(connection.execute(sql, (collection, dumps(list(keys)))))
