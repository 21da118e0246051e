# SPDX-License-Identifier: Apache-2.0
"""Other names for tables and columns that SQLite would take for one, or that a later stage has trouble with."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace

from sourcebook.init.proposal import Proposal
from sourcebook.rules.names import awkward, plain, unfit
from sourcebook.tables import Column, Plan, Table

_ROUNDS = 8  # a new name may change those of the tables below it


def settled(proposals: Iterable[Proposal], plan: Callable[[Proposal], Plan]) -> list[Proposal]:
    """The proposals, with ``rename`` where two names would be one, or one is awkward.

    ``plan`` makes the tables of a proposal.
    """
    proposals = list(proposals)
    for _ in range(_ROUNDS):
        taken = {"_records", *(one.name.casefold() for one in proposals)}
        after = []
        for one in proposals:
            found: dict[str, str] = {}
            for table in plan(one).tables:
                if table.parent:
                    _claim(table.path, table.name, taken, found, fits=not unfit(table.name))
                _columns(table, found)
            after.append(replace(one, rename={**one.rename, **found}))
        if after == proposals:
            break
        proposals = after
    return proposals


def _columns(table: Table, found: dict[str, str]) -> None:
    # What the planner makes keeps its name, so properties of the data step aside; of two columns of undeclared
    # properties, the mapping that the second is of.
    own = {column.name.casefold() for column in table.columns if _is_made(table, column)}
    for column in table.columns:
        if column.role == "property":
            _claim(column.path, column.name, own, found, fits=not awkward(column.name))
        elif column.role == "other" and not _is_made(table, column):
            name = column.name.removeprefix("_").removesuffix("_other")
            _claim(column.path, name, own, found, "_{}_other")


def _is_made(table: Table, column: Column) -> bool:
    """Whether the planner names a column whatever the properties are called."""
    if column.role == "other":
        return column.path == table.path
    return column.role not in ("property", "value")


def _claim(
    path: str, name: str, taken: set[str], found: dict[str, str], form: str = "{}", *, fits: bool = True
) -> None:
    """Take ``name``, or the first free one made of it, which is then the new name of ``path``.

    ``form`` makes the name of a column of it. A name that does not fit is written plainly first.
    """
    wanted = name if fits else plain(name, ())
    unique, number = wanted, 2
    while form.format(unique).casefold() in taken:
        unique = f"{wanted}_{number}"
        number += 1
    taken.add(form.format(unique).casefold())
    if unique != name:
        found[path] = unique
