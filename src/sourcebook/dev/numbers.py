# SPDX-License-Identifier: Apache-2.0
"""Numbers of rows with room between them: a record more or less leaves those of all others as they are.

A release numbers rows as they come, 1, 2, 3. Here the number of a record is a multiple of a step, and that of a row
below it the record's with a number of its own behind; so both sort as those of a release do.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from sourcebook.tables import Plan, Table

BITS = 20
"""The number of a row below a record is the record's, shifted by so many bits, and its own."""
MOST = (1 << BITS) - 2  # rows of one record in one table
_LARGEST = 1 << 31  # of a record: the index of the site has 32 bits for it
_WIDEST = 1 << 13


def step_of(count: int) -> int:
    """How far the numbers of ``count`` records are to lie apart: half of all there are is left for new ones."""
    return max(2, min(_WIDEST, _LARGEST // (2 * (count + 1))))


def between(before: int, after: int | None, count: int, step: int) -> list[int] | None:
    """``count`` new numbers above ``before`` and below ``after``; None where there is no room for as many."""
    if after is None:
        after = before + (count + 1) * step
        if after > 2 * _LARGEST - 1:
            return None
    apart = min(step, max(1, (after - before) // (count + 1) // 4))  # close by: what comes is often more of the same
    if before + apart * count >= after:
        apart = (after - before) // (count + 1)
    return [before + apart * (number + 1) for number in range(count)] if apart else None


def is_numbered(table: Table) -> bool:
    """Whether rows of a table can be given numbers: not where the key is one, or columns have taken all its names."""
    key, *others = table.primary_key
    return table.rowid is not None and (bool(others) or table.column(key).type != "INTEGER")


def below(record: int) -> tuple[int, int]:
    """The first and the last number that a row below a record may have."""
    return record << BITS, (record << BITS) + MOST + 1


def numbered(plan: Plan, rows: Sequence[list[Any]], records: Sequence[int]) -> Iterator[list[int]]:
    """The numbers of some records' rows in each table of their plan, given the numbers of the records.

    Raises OverflowError where a record has more rows in a table than there are numbers.
    """
    owners: dict[str, dict[Any, int]] = {}
    for number, table in enumerate(plan.tables):
        width = len(table.columns)
        if table.parent is None and number == 0:
            of = list(records)
            made = of
        else:
            index = next(index for index, column in enumerate(table.columns) if column.role == "parent")
            above = owners[table.parent or plan.tables[0].name]
            of = [above[value] for value in rows[number][index::width]]
            made = _counted(of)
        key = [column.name for column in table.columns].index(table.primary_key[0])
        owners[table.name] = dict(zip(rows[number][key::width], of, strict=True))
        yield made


def _counted(of: Sequence[int]) -> list[int]:
    seen: dict[int, int] = {}
    made = []
    for record in of:
        seen[record] = count = seen.get(record, 0) + 1
        if count > MOST:
            raise OverflowError
        made.append((record << BITS) + count)
    return made
