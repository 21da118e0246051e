# SPDX-License-Identifier: Apache-2.0
"""``record-size``: a record that would make a larger row than the pages of the published book can show."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sourcebook.exact import dumps
from sourcebook.finding import Finding
from sourcebook.parse import Path
from sourcebook.records.model import Record
from sourcebook.records.places import Positioner
from sourcebook.sqlite import MOST_OF_ROW, RECORDS
from sourcebook.tables import Plan


def check(
    record: Record, plan: Plan, rows: Mapping[int, Sequence[Sequence[Any]]], positioner: Positioner
) -> Iterator[Finding]:
    """Whether each row of ``record`` can be shown: those of its tables, and the one that holds it whole.

    ``rows`` are as ``flatten`` gives them. Told of the value that takes the most.
    """
    sizes = {RECORDS: _size((record.collection, record.key, record.path, dumps(record.value)))}
    for number, table in enumerate(plan.tables):
        sizes[table.name] = max(map(_size, rows.get(number, ())), default=0)
    name = max(sizes, key=sizes.__getitem__)
    if sizes[name] <= MOST_OF_ROW:
        return
    message = f"the record makes a row of {sizes[name]:,} bytes in {name}, which holds {MOST_OF_ROW:,} at most"
    hint = "make its parts records of their own, or keep what is so long elsewhere and say here where"
    yield positioner.finding(record, _heaviest(record.value), "record-size", message, hint)


def _size(values: Sequence[Any]) -> int:
    return sum(len(one.encode()) if isinstance(one, str) else 9 for one in values)


def _heaviest(value: Any) -> Path:
    """The path to the value in which more than half of ``value`` lies, as deep as there is one."""
    path: list[str | int] = []
    half = len(dumps(value)) / 2
    while isinstance(value, dict | list):
        items = value.items() if isinstance(value, dict) else enumerate(value)
        step, inner = max(items, key=lambda item: len(dumps(item[1])), default=(0, ""))
        if len(dumps(inner)) <= half:
            break
        path.append(step)
        value = inner
    return tuple(path)
