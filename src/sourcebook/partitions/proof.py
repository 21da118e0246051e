# SPDX-License-Identifier: Apache-2.0
"""Whether partitions hold together, asked of DuckDB: how many rows there are, that keys are unique, that links lead on.

What is found is told in words, each with the folder of its table.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from sourcebook.duck import Refused, Tables, exactly, quote
from sourcebook.partitions.views import references, views_sql
from sourcebook.tables import Column, Table

Wrong = tuple[str, str]  # the name of a table, and what is wrong with its partitions


def load(tables: Tables, plans: Mapping[str, Table], stems: Mapping[str, str], folder: Path) -> None:
    """Make the views of a release in ``folder``, with paths that hold wherever this runs. Raises Refused."""
    tables.run(views_sql(plans, stems, f"{exactly(folder)}/"))


def proved(tables: Tables, plans: Mapping[str, Table], rows: Mapping[str, int]) -> Iterator[Wrong]:
    """What is wrong with partitions whose views are there, where each table is to have so many ``rows``."""
    for name, table in plans.items():
        yield from _refused(name, _counted(tables, table, rows[name]))
    for table, column in references(plans.values()):
        if column.foreign:
            yield from _refused(table.name, _linked(tables, table, column, plans[column.foreign.collection]))


def _refused(name: str, found: Iterator[Wrong]) -> Iterator[Wrong]:
    try:
        yield from found
    except Refused as error:
        yield name, f"cannot be read: {error}"


def _counted(tables: Tables, table: Table, rows: int) -> Iterator[Wrong]:
    ((count,),) = tables.rows(f"SELECT count(*) FROM {quote(table.name)}")
    if count != rows:
        yield table.name, f"there are {count:,} rows, and {rows:,} are to be"
    keys = ", ".join(map(quote, table.primary_key))
    lacking = " OR ".join(f"{quote(name)} IS NULL" for name in table.primary_key)
    ((without,),) = tables.rows(f"SELECT count(*) FROM {quote(table.name)} WHERE {lacking}")
    if without:
        yield table.name, f"{without:,} rows have no key"
    twice = f"SELECT {keys}, count(*) FROM {quote(table.name)} GROUP BY {keys} HAVING count(*) > 1 ORDER BY ALL LIMIT 1"
    for *key, many in tables.rows(twice):
        yield table.name, f"the key {_told(key)} stands in {many:,} rows"


def _linked(tables: Tables, table: Table, column: Column, other: Table) -> Iterator[Wrong]:
    here, there = quote(column.name), quote(other.primary_key[0])
    broken = (
        f"SELECT {here} FROM {quote(table.name)} AS here WHERE {here} IS NOT NULL AND NOT EXISTS "
        f"(SELECT 1 FROM {quote(other.name)} AS there WHERE there.{there} = here.{here}) ORDER BY ALL LIMIT 1"
    )
    for (key,) in tables.rows(broken):
        yield table.name, f"{column.name} refers to {key!r}, which is not among the keys of {other.name}"


def _told(key: list[object]) -> str:
    return ", ".join(map(repr, key))
