# SPDX-License-Identifier: Apache-2.0
"""The outline of land, and borders: as much as a map shows of it, as fine as its scale can show.

The files in ``world/`` are made of Natural Earth's data by ``scripts/outline.py``, which says how they are written.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import accumulate, pairwise
from pathlib import Path

from sourcebook.exact import loads

_WORLD = Path(__file__).parent / "world"

Line = list[tuple[float, float]]
"""Longitudes and latitudes."""


@dataclass(frozen=True, slots=True)
class Window:
    """A part of the earth between four degrees. ``east`` is more than 180 where it crosses the line of the date."""

    west: float
    south: float
    east: float
    north: float

    @property
    def width(self) -> float:
        """Degrees from west to east."""
        return self.east - self.west

    @property
    def height(self) -> float:
        """Degrees from south to north."""
        return self.north - self.south

    def meets(self, other: Window) -> bool:
        """Whether both have something in common."""
        return (
            self.west <= other.east
            and other.west <= self.east
            and self.south <= other.north
            and other.south <= self.north
        )

    def moved(self, degrees: float) -> Window:
        """The same, so many degrees further east."""
        return Window(self.west + degrees, self.south, self.east + degrees, self.north)


EARTH = Window(-180, -90, 180, 90)


@dataclass(frozen=True, slots=True)
class _Ring:
    """A ring of land: its arcs, each with the degrees that it is to be moved eastward by, so that they follow on.

    ``turned`` is how far east of where it began it ends: a whole turn, either way, where it goes around the ``pole``.
    """

    arcs: tuple[tuple[int, float], ...]
    box: Window
    turned: float
    pole: float


@dataclass(frozen=True, slots=True)
class _Outline:
    """Arcs whose longitudes go on beyond the line of the date, their boxes, the rings of land, and borders."""

    arcs: tuple[Line, ...]
    boxes: tuple[Window, ...]
    land: tuple[_Ring, ...]
    borders: tuple[int, ...]


@cache
def _outline(name: str) -> _Outline:
    content = zlib.decompress((_WORLD / f"{name}.outline").read_bytes())
    parts = []
    while content:
        (size,) = struct.unpack_from("<I", content)
        parts.append(content[4 : 4 + size])
        content = content[4 + size :]
    header = loads(parts[0])
    (wide, high), (left, low) = header["scale"], header["translate"]
    longitudes = [number * wide + left for number in accumulate(_numbers(parts[1]))]
    latitudes = [number * high + low for number in accumulate(_numbers(parts[2]))]
    points = list(zip(longitudes, latitudes, strict=True))
    ends = list(accumulate(header["arcs"]))
    arcs = tuple(_going_on(points[begin:end]) for begin, end in pairwise((0, *ends)))
    boxes = tuple(map(_box, arcs))
    return _Outline(arcs, boxes, tuple(_ring(arcs, boxes, ring) for ring in header["land"]), tuple(header["borders"]))


def _going_on(line: Line) -> Line:
    """A line whose longitudes go on where it crosses the line of the date, instead of beginning at the other end."""
    turns = 0.0
    found = line[:1]
    for (before, _), (x, y) in pairwise(line):
        turns += 360.0 if x - before < -180 else -360.0 if x - before > 180 else 0.0
        found.append((x + turns, y))
    return found


def _ring(arcs: Sequence[Line], boxes: Sequence[Window], numbers: Iterable[int]) -> _Ring:
    placed: list[tuple[int, float]] = []
    begin = end = 0.0
    for arc in numbers:
        line = arcs[_number(arc)]
        first, last = (line[0][0], line[-1][0]) if arc >= 0 else (line[-1][0], line[0][0])
        if not placed:
            begin = end = first
        moved = round((end - first) / 360) * 360.0
        placed.append((arc, moved))
        end = last + moved
    around = [boxes[_number(arc)].moved(moved) for arc, moved in placed]
    south, north = min(one.south for one in around), max(one.north for one in around)
    turned, pole = round((end - begin) / 360) * 360.0, -90.0 if south + north < 0 else 90.0
    if turned:
        south, north = min(south, pole), max(north, pole)
    west, east = min(one.west for one in around), max(one.east for one in around)
    return _Ring(tuple(placed), Window(west, south, east, north), turned, pole)


def _numbers(planes: bytes) -> Sequence[int]:
    size = len(planes) // 4
    mixed = bytearray(len(planes))
    for place in range(4):
        mixed[place::4] = planes[place * size : (place + 1) * size]
    return struct.unpack(f"<{size}i", mixed)


def _box(line: Line) -> Window:
    longitudes, latitudes = [x for x, _ in line], [y for _, y in line]
    return Window(min(longitudes), min(latitudes), max(longitudes), max(latitudes))


def land(window: Window, tolerance: float, *, fine: bool) -> Iterator[Line]:
    """The rings of land that are in a window, cut off at its edges; ``tolerance`` are degrees that cannot be seen."""
    found = _outline("fine" if fine else "coarse")
    for shift in _TURNS:
        there = window.moved(shift)
        arcs = _Simplified(found, there, tolerance)
        for ring in found.land:
            if ring.box.meets(there):
                cut = clipped(arcs.ring(ring), there)
                if len(cut) > 2:
                    yield [(x - shift, y) for x, y in cut]


def borders(window: Window, tolerance: float, *, fine: bool) -> Iterator[Line]:
    """The lines between countries in a window; their ends may lie beyond its edges."""
    found = _outline("fine" if fine else "coarse")
    for shift in _TURNS:
        there = window.moved(shift)
        arcs = _Simplified(found, there, tolerance)
        for arc in found.borders:
            if found.boxes[arc].meets(there):
                for line in _inside(arcs.line(arc), there):
                    yield [(x - shift, y) for x, y in line]


_TURNS = (0.0, -360.0, 360.0)  # a window, and where it is for what goes on beyond the line of the date


def _number(arc: int) -> int:
    return arc if arc >= 0 else -1 - arc


class _Simplified:
    """Arcs as they are drawn in a window. One that is nowhere near is a straight line, which leaves what is around
    the window as it was: the arc and the line are both in a box that the window is not in.
    """

    def __init__(self, found: _Outline, window: Window, tolerance: float) -> None:
        self._found = found
        self._window = window
        self._tolerance = tolerance
        self._made: dict[tuple[int, bool], Line] = {}

    def ring(self, ring: _Ring) -> Line:
        """A ring, from its first point to the one before that again."""
        found: Line = []
        for arc, moved in ring.arcs:
            found += [(x + moved, y) for x, y in self.line(arc, moved)[1:]]
        if ring.turned:
            x, y = found[-1]
            found += [(x, ring.pole), (x - ring.turned, ring.pole), (x - ring.turned, y)]
        return found

    def line(self, arc: int, moved: float = 0.0) -> Line:
        """An arc, in the direction that its number says; ``moved`` is how far east it is going to be."""
        number = _number(arc)
        near = self._found.boxes[number].moved(moved).meets(self._window)
        if (number, near) not in self._made:
            line = self._found.arcs[number]
            self._made[number, near] = simplified(line, self._tolerance) if near else [line[0], line[-1]]
        made = self._made[number, near]
        return made if arc >= 0 else made[::-1]


def simplified(line: Line, tolerance: float) -> Line:
    """A line with fewer points, nowhere further from what it was than ``tolerance`` (Douglas and Peucker).

    Its ends are kept, so that lines that meet there still do. Of a ring a point far from its end is kept too.
    """
    if len(line) < 3:
        return line
    keep = bytearray(len(line))
    keep[0] = keep[-1] = 1
    spans = [(0, len(line) - 1)]
    most = tolerance * tolerance
    while spans:
        first, last = spans.pop()
        (x, y), (to_x, to_y) = line[first], line[last]
        wide, high = to_x - x, to_y - y
        length = wide * wide + high * high
        furthest, at = most, 0
        for index in range(first + 1, last):
            across, down = line[index][0] - x, line[index][1] - y
            if length:
                part = min(1.0, max(0.0, (across * wide + down * high) / length))
                across, down = across - part * wide, down - part * high
            distance = across * across + down * down
            if distance > furthest:
                furthest, at = distance, index
        if at:
            keep[at] = 1
            spans += ((first, at), (at, last))
    return [point for point, kept in zip(line, keep, strict=True) if kept]


def clipped(ring: Line, window: Window) -> Line:
    """A ring cut off at the edges of a window (Sutherland and Hodgman); empty where nothing of it is inside."""
    for axis, edge, sign in ((0, window.west, 1), (0, window.east, -1), (1, window.south, 1), (1, window.north, -1)):
        cut: Line = []
        for before, after in zip((ring[-1:] + ring[:-1]), ring, strict=True):
            inside, was_inside = sign * (after[axis] - edge) >= 0, sign * (before[axis] - edge) >= 0
            if inside != was_inside:
                part = (edge - before[axis]) / (after[axis] - before[axis])
                other = before[1 - axis] + part * (after[1 - axis] - before[1 - axis])
                cut.append((edge, other) if axis == 0 else (other, edge))
            if inside:
                cut.append(after)
        ring = cut
    return ring


def _inside(line: Line, window: Window) -> Iterator[Line]:
    """The parts of a line whose steps may be in a window."""
    part: Line = []
    for before, after in pairwise(line):
        if _box([before, after]).meets(window):
            part = part or [before]
            part.append(after)
        elif part:
            yield part
            part = []
    if part:
        yield part
