# SPDX-License-Identifier: Apache-2.0
"""The columns of a reference: one that holds the key of what is meant, or what is written and where that leads."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from sourcebook.book import Target, is_several
from sourcebook.tables.model import Column


def leading(column: Column, targets: tuple[Target, ...], *, conditional: bool) -> Iterator[Column]:
    """``column``, whose values are references to ``targets`` (none: they are not), and the columns that follow it."""
    if len(targets) == 1 and not conditional and _holds_key(column, targets[0]):
        yield replace(column, foreign=targets[0])
        return
    column = replace(column, targets=targets, conditional=conditional and bool(targets))
    yield column
    about = column.note.loosened().leading((), conditional=False)
    for collection in column.collections:
        name = f"{column.name}_{collection}"
        yield Column(name, "any", "target", column.path, foreign=Target(collection, ""), note=about)


def _holds_key(column: Column, target: Target) -> bool:
    """Whether the key of what is meant may stand in ``column`` itself: what was written can be told from it again."""
    return not (is_several(target.field) or target.as_text or column.role == "name")


def by_record(column: Column) -> tuple[Target, ...]:
    """The targets of a reference of which each record says where it leads."""
    return column.targets if column.conditional else ()
