# SPDX-License-Identifier: Apache-2.0
"""Rows of the table of changes as readers are shown them: beside what was said is who says it, and what answers it.

They are looked up by the number of the change, which Datasette shows whichever columns a reader chooses.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from markupsafe import Markup

from sourcebook.content.addresses import Addresses
from sourcebook.content.labels import Labels
from sourcebook.content.past import ATTRIBUTION, CHANGES
from sourcebook.content.statements import Statement, fetch, is_statement, statements
from sourcebook.site.datasette.rows import RowShown, attribution
from sourcebook.site.published import Published

_NOTHING = Markup("")
_NUMBER = "_change"


def changes_shown(opened: Published, at: Addresses, rows: Sequence[Any]) -> list[RowShown]:
    """What rows of changes are shown with; each is a sequence of Datasette's cells.

    A change of a statement has what its own row has. Another has who says what its record rests on, as the table tells.
    """
    numbers = [next((str(cell["raw"]) for cell in row if cell["column"] == _NUMBER), "") for row in rows]
    told = _told(opened, [one for one in numbers if one])
    labels = Labels(opened, at)
    said = _said(opened, labels, told.values())
    fetch(labels)
    shown = []
    for number in numbers:
        collection, record, *words = told.get(number, ("", None, None, None, None))
        one = said.get((collection, record))
        shown.append(RowShown(attribution=attribution(one) if one else _in_words(*words)))
    return shown


def _told(opened: Published, numbers: Sequence[str]) -> Mapping[str, tuple[Any, ...]]:
    """Of each change its record, as it is called today, and what stands beside its values."""
    sql = (
        f"SELECT {_NUMBER}, collection, record, {', '.join(ATTRIBUTION)} FROM {CHANGES} "
        f"WHERE {_NUMBER} IN ({', '.join('?' * len(numbers))})"
    )
    return {str(number): tuple(rest) for number, *rest in opened.connection.execute(sql, numbers)}


def _said(opened: Published, labels: Labels, told: Iterable[tuple[Any, ...]]) -> Mapping[tuple[str, str], Statement]:
    """The statements that changes are of, by collection and key."""
    keys: dict[str, dict[str, None]] = {}
    for name, record, *_ in told:
        if record is not None:
            keys.setdefault(name, {})[record] = None
    return {
        (one.name, some.key): some
        for one in opened.site.collections
        if one.name in keys and is_statement(one)
        for some in statements(labels, one, [key for key in keys[one.name] if opened.has(one.name, key)])
    }


def _in_words(said_by: str | None, published_in: str | None, answers: str | None) -> Markup:
    """Who says what a record rests on, where that was published, and what answers it."""
    parts = [
        Markup('<span class="by">Said by <b dir="auto">{}</b></span>').format(said_by) if said_by else _NOTHING,
        Markup("<span>in <bdi>{}</bdi></span>").format(published_in) if published_in else _NOTHING,
    ]
    found = Markup(" ").join(filter(None, parts))
    if found:
        found = Markup('<p class="attribution">{}</p>').format(found)
    return found + (Markup('<div class="answers"><p dir="auto">{}</p></div>').format(answers) if answers else _NOTHING)
