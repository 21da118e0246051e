# SPDX-License-Identifier: Apache-2.0
"""Of the records that a picture shows those that were in the days that are asked for."""

from __future__ import annotations

from sourcebook.content.opened import Opened
from sourcebook.site.choosing.recordsets import record_sets
from sourcebook.site.pictures.chosen import Chosen
from sourcebook.site.pictures.graph import Shown
from sourcebook.site.pictures.spans import Window


def dated(opened: Opened, choice: Chosen, within: Window) -> tuple[Shown, list[str]]:
    """What is shown of each collection; and sentences on what cannot be, since it has no date.

    Of a record that was between two days only, it counts that it may have been in the days that are asked for.
    """
    shown = [(one, choice.rows(one)) for one in choice.shown]
    if within.first is None and within.last is None:
        return shown, []
    found, told = [], []
    for one, rows in shown:
        every = record_sets(opened, one)
        wanted = set(every.rows(every.every) if rows is None else rows)
        sql = "SELECT row, first, last FROM site.spans WHERE collection = ? ORDER BY row"
        spans = [span for span in opened.connection.execute(sql, (one.number,)) if span[0] in wanted]
        found.append((one, [row for row, first, last in spans if _is_in(first, last, within)]))
        if len(spans) < len(wanted):
            told.append(f"{len(wanted) - len(spans):,} of {len(wanted):,} {one.title} have no date, and are not drawn.")
    return found, told


def _is_in(first: int, last: int, within: Window) -> bool:
    return (within.last is None or first <= within.last) and (within.first is None or last >= within.first)
