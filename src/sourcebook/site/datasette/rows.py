# SPDX-License-Identifier: Apache-2.0
"""Rows of Datasette's tables as readers are shown them: whose they are, and labels instead of keys.

A row of a statement, or one that leads to a statement, is never without who says it. All rows of a page are looked up
together.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from html import unescape
from typing import Any

from markupsafe import Markup

from sourcebook.content.addresses import Addresses
from sourcebook.content.labels import Labels, Reference
from sourcebook.content.statements import fetch, is_statement, statements
from sourcebook.extract.site import Collection, TableNote
from sourcebook.site.published import Published
from sourcebook.site.rendering import macro

_NOTHING = Markup("")


@dataclass(frozen=True, slots=True)
class RowShown:
    """A row: the address of its record, and that of the row in Datasette, where its key alone leads there.

    ``attribution`` is that of a statement, with its answers; ``cells`` is shown in place of some values, by column.
    """

    href: str = ""
    row: str = ""
    attribution: Markup = _NOTHING
    cells: Mapping[str, Markup] = field(default_factory=dict)


def rows_shown(
    opened: Published, at: Addresses, table: TableNote, collection: Collection | None, rows: Sequence[Any]
) -> list[RowShown]:
    """What ``rows`` of ``table`` are shown with; each is a sequence of Datasette's cells."""
    labels = Labels(opened, at)
    collections = {one.name for one in opened.site.collections}
    to = {column.name: column.to for column in table.columns if column.to in collections}
    references = [_references(labels, to, row) for row in rows]
    keys = [_key(collection, row) for row in rows] if collection else []
    said: Mapping[str, Any] = {}
    if collection and is_statement(collection):
        said = {one.key: one for one in statements(labels, collection, [key for key in keys if key])}
    fetch(labels)
    shown = []
    for number, found in enumerate(references):
        key = keys[number] if collection else ""
        shown.append(
            RowShown(
                href=at.record(collection.address, key) if collection and key else "",
                row=_row_address(rows[number]),
                attribution=attribution(said[key]) if key in said else _NOTHING,
                cells={column: _linked(reference) for column, reference in found.items()},
            )
        )
    return shown


def _references(labels: Labels, to: Mapping[str, str], row: Any) -> dict[str, Reference]:
    return {
        cell["column"]: labels.reference(to[cell["column"]], cell["raw"])
        for cell in row
        if cell["column"] in to and cell["raw"] not in (None, "") and cell.get("value_type") != "pk"
    }


def _key(collection: Collection, row: Any) -> str:
    return next((str(cell["raw"]) for cell in row if cell["column"] == collection.key), "")


def _row_address(row: Any) -> str:
    """Where Datasette's own link of a row leads."""
    found = (re.search(r'<a href="([^"]*)"', str(cell["value"])) for cell in row if cell.get("value_type") == "pk")
    return next((unescape(one[1]) for one in found if one), "")


def attribution(said: Any) -> Markup:
    """Who says a statement, and what answers it: ``said`` has its answers, and all labels are fetched."""
    return macro("attribution")(said) + _NOTHING.join(
        Markup('<div class="answers"><p class="how">{}</p>{}</div>').format(
            answers.how, _NOTHING.join(macro("brief")(one) for one in answers.statements)
        )
        for answers in said.answers
    )


def _linked(reference: Reference) -> Markup:
    if reference.told is not None:
        return macro("brief")(reference.told)
    label = Markup('<a href="{}" dir="auto">{}</a>').format(reference.href, reference.text)
    if reference.text == reference.key:
        return label
    return label + Markup(' <span class="key">{}</span>').format(reference.key)
