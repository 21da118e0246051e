# SPDX-License-Identifier: Apache-2.0
"""Views for DuckDB: a table for all partitions of it, and for each reference the rows with what they refer to."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from sourcebook.duck import literal, quote
from sourcebook.partitions.parts import FOLDER
from sourcebook.tables import Column, Table

NAME = "views.sql"
PARTS = "part-*.parquet"

_HEAD = """\
-- The tables of a book that lie here as partitions of Parquet, and its references, as views of DuckDB.
-- In this folder: duckdb -init {name}; or in Python: duckdb.connect().execute(open("{name}").read())
-- A view of a reference has all columns of its rows, and beside them, as COLUMN.NAME, those of what they refer to.
-- With polars: polars.scan_parquet("{folder}/TABLE/{parts}")
"""


def views_sql(tables: Mapping[str, Table], stems: Mapping[str, str], base: str = "") -> str:
    """The SQL of all views. Paths are as seen from the folder of the release, or begin with ``base``."""
    taken = set(map(_folded, tables))
    of_tables = (_of_table(name, f"{base}{FOLDER}/{stems[name]}/{PARTS}") for name in tables)
    of_references = (
        _of_reference(table, column, tables[column.foreign.collection], taken)
        for table, column in references(tables.values())
        if column.foreign
    )
    head = _HEAD.format(name=NAME, folder=FOLDER, parts=PARTS)
    return head + "".join(f"\n{one};\n" for one in (*of_tables, *of_references))


def reading(paths: str) -> str:
    """The SQL for the rows of files of Parquet, with the columns that they have: a folder ``a=b`` above makes none."""
    return f"read_parquet({literal(paths)}, hive_partitioning = false)"


def references(tables: Iterable[Table]) -> Iterator[tuple[Table, Column]]:
    """The foreign keys of tables, each as its table and column."""
    for table in tables:
        yield from ((table, column) for column in table.columns if column.foreign)


def _free(name: str, taken: set[str]) -> str:
    """A name that no other has: DuckDB takes letters of ASCII for the same that differ in case alone."""
    free, number = name, 2
    while _folded(free) in taken:
        free, number = f"{name}_{number}", number + 1
    taken.add(_folded(free))
    return free


def _folded(name: str) -> str:
    return "".join(c.lower() if c.isascii() else c for c in name)


def _of_table(name: str, paths: str) -> str:
    return f"CREATE OR REPLACE VIEW {quote(name)} AS\nSELECT * FROM {reading(paths)}"


def _of_reference(table: Table, column: Column, other: Table, taken: set[str]) -> str:
    name = _free(f"{table.name}_with_{column.name.lstrip('_')}", taken)
    own = {_folded(one.name) for one in table.published}
    beside = ", ".join(
        f"there.{quote(one.name)} AS {quote(_free(f'{column.name}.{one.name}', own))}" for one in other.published
    )
    return (
        f"CREATE OR REPLACE VIEW {quote(name)} AS\nSELECT here.*, {beside}\nFROM {quote(table.name)} AS here\n"
        f"LEFT JOIN {quote(other.name)} AS there ON there.{quote(other.primary_key[0])} = here.{quote(column.name)}"
    )
