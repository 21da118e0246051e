# SPDX-License-Identifier: Apache-2.0
"""A private database of a preview held against what a clean build of the same files makes, row for row."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

from sourcebook.sqlite import quote

Contents = Mapping[str, list[tuple[Any, ...]]]


def contents(folder: Path) -> Contents:
    """Everything in the database of a release or a preview, and in the site's index beside it, by table.

    Rows come in the order of the book. A number of a record is its place among all, that of a row its place in its
    table, for a preview leaves room between them. A full-text index is the list of its words and where they stand.
    """
    (database,) = folder.glob("*.db")
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.execute("ATTACH ? AS book", (f"{database.resolve().as_uri()}?mode=ro",))
        connection.execute("ATTACH ? AS site", (f"{(folder / 'site.sqlite').resolve().as_uri()}?mode=ro",))
        records = _ranks(connection, "book", "_records")
        found: dict[str, list[tuple[Any, ...]]] = {}
        for schema in ("book", "site"):
            for name, sql in connection.execute(
                f"SELECT name, sql FROM {schema}.sqlite_master WHERE type = 'table'"
            ).fetchall():
                if "fts5" in sql:
                    found |= _index(connection, schema, name, records)
                elif not _is_of_index(connection, schema, name) and not name.startswith("sqlite_"):
                    found[f"{schema}.{name}"] = _rows(connection, schema, name, records)
        return found


def _rows(connection: sqlite3.Connection, schema: str, name: str, records: Mapping[int, int]) -> list[tuple[Any, ...]]:
    columns = [row[1] for row in connection.execute(f"PRAGMA {schema}.table_info({quote(name)})")]
    taken = {column.casefold() for column in columns}
    rowid = next((one for one in ("rowid", "_rowid_", "oid") if one not in taken), None)
    without = (
        "WITHOUT ROWID"
        in connection.execute(f"SELECT sql FROM {schema}.sqlite_master WHERE name = ?", (name,)).fetchone()[0]
    )
    order = f" ORDER BY {rowid}" if rowid and not without else ""
    rows = connection.execute(f"SELECT * FROM {schema}.{quote(name)}{order}").fetchall()
    if schema == "site":
        ofs = [at for at, column in enumerate(columns) if column == "row"]
        rows = [tuple(records[value] if at in ofs else value for at, value in enumerate(row)) for row in rows]
        if name in ("facets", "facet_sizes", "counts", "span_counts", "point_counts", "spans", "points"):
            stable = {} if name != "facet_sizes" else {row: at for at, row in enumerate(rows)}
            rows.sort(key=lambda row: (str(row[0]), stable.get(row, 0), *map(repr, row[1:])))
    return rows


def _index(connection: sqlite3.Connection, schema: str, name: str, records: Mapping[int, int]) -> Contents:
    connection.execute(
        f"CREATE VIRTUAL TABLE temp.{quote('words ' + name)} USING fts5vocab({schema}, {quote(name)}, instance)"
    )
    of = connection.execute(f"SELECT term, doc, col, offset FROM temp.{quote('words ' + name)}").fetchall()
    sizes = connection.execute(f"SELECT id, sz FROM {schema}.{quote(name + '_docsize')}").fetchall()
    (whole,) = connection.execute(f"SELECT block FROM {schema}.{quote(name + '_data')} WHERE id = 1")
    if schema == "site":
        place = lambda row: (row >> 32, records[row & 0xFFFFFFFF])  # noqa: E731
    else:
        ranks = _ranks(connection, schema, name.removesuffix("_fts"))
        place = lambda row: ranks[row]  # noqa: E731
    return {
        f"{schema}.{name}": sorted((term, place(doc), col, offset) for term, doc, col, offset in of),
        f"{schema}.{name} sizes": sorted((place(doc), size) for doc, size in sizes),
        f"{schema}.{name} whole": [whole],
    }


def _ranks(connection: sqlite3.Connection, schema: str, name: str) -> dict[int, int]:
    columns = {row[1].casefold() for row in connection.execute(f"PRAGMA {schema}.table_info({quote(name)})")}
    rowid = next((one for one in ("rowid", "_rowid_", "oid") if one not in columns), "rowid")
    rows = connection.execute(f"SELECT {rowid} FROM {schema}.{quote(name)} ORDER BY {rowid}")
    return {row: place for place, (row,) in enumerate(rows)}


def _is_of_index(connection: sqlite3.Connection, schema: str, name: str) -> bool:
    """Whether a table is one in which SQLite keeps a full-text index."""
    known = [one for (one,) in connection.execute(f"SELECT name FROM {schema}.sqlite_master WHERE sql LIKE '%fts5%'")]
    return any(name == f"{one}_{end}" for one in known for end in ("data", "idx", "docsize", "config", "content"))
