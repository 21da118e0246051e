# SPDX-License-Identifier: Apache-2.0
"""Which columns are concerned by records that are known to depart from their schema, and published all the same."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import replace

from sourcebook.book import steps
from sourcebook.parse import Path
from sourcebook.tables.model import Column, Plan, Table
from sourcebook.validation.violation import missing_name

Spots = Collection[Path]


def spots(subject: str, message: str) -> Iterator[Path]:
    """The paths inside a record that a finding of the rule ``schema`` is about, by its subject and its message.

    One, but where the record's key looks like the begin of a path: then all that it may be.
    """
    missing = missing_name(message)
    for sign in re.finditer("#", subject):
        rest = subject[sign.end() :]
        if rest == "" or rest.startswith("/"):
            path = tuple(part.replace("~1", "/").replace("~0", "~") for part in rest.split("/")[1:])
            yield path if missing is None else (*path, missing)


def meets(path: str, found: Spots) -> bool:
    """Whether a property path is at, above or below one of the places that findings are about."""
    return any(_meets(steps(path), spot) for spot in found)


def _meets(way: tuple[str, ...], spot: Path) -> bool:
    if not way or not spot:
        return True
    step, part = way[0], str(spot[0])
    if step == "[]":  # one thing may stand where a list of such may
        return (part.isdigit() and _meets(way[1:], spot[1:])) or _meets(way[1:], spot)
    return step in ("{}", part) and _meets(way[1:], spot[1:])


def exempted(plan: Plan, found: Spots, empty: Collection[tuple[int, int]]) -> Plan:
    """The plan, of which those columns alone are exempt from the schema that findings concern.

    Or that are ``empty`` somewhere though they are required: given by the numbers of table and column.
    """

    def of(number: int, table: Table) -> Table:
        nested = any(one.role == "within" and meets(one.path, found) for one in table.columns)

        def column(index: int, one: Column) -> Column:
            if not one.exempt:
                return one
            return replace(one, exempt=nested or (number, index) in empty or meets(one.path, found))

        return replace(table, columns=tuple(column(index, one) for index, one in enumerate(table.columns)))

    return replace(plan, tables=tuple(of(number, table) for number, table in enumerate(plan.tables)))
