# SPDX-License-Identifier: Apache-2.0
"""Rows as a chunk was compiled to them, packed, to the bytes of a partition: a pure function, for any executor."""

from __future__ import annotations

import io
import marshal
from collections.abc import Iterator, Sequence
from functools import partial
from typing import Any

from sourcebook.formats.parquet import Writing, parquet_schema
from sourcebook.tables import Column, Table

_AT_ONCE = 2_000  # rows


def partition(table: Table, packed: Sequence[bytes], derived: bytes = b"") -> bytes:
    """A partition of ``table`` as Parquet. The same rows are the same bytes, whatever process makes them of them.

    ``packed`` are the rows of some chunks, in order: of each, by marshal, the values of ``table.columns`` one row after
    the other (a part of what `compile.batch.pack` made, with the keys that references mean: `tables.links.linked`).
    ``derived`` are the values of ``table.derived``, likewise, of all these rows; without it they are all NULL. Only
    for our own bytes: they are trusted. Raises ImportError without pyarrow.
    """
    import pyarrow

    schema = parquet_schema(table)
    kinds = list(zip(table.published, schema.types, strict=True))
    made = marshal.loads(derived) if derived else []  # noqa: S302  (our own bytes)
    width, more, begin = len(table.columns), len(table.derived), 0
    file = io.BytesIO()
    with Writing(file, schema) as writing:
        for values in _pieces(packed, width):
            count = len(values) // width
            columns = [values[number::width] for number in range(width)]
            here = made[begin * more : (begin + count) * more]
            columns += [here[number::more] if derived else [None] * count for number in range(more)]
            arrays = [_array(column, kind, one) for (column, kind), one in zip(kinds, columns, strict=True)]
            writing.add(pyarrow.RecordBatch.from_arrays(arrays, schema=schema))
            begin += count
    return file.getvalue()


def _pieces(packed: Sequence[bytes], width: int) -> Iterator[list[Any]]:
    """The values of some rows at a time: a chunk may have few, or very many."""
    size, waiting = _AT_ONCE * width, list[Any]()
    for data in packed:
        waiting += marshal.loads(data)  # noqa: S302  (our own bytes)
        whole = len(waiting) - len(waiting) % size
        yield from (waiting[begin : begin + size] for begin in range(0, whole, size))
        del waiting[:whole]
    if waiting:
        yield waiting


def _array(column: Column, kind: Any, values: list[Any]) -> Any:
    """Values of a column as Arrow has them: what SQLite makes of an integer in a column of text, or of numbers."""
    import pyarrow

    array = partial(pyarrow.array, from_pandas=False)
    if column.encoding == "boolean":
        return array(values, pyarrow.int64()).cast(kind)
    try:
        return array(values, kind)
    except pyarrow.ArrowException:
        made = float if column.encoding == "number" else int if column.encoding == "integer" else _text
        return array([None if one is None else made(one) for one in values], kind)


def _text(value: Any) -> str:
    return value if isinstance(value, str) else str(value)
