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
from itertools import accumulate, chain, pairwise
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
class _Outline:
    arcs: tuple[Line, ...]
    boxes: tuple[Window, ...]
    land: tuple[tuple[int, ...], ...]
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
    arcs = tuple(points[begin:end] for begin, end in pairwise((0, *ends)))
    return _Outline(arcs, tuple(map(_box, arcs)), tuple(map(tuple, header["land"])), tuple(header["borders"]))


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
    for shift, there in _shifts(window):
        arcs = _Simplified(found, there, tolerance)
        for ring in found.land:
            if any(found.boxes[_number(arc)].meets(there) for arc in ring) or _around(found, ring, there):
                line = list(chain.from_iterable(arcs.line(arc)[1:] for arc in ring))
                cut = clipped(line, there)
                if len(cut) > 2:
                    yield [(x - shift, y) for x, y in cut]


def borders(window: Window, tolerance: float, *, fine: bool) -> Iterator[Line]:
    """The lines between countries in a window; their ends may lie beyond its edges."""
    found = _outline("fine" if fine else "coarse")
    for shift, there in _shifts(window):
        arcs = _Simplified(found, there, tolerance)
        for arc in found.borders:
            if found.boxes[arc].meets(there):
                for line in _inside(arcs.line(arc), there):
                    yield [(x - shift, y) for x, y in line]


def _shifts(window: Window) -> Iterator[tuple[float, Window]]:
    """The window where the outline has it: beyond the line of the date it goes on at the other end."""
    for shift in (0.0, -360.0, 360.0):
        there = window.moved(shift)
        if there.meets(EARTH) and there.east > EARTH.west and there.west < EARTH.east:
            yield shift, there


def _number(arc: int) -> int:
    return arc if arc >= 0 else -1 - arc


def _around(found: _Outline, ring: Iterable[int], window: Window) -> bool:
    """Whether a window may lie wholly within a ring, none of whose arcs is near."""
    boxes = [found.boxes[_number(arc)] for arc in ring]
    whole = Window(
        min(one.west for one in boxes),
        min(one.south for one in boxes),
        max(one.east for one in boxes),
        max(one.north for one in boxes),
    )
    return whole.meets(window)


class _Simplified:
    """Arcs as they are drawn in a window. One that is nowhere near is a straight line, which leaves what is around
    the window as it was: the arc and the line are both in a box that the window is not in.
    """

    def __init__(self, found: _Outline, window: Window, tolerance: float) -> None:
        self._found = found
        self._window = window
        self._tolerance = tolerance
        self._made: dict[int, Line] = {}

    def line(self, arc: int) -> Line:
        number = _number(arc)
        if number not in self._made:
            line = self._found.arcs[number]
            near = self._found.boxes[number].meets(self._window)
            self._made[number] = simplified(line, self._tolerance) if near else [line[0], line[-1]]
        made = self._made[number]
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
