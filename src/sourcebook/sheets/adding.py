# SPDX-License-Identifier: Apache-2.0
"""A new record of a sheet, put where the book has such."""

from __future__ import annotations

from typing import Any

from sourcebook.book import steps
from sourcebook.edit.edits import Edits
from sourcebook.edit.records import add
from sourcebook.sheets.differ import Wish, put
from sourcebook.sheets.differences import in_order
from sourcebook.sheets.opened import Opened


def add_record(opened: Opened, edits: Edits, key: str, wish: Wish) -> None:
    """Have a new record added. Raises Refused where it has no place."""
    collection = opened.collection
    typed: str | int = key
    integers = [isinstance(one.key, int) for one in opened.own.values()]
    column = next(one for one in opened.plan.tables[0].columns if one.role == "key")
    if key.isdecimal() and (column.encoding == "integer" or (integers and all(integers))) and str(int(key)) == key:
        typed = int(key)
    if collection.key is not None:
        put(wish, steps(collection.key), typed)
    body = wish.value.get(collection.body) if collection.layout == "front-matter" else None
    if isinstance(body, str) and body and not body.endswith("\n"):
        wish.value[collection.body] = f"{body}\n"  # the last line end of a text is not shown in a cell
    value: Any = in_order(opened.plan, opened.plan.root, wish.value)
    add(edits, collection.name, typed, value)
