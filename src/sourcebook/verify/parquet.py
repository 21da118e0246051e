# SPDX-License-Identifier: Apache-2.0
"""Parquet against the database, read by pyarrow."""

from __future__ import annotations

import sqlite3
import tempfile
from collections.abc import Iterator, Sequence
from itertools import chain, zip_longest
from pathlib import Path
from typing import Any

from sourcebook.book.formats import FORMATS
from sourcebook.files import sha256
from sourcebook.formats.layout import places
from sourcebook.formats.parquet import parquet_schema, rows_sql, write_parquet
from sourcebook.sqlite import quote, reading
from sourcebook.tables import Table
from sourcebook.verify.case import Case

_JUDGED = "Parquet against database"
_STATISTICS = "Parquet statistics"
_AT_ONCE = 2_000  # rows
_CELL = 16  # bytes of a value besides its text: its length, whether it is there, a number
_ROOM = 1_000_000  # bytes


def parquet(case: Case) -> None:
    """Every Parquet file has the types, rows and values of its table, in order, and what is said of its columns."""
    by_name = {table.name: table for table in case.tables()}
    files = [one for one in places(case.book, case.plans, ("parquet",)) if case.has(one.path)]
    if not is_there():
        if files:
            case.ledger.unverifiable(_JUDGED, "pyarrow is not installed", len(files))
        return
    with reading(case.folder / case.database) as connection:
        for one in files:
            _file(case, connection, by_name[one.of], one.path)


def is_there() -> bool:
    """Whether Parquet can be read here."""
    return FORMATS["parquet"].is_there


def _file(case: Case, connection: sqlite3.Connection, table: Table, path: str) -> None:
    from pyarrow import ArrowException
    from pyarrow.parquet import ParquetFile

    case.ledger.performed(_JUDGED)
    try:
        with ParquetFile(case.folder / path, page_checksum_verification=True) as file:
            _compared(case, connection, table, path, file)
    except (ArrowException, OSError, ValueError) as error:
        case.differs(path, f"cannot be read: {str(error).strip().splitlines()[0] if str(error).strip() else error!r}")


def _compared(case: Case, connection: sqlite3.Connection, table: Table, path: str, file: Any) -> None:
    schema = parquet_schema(table)
    if not file.schema_arrow.equals(schema, check_metadata=True):
        case.differs(path, f"its columns, or what it says of them, are not those of the table {table.name}")
        return
    if _unpacked(file.metadata) > _most(connection, table):
        case.differs(path, f"it unpacks to more than any Parquet of the table {table.name}")
        return
    wanted = connection.execute(rows_sql(table))
    flags = [number for number, column in enumerate(table.columns) if column.encoding == "boolean"]
    for number, (found, row) in enumerate(zip_longest(_rows(file), _as_kept(wanted, flags)), 1):
        if found != row:
            case.differs(path, f"row {number} is not that of the table {table.name}")
            return
    _bytes(case, table, path, file.metadata.created_by)


def _unpacked(metadata: Any) -> int:
    """Bytes that a file unpacks to, by what it says itself: a value of a gigabyte packs to a few kilobytes."""
    groups = (metadata.row_group(number) for number in range(metadata.num_row_groups))
    return sum(
        max(0, group.column(number).total_uncompressed_size)
        for group in groups
        for number in range(metadata.num_columns)
    )


def _most(connection: sqlite3.Connection, table: Table) -> int:
    """Bytes that the rows of a table unpack to at most, whoever writes them: twice, if in a list of values too.

    Without the room that a few rows take anyway.
    """
    lengths = "+".join(f"ifnull(length(CAST({quote(one.name)} AS BLOB)), 0) + {_CELL}" for one in table.published)
    (found,) = connection.execute(f"SELECT total({lengths or 0}) FROM {quote(table.name)}").fetchone()
    return 2 * int(found) + _ROOM


def _bytes(case: Case, table: Table, path: str, writer: str) -> None:
    """The file against one that is written anew: its statistics, by which readers pass over rows, stand in no row."""
    with tempfile.TemporaryDirectory(prefix="sourcebook-") as folder:
        (anew,) = write_parquet(case.folder / case.database, table, Path(folder), "anew.parquet")
        from pyarrow.parquet import read_metadata

        if read_metadata(Path(folder, anew.path)).created_by != writer:
            case.ledger.unverifiable(_STATISTICS, f"they were written by {writer}, which is not installed")
        elif anew.sha256 != sha256(case.folder / path):
            case.differs(path, f"its statistics are not those of the table {table.name}")
        else:
            case.ledger.performed(_STATISTICS)


def _rows(file: Any) -> Iterator[tuple[Any, ...]]:
    batches = file.iter_batches(batch_size=_AT_ONCE)
    return chain.from_iterable(zip(*(one.to_pylist() for one in batch.columns), strict=True) for batch in batches)


def _as_kept(rows: sqlite3.Cursor, flags: Sequence[int]) -> Iterator[tuple[Any, ...]]:
    """Rows of the database with true and false for 1 and 0 in the columns ``flags``."""
    if not flags:
        return rows
    return (
        tuple(None if cell is None else bool(cell) if place in flags else cell for place, cell in enumerate(row))
        for row in rows
    )
