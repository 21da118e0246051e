# SPDX-License-Identifier: Apache-2.0
"""How marks of a network are drawn, labels beside them where there is room, and lines between them with arrows."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from unicodedata import east_asian_width

from sourcebook.site.pictures.spots import WIDTH

_LETTER, _WIDE = 8.0, 13.5  # the width of a letter, as wide as usual fonts have it; and of one of Chinese or Japanese


@dataclass(frozen=True, slots=True)
class Mark:
    """A mark: where it is, how many records it stands for, what it says and leads to."""

    x: float
    y: float
    count: int
    text: str
    href: str
    series: int
    radius: float
    label: str = ""
    label_x: float = 0
    label_y: float = 0
    anchor: str = "start"
    is_centre: bool = False

    @property
    def digits(self) -> int:
        """Of how many digits its count is, which tells its size; more than five count for five."""
        return min(len(str(self.count)), 5)


Box = tuple[float, float, float, float]
"""Room that is taken: its left and upper edge, its right and lower."""


def labelled(marks: Sequence[Mark], labels: Sequence[str], height: float) -> tuple[list[Mark], list[Box]]:
    """Marks with labels, of those that have room for one: those that stand for most first."""
    boxes: list[Box] = [
        (mark.x - mark.radius, mark.y - mark.radius, mark.x + mark.radius, mark.y + mark.radius) for mark in marks
    ]
    found = list(marks)
    for place in sorted(range(len(marks)), key=lambda one: (not marks[one].is_centre, -marks[one].count, one)):
        mark, label = marks[place], labels[place]
        for x, y, anchor in _sides(mark) if label else ():
            box = box_of(x, y, anchor, _width(label))
            if _is_inside(box, height) and not any(meet(box, other) for other in boxes):
                boxes.append(box)
                found[place] = replace(mark, label=label, label_x=round(x, 1), label_y=round(y, 1), anchor=anchor)
                break
    return found, boxes


def _sides(mark: Mark) -> Iterator[tuple[float, float, str]]:
    away = mark.radius + 4
    right, left = (mark.x + away, mark.y + 4, "start"), (mark.x - away, mark.y + 4, "end")
    yield from (left, right) if mark.x < WIDTH / 2 else (right, left)
    yield mark.x, mark.y - away, "middle"
    yield mark.x, mark.y + away + 10, "middle"


def box_of(x: float, y: float, anchor: str, width: float) -> Box:
    left = x - {"start": 0.0, "middle": width / 2, "end": width}[anchor]
    return left, y - 12, left + width, y + 4


def _width(label: str) -> float:
    return sum(_WIDE if east_asian_width(letter) in "WF" else _LETTER for letter in label)


def _is_inside(box: Box, height: float) -> bool:
    return box[0] >= 0 and box[1] >= 0 and box[2] <= WIDTH and box[3] <= height


def meet(one: Box, other: Box) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def path_of(start: Mark, end: Mark, *, there: bool, back: bool) -> str:
    """A line from one mark to another, short of both, with an arrow where records lead to."""
    across, down = end.x - start.x, end.y - start.y
    length = math.sqrt(across * across + down * down)
    if length < 1:
        x, y = start.x, start.y - start.radius
        return f"M{x - 4:.1f} {y:.1f}c-22 -30 30 -30 8 0m-6 -5l6 5l4 -7"
    across, down = across / length, down / length
    gaps = [min(mark.radius + 3, length / 3) for mark in (start, end)]
    from_x, from_y = start.x + across * gaps[0], start.y + down * gaps[0]
    to_x, to_y = end.x - across * gaps[1], end.y - down * gaps[1]
    path = f"M{from_x:.1f} {from_y:.1f}L{to_x:.1f} {to_y:.1f}"
    if there:
        path += _arrow(to_x, to_y, across, down)
    return path + _arrow(from_x, from_y, -across, -down) if back else path


def _arrow(x: float, y: float, across: float, down: float) -> str:
    left_x, left_y = x - 8 * across + 4 * down, y - 8 * down - 4 * across
    right_x, right_y = x - 8 * across - 4 * down, y - 8 * down + 4 * across
    return f"M{left_x:.1f} {left_y:.1f}L{x:.1f} {y:.1f}L{right_x:.1f} {right_y:.1f}"
