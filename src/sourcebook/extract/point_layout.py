# SPDX-License-Identifier: Apache-2.0
"""Where the records are that have a place on the earth, laid out for maps: one table for all collections.

Made in SQL, from tables in the schema ``book`` to the schema ``main``.
"""

from __future__ import annotations

import math
import sqlite3

from sourcebook.book import Book
from sourcebook.extract.rows import columns_at, in_book, key_of
from sourcebook.sqlite import RECORDS, quote
from sourcebook.tables import Plan
from sourcebook.tables.whole_book import Plans

UNIT = 1_000_000
"""Into how many parts the width of the whole earth is divided for a place on its map."""

_POINTS_SQL = """CREATE TABLE points (
  collection INTEGER NOT NULL,
  row INTEGER NOT NULL,
  latitude REAL NOT NULL,
  longitude REAL NOT NULL,
  x INTEGER NOT NULL,
  y INTEGER NOT NULL,
  PRIMARY KEY (collection, row)
) STRICT, WITHOUT ROWID"""
_COUNTS_SQL = """CREATE TABLE point_counts (
  collection INTEGER PRIMARY KEY,
  records INTEGER NOT NULL,
  missing INTEGER NOT NULL,
  wrong INTEGER NOT NULL
) STRICT"""
_RIGHT = "typeof(latitude) = 'real' AND typeof(longitude) = 'real' AND abs(latitude) <= 90 AND abs(longitude) <= 180"


def make_points(connection: sqlite3.Connection, book: Book, plans: Plans) -> None:
    """Make and fill the tables ``points`` and ``point_counts``. Raises sqlite3.Error.

    ``points`` has the records of the collections with the role of a point, by the numbers of both: degrees, and the
    place on a map of the whole earth, in parts of its width (`equal_earth`). ``point_counts`` says of each collection
    how many records have no place (``missing``), and how many one that is none: only one of two numbers, no number, or
    a number that is no degree.
    """
    connection.execute(_POINTS_SQL)
    connection.execute(_COUNTS_SQL)
    project(connection)
    for name in plans:
        fill_points(connection, book, plans, name)


def project(connection: sqlite3.Connection) -> None:
    """Have a connection know the functions by which places come to lie on the map."""
    connection.create_function("equal_earth_x", 2, lambda *at: equal_earth(*at)[0], deterministic=True)
    connection.create_function("equal_earth_y", 2, lambda *at: equal_earth(*at)[1], deterministic=True)


def fill_points(connection: sqlite3.Connection, book: Book, plans: Plans, name: str) -> None:
    """Fill the tables for one collection, of which nothing is there."""
    plan, number = plans[name], [*plans].index(name) + 1
    role = book.by_name[name].roles.get("point", {})
    columns = [_column(plan, role.get(part, "")) for part in ("latitude", "longitude")]
    if all(columns):
        _fill(connection, number, plan, columns)


def _column(plan: Plan, path: str) -> str:
    """The column of a collection's own table that has what stands at a path, in SQL; empty where there is none."""
    if not path:  # which a key has that stands outside of the record
        return ""
    own = plan.tables[0]
    found = (column for table, column in columns_at(plan, path) if table is own)
    return next((f"own.{quote(column.name)}" for column in found), "")


def _fill(connection: sqlite3.Connection, number: int, plan: Plan, columns: list[str]) -> None:
    table = plan.tables[0]
    latitude, longitude = (
        f"CASE typeof({one}) WHEN 'integer' THEN CAST({one} AS REAL) ELSE {one} END" for one in columns
    )
    listed = f"""SELECT listed.rowid AS row, {latitude} AS latitude, {longitude} AS longitude
        FROM book.{RECORDS} AS listed CROSS JOIN {in_book(table)} AS own ON own.{quote(key_of(table).name)} = listed.key
        WHERE listed.collection = ?2"""
    connection.execute(
        f"""INSERT INTO points SELECT ?1, row, latitude, longitude,
        equal_earth_x(latitude, longitude), equal_earth_y(latitude, longitude)
        FROM ({listed}) WHERE {_RIGHT} ORDER BY row""",
        (number, plan.collection),
    )
    connection.execute(
        f"""INSERT INTO point_counts SELECT ?1, count(*), coalesce(sum(latitude IS NULL AND longitude IS NULL), 0),
        coalesce(sum(NOT ({_RIGHT}) AND NOT (latitude IS NULL AND longitude IS NULL)), 0) FROM ({listed})""",
        (number, plan.collection),
    )


_A = (1.340264, -0.081106, 0.000893, 0.003796)
_ROOT = math.sqrt(3) / 2
_WIDTH = 2 * math.pi / (_ROOT * _A[0])  # of the whole earth, of radius 1
EARTH_HEIGHT = 0.48672
"""The height of the whole earth, in its width: that of `equal_earth`."""


def equal_earth(latitude: float, longitude: float) -> tuple[int, int]:
    """A place on the map of the whole earth by the Equal Earth projection, whose areas are true (Šavrič et al. 2018).

    In parts of its width from its left and upper edge, down: whole ones, which are the same on every machine.
    """
    theta = math.asin(_ROOT * math.sin(math.radians(latitude)))
    square = theta * theta
    six = square**3
    slope = _A[0] + 3 * _A[1] * square + six * (7 * _A[2] + 9 * _A[3] * square)
    x = math.radians(longitude) * math.cos(theta) / (_ROOT * slope)
    y = theta * (_A[0] + _A[1] * square + six * (_A[2] + _A[3] * square))
    return round((x / _WIDTH + 0.5) * UNIT), round((EARTH_HEIGHT / 2 - y / _WIDTH) * UNIT)
