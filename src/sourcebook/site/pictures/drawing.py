# SPDX-License-Identifier: Apache-2.0
"""What lies below the marks of a map, as paths of SVG: land, borders, parallels and meridians."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain

from sourcebook.site.pictures.outline import EARTH, Line, borders, land, simplified
from sourcebook.site.pictures.projection import WIDTH, View

_COARSE = 60.0  # degrees from west to east, from which on the coarse outline is enough
_APART = 110.0  # units of a picture between the names of two meridians
_SEEN = 0.8  # units of a picture: of what is less, a map says nothing


@dataclass(frozen=True, slots=True)
class Tick:
    """The name of a parallel or meridian, and where it stands."""

    x: float
    y: float
    anchor: str
    text: str


@dataclass(frozen=True, slots=True)
class Ground:
    """The paths of a map, and what its grid is called. Each path may be empty."""

    edge: str
    land: str
    borders: str
    grid: str
    ticks: tuple[Tick, ...]


def ground(view: View) -> Ground:
    """What lies below the marks in a view."""
    fine = view.window is not None and view.window.width < _COARSE
    tolerance = _SEEN / max(view.scale, view.across)
    shown = view.shown
    grid = list(view.grid())
    return Ground(
        edge=_path([view.edge()], view, closed=True) if view.window is None else "",
        land=_path(land(shown, tolerance, fine=fine), view, closed=True),
        borders=_path(borders(shown, tolerance, fine=fine), view, closed=False),
        grid=_path((line for line, _ in grid), view, closed=False),
        ticks=tuple(_ticks(view, grid)),
    )


def _path(lines: Iterable[Line], view: View, *, closed: bool) -> str:
    return "".join(chain.from_iterable(_steps([view.at(*point) for point in line], closed) for line in lines))


def _steps(points: Line, closed: bool) -> Iterator[str]:
    """A line as steps from point to point in halves of a unit, without those that lead nowhere."""
    halves = [(round(2 * x), round(2 * y)) for x, y in simplified(points, _SEEN / 2)]
    at = halves[0]
    steps = []
    for x, y in halves[1:]:
        if (x, y) != at:
            steps.append(_half(x - at[0]) + _half(y - at[1], after=True))
            at = x, y
    if steps:
        begin = _half(halves[0][0]) + _half(halves[0][1], after=True)
        yield f"M{begin}l{steps[0]}{''.join(one if one[0] == '-' else ' ' + one for one in steps[1:])}{'z' * closed}"


def _half(number: int, *, after: bool = False) -> str:
    """Halves as a path writes them; a number ``after`` another is told apart from it by its sign or a space."""
    sign = "-" if number < 0 else " " if after else ""
    whole, part = divmod(abs(number), 2)
    return f"{sign}{whole or '' if part else whole}{'.5' * part}"


def _ticks(view: View, grid: Iterable[tuple[Line, str]]) -> Iterator[Tick]:
    """The names of meridians stand at the lower edge, those of parallels at the left."""
    before = 0.0
    for line, name in grid:
        (x, y), (to_x, to_y) = view.at(*line[0]), view.at(*line[-1])
        if view.window is None:
            on_edge = line[0][0] == EARTH.west and line[-1][0] == EARTH.east
            if on_edge and abs(line[0][1]) < EARTH.north:
                yield Tick(x + 3, y - 3, "start", name)
        elif abs(x - to_x) < abs(y - to_y):
            if max(_APART / 2, before + _APART) < x < WIDTH - _APART / 2:
                before = x
                yield Tick(x, view.height - 5, "middle", name)
        elif 20 < y < view.height - 30:
            yield Tick(4, y - 3, "start", name)
