# SPDX-License-Identifier: Apache-2.0
"""A map of the rows of an answer, whose columns say where each is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sourcebook.site.pictures.drawing import ground
from sourcebook.site.pictures.map import MOST, Map, Mark, size_of
from sourcebook.site.pictures.outline import Window
from sourcebook.site.pictures.points import FINEST, narrowest
from sourcebook.site.pictures.projection import View, fitting

_NAMED = 3  # rows that a mark names; of more it says how many


@dataclass(frozen=True, slots=True)
class Placed:
    """A row with a place: what is said of it, and the address it leads to, if any."""

    latitude: float
    longitude: float
    text: str
    href: str


def degrees_of(latitude: Any, longitude: Any) -> tuple[float, float] | None:
    """Two values of a row as degrees; None where they are no place."""
    if any(isinstance(one, bool) or not isinstance(one, int | float) for one in (latitude, longitude)):
        return None
    return (float(latitude), float(longitude)) if abs(latitude) <= 90 and abs(longitude) <= 180 else None


def map_of(rows: Sequence[Placed]) -> Map:
    """A map of some rows; there is one at least. Those that are near each other are one mark, which leads nowhere."""
    longitudes = sorted({one.longitude for one in rows})
    west, east = narrowest([(one, one) for one in longitudes])
    latitudes = [one.latitude for one in rows]
    view = fitting(Window(west, min(latitudes), east, max(latitudes)))
    placed = [(*view.at(_beside(view, one.longitude), one.latitude), one) for one in rows]
    size = FINEST
    while len({(int(y / size), int(x / size)) for x, y, _ in placed}) > MOST:
        size *= 1.5
    cells: dict[tuple[int, int], list[tuple[float, float, Placed]]] = {}
    for x, y, one in placed:
        cells.setdefault((int(y / size), int(x / size)), []).append((x, y, one))
    return Map(view, ground(view), tuple(_mark(cells[place]) for place in sorted(cells)))


def _beside(view: View, longitude: float) -> float:
    return longitude + 360 if view.window and longitude < view.window.west else longitude


def _mark(some: Sequence[tuple[float, float, Placed]]) -> Mark:
    count = len(some)
    texts = [one.text for _, _, one in some]
    text = "; ".join(texts) if count <= _NAMED else "rows below"
    return Mark(
        x=round(sum(x for x, _, _ in some) / count, 1),
        y=round(sum(y for _, y, _ in some) / count, 1),
        count=count,
        text=text if count == 1 else f"{count:,}: {text}",
        href=some[0][2].href if count == 1 else "",
        row="",
        series=0,
        size=size_of(count),
    )
