# SPDX-License-Identifier: Apache-2.0
"""A table as Parquet, by pyarrow, which may be missing: types kept, and no value told from the empty text."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Self

from sourcebook.exact import dumps
from sourcebook.files import flush, sha256
from sourcebook.formats.model import File
from sourcebook.sqlite import quote, reading
from sourcebook.tables import Column, Table

_AT_ONCE = 2_000  # rows
_MOST_ROWS, _MOST_BYTES = 128_000, 64_000_000  # of a row group


def write_parquet(database: Path, table: Table, folder: Path, path: str) -> list[File]:
    """Write a table to ``path`` in ``folder``, in the order of the database.

    Raises OSError where the disk fails.
    """
    place = folder / path
    schema = parquet_schema(table)
    with reading(database) as connection, place.open("xb") as file, Writing(file, schema) as writing:
        for batch in _batches(connection.execute(rows_sql(table)), schema):
            writing.add(batch)
    flush(place)
    return [File(path, "parquet", table.name, place.stat().st_size, sha256(place), writing.rows)]


class Writing:
    """A file of Parquet while it is written: the one place of how all of ours are, in groups of rows with statistics.

    A resource: use it in a ``with`` statement. ``rows`` are how many were added.
    """

    def __init__(self, file: Any, schema: Any) -> None:
        """It goes to ``file``, which is open to write bytes; ``schema`` is Arrow's."""
        from pyarrow import parquet

        self.rows = 0
        self._schema = schema
        self._group: list[Any] = []
        self._in_group = self._bytes = 0
        self._writer = parquet.ParquetWriter(file, schema, compression="zstd")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, error: object, *_more: object) -> None:
        try:
            if error is None:
                self._put()
        finally:
            self._writer.close()

    def add(self, batch: Any) -> None:
        """Add a batch of Arrow."""
        self._group.append(batch)
        self.rows += batch.num_rows
        self._in_group += batch.num_rows
        self._bytes += batch.nbytes
        if self._in_group >= _MOST_ROWS or self._bytes >= _MOST_BYTES:
            self._put()

    def _put(self) -> None:
        import pyarrow

        if self._group:
            self._writer.write_table(pyarrow.Table.from_batches(self._group, self._schema))
            self._group = []
            self._in_group = self._bytes = 0


def arrow_table(database: Path, table: Table) -> Any:
    """A table as one of Arrow, in the order of the database, with what is said of its columns."""
    import pyarrow

    schema = parquet_schema(table)
    with reading(database) as connection:
        return pyarrow.Table.from_batches(_batches(connection.execute(rows_sql(table)), schema), schema)


def texts_of(path: Path) -> Iterator[str]:
    """Every text in a file of Parquet. Raises ImportError without pyarrow, ValueError where it is no such file."""
    for values in columns_of(path).values():
        yield from (one for one in values if isinstance(one, str))


def columns_of(path: Path) -> dict[str, list[Any]]:
    """The values of each column of a file of Parquet, by its name. Raises as `texts_of` does."""
    import pyarrow
    from pyarrow import parquet

    try:
        table = parquet.read_table(path)
    except pyarrow.ArrowException as error:
        raise ValueError(str(error)) from error
    return {name: column.to_pylist() for name, column in zip(table.column_names, table.columns, strict=True)}


def _batches(cursor: Any, schema: Any) -> Iterator[Any]:
    import pyarrow

    booleans = [pyarrow.types.is_boolean(kind) for kind in schema.types]
    while rows := cursor.fetchmany(_AT_ONCE):
        arrays = [
            pyarrow.array(values, pyarrow.int64()).cast(kind) if boolean else pyarrow.array(values, kind)
            for values, kind, boolean in zip(zip(*rows, strict=True), schema.types, booleans, strict=True)
        ]
        yield pyarrow.RecordBatch.from_arrays(arrays, schema=schema)


def rows_sql(table: Table) -> str:
    """SQL for the rows that a file has of a table."""
    columns = ", ".join(quote(column.name) for column in table.published)
    return f"SELECT {columns} FROM {quote(table.name)} ORDER BY {table.order}"


def parquet_schema(table: Table) -> Any:
    """The Arrow schema of a table: of each column its type, whether it may lack values, and what is said of it."""
    import pyarrow

    types = {
        "integer": pyarrow.int64(),
        "number": pyarrow.float64(),
        "boolean": pyarrow.bool_(),
    }
    return pyarrow.schema(
        [
            pyarrow.field(
                column.name,
                types.get(column.encoding, pyarrow.string()),
                nullable=not (column.filled or column.name in table.primary_key),
                metadata=_told(column),
            )
            for column in table.published
        ],
        metadata=_about(table),
    )


def _told(column: Column) -> Mapping[str, str]:
    note = column.note
    told = {
        "title": note.title,
        "description": note.told,
        "format": note.format if not note.sometimes else "",
        "encoding": "JSON" if column.encoding == "json" else "",
        "reference": column.foreign.collection if column.foreign else "",
    }
    return {name: text for name, text in told.items() if text}


def _about(table: Table) -> Mapping[str, str]:
    keys: Sequence[str] = table.primary_key
    told = {
        "title": table.title,
        "description": table.description,
        "table": table.name,
        "primaryKey": dumps(list(keys)),
    }
    return {name: text for name, text in told.items() if text}
