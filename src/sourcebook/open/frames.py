# SPDX-License-Identifier: Apache-2.0
"""A compiled table as a data frame: the one door to pandas and polars, which may be missing.

Types are those of the table: whole numbers, numbers, true and false, text. NULL stays NULL: in pandas they are types
that have it (Int64, Float64, boolean, string), so that a column is the same whether or not values lack. pyarrow is
needed for an Arrow table alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sourcebook.errors import EnvironmentFailure
from sourcebook.formats.parquet import arrow_table, rows_sql
from sourcebook.sqlite import reading
from sourcebook.tables import Table

if TYPE_CHECKING:
    import pyarrow
    from pandas import DataFrame as PandasFrame
    from polars import DataFrame as PolarsFrame

_PANDAS = {"integer": "Int64", "number": "Float64", "boolean": "boolean"}
_POLARS = {"integer": "Int64", "number": "Float64", "boolean": "Boolean"}


def to_arrow(database: Path, table: Table) -> pyarrow.Table:
    """A table by pyarrow, as its Parquet file has it. Raises EnvironmentFailure where pyarrow is missing."""
    _needed("pyarrow")
    return arrow_table(database, table)


def to_pandas(database: Path, table: Table) -> PandasFrame:
    """A table by pandas. Raises EnvironmentFailure where pandas is missing."""
    _needed("pandas")
    import pandas

    string = pandas.StringDtype("python")  # the same where pyarrow is there and where it is not
    columns = {
        name: pandas.array(values, dtype=_PANDAS.get(encoding, string))
        for name, encoding, values in _columns(database, table)
    }
    return pandas.DataFrame(columns)


def to_polars(database: Path, table: Table) -> PolarsFrame:
    """A table by polars. Raises EnvironmentFailure where polars is missing."""
    _needed("polars")
    import polars

    columns = [
        polars.Series(name, values, dtype=getattr(polars, _POLARS.get(encoding, "String")))
        for name, encoding, values in _columns(database, table)
    ]
    return polars.DataFrame(columns)


def _needed(library: str) -> None:
    if find_spec(library) is None:
        raise EnvironmentFailure(f"{library} is not installed here: pip install {library}")


def _columns(database: Path, table: Table) -> Iterator[tuple[str, str, list[Any]]]:
    """Name, encoding and values of each column, in the order of the database."""
    with reading(database) as connection:
        rows = connection.execute(rows_sql(table)).fetchall()
    for number, column in enumerate(table.published):
        values = [row[number] for row in rows]
        if column.encoding == "boolean":
            values = [None if one is None else bool(one) for one in values]
        elif column.encoding == "number":
            values = [None if one is None else float(one) for one in values]
        yield column.name, column.encoding, values
