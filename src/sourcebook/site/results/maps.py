# SPDX-License-Identifier: Apache-2.0
"""Maps of answers: rows of which two columns say where they are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sourcebook.content.statements import Statement, attributed
from sourcebook.content.values import Shown
from sourcebook.extract.site import title_of
from sourcebook.site.pictures.chart_map import Placed, degrees_of, map_of
from sourcebook.site.results.asking import Found
from sourcebook.site.results.charts import Chart, are
from sourcebook.site.results.points import Cells, Said


def mapped(
    parts: Mapping[str, str], found: Found, cells: Sequence[Cells], said: Sequence[Said], numbers: Sequence[int]
) -> Chart:
    """The map of the rows of these numbers, of which two columns say where they are, and one what is there."""
    label, *places = (found.index(parts[part]) for part in ("map", "latitude", "longitude"))
    title = f"Map of “{title_of(parts['map'])}”"
    placed, missing, wrong = [], 0, 0
    for number in numbers:
        values = [None if place is None else found.rows[number][place] for place in places]
        degrees = degrees_of(*values)
        if degrees:
            of = -1 if label is None else label
            placed.append(Placed(*degrees, *_named(cells[number].get(of), said[number].get(of, ()))))
        elif values == [None, None]:
            missing += 1
        else:
            wrong += 1
    told = []
    if missing:
        told.append(f"{missing:,} of {len(numbers):,} rows {are(missing)} not on the map: no coordinates.")
    if wrong:
        told.append(f"{wrong:,} of {len(numbers):,} rows {are(wrong)} not on the map: their coordinates are no place.")
    if not placed:
        return Chart("map", title, "", 0, told=tuple(told))
    described = f"{len(placed):,} rows on a map. The rows below say the same."
    return Chart("map", title, described, 0, len(placed), told=tuple(told), map=map_of(placed))


def _named(shown: Shown | None, statements: Sequence[Statement]) -> tuple[str, str]:
    """A row in the words of a mark, and where that leads: of statements, with who says them and what answers them."""
    told = getattr(shown, "told", None)
    statements = [told] if told else statements
    if statements:
        return "; ".join(map(attributed, statements)), statements[0].href
    return (shown.text, shown.href) if shown else ("no name", "")
