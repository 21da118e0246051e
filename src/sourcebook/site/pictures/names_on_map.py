# SPDX-License-Identifier: Apache-2.0
"""Where the names of marks go on a map: beside their marks, above or below them, or nowhere, where there is no room."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

MOST = 60
"""Names on a map, at most."""
_LETTER, _HEIGHT = 7.2, 15.0  # of a letter, on average
_REACH = 7.0  # of a mark, to each side

Box = tuple[float, float, float, float]
"""Left, upper, right and lower edge."""


@dataclass(frozen=True, slots=True)
class Name:
    """A name with the place of its base line; ``anchor`` is which point of it stands there."""

    text: str
    x: float
    y: float
    anchor: str


def placed(marks: Sequence[tuple[float, float, float, str]], width: float, height: float) -> list[Name | None]:
    """A place for the name of each mark, given by where it is, how much larger than the least, and its name.

    None for what has no name, or no room for it that no mark and no other name takes.
    """
    taken = [_around(x, y, _REACH + more) for x, y, more, _ in marks]
    names: list[Name | None] = []
    for x, y, more, text in marks:
        name = None
        if text and sum(one is not None for one in names) < MOST:
            for box, found in _places(x, y, _REACH + more, text):
                if _is_within(box, width, height) and not any(_touch(box, other) for other in taken):
                    taken.append(box)
                    name = found
                    break
        names.append(name)
    return names


def _around(x: float, y: float, reach: float) -> Box:
    return x - reach, y - reach, x + reach, y + reach


def _places(x: float, y: float, reach: float, text: str) -> Iterator[tuple[Box, Name]]:
    wide, half = _LETTER * len(text), _HEIGHT / 2
    beside, over, below = y - half, y - reach - _HEIGHT - 1, y + reach + 1
    yield (x + reach + 1, beside, x + reach + 2 + wide, beside + _HEIGHT), Name(text, x + reach + 2, y + 4.5, "start")
    yield (x - reach - 2 - wide, beside, x - reach - 1, beside + _HEIGHT), Name(text, x - reach - 2, y + 4.5, "end")
    for top in (over, below):
        yield (x - wide / 2, top, x + wide / 2, top + _HEIGHT), Name(text, x, top + 11.5, "middle")


def _is_within(box: Box, width: float, height: float) -> bool:
    return box[0] >= 0 and box[1] >= 0 and box[2] <= width and box[3] <= height


def _touch(one: Box, other: Box) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]
