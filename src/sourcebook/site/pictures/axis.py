# SPDX-License-Identifier: Apache-2.0
"""The axis of a timeline: days to places, with long stretches in which nothing was shown short and as a break."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise

from sourcebook.extract.days import Span
from sourcebook.site.scales import Scale, dates

_SIDE = 14.0  # room at both sides
_BREAK = 30.0  # width of a break
_LONG = 0.12  # part of the whole time from which a stretch without records is broken
_MOST_BREAKS = 6
_LEAST = 64.0  # width of a part between two breaks: there is a name below it
_PER_TICK = 104.0  # width that the name of a day or a year is given
_LETTER = 6.6


@dataclass(frozen=True, slots=True)
class Name:
    """A day on the axis; its ``text`` begins at ``text_x``."""

    x: float
    text: str
    text_x: float


@dataclass(frozen=True, slots=True)
class _Part:
    """A stretch of days that is drawn true to scale, from ``x`` on."""

    first: float
    last: float
    x: float
    width: float

    def at(self, day: float) -> float:
        wide = self.last - self.first
        return self.x + self.width * ((day - self.first) / wide if wide else 0.5)


class Axis:
    """From days to places on a line of a ``width``; ``breaks`` are where days are left out."""

    def __init__(self, spans: Iterable[Span], width: float) -> None:
        """``spans`` are those of the records that are to stand on it: one at least."""
        stretches = list(_covered(spans))
        self._parts = list(_laid_out(_broken(stretches), width))
        self.first, self.last = self._parts[0].first, self._parts[-1].last
        self.breaks = tuple(part.x - _BREAK / 2 for part in self._parts[1:])

    def at(self, day: float) -> float:
        """Where a day stands: at an end of the line, where it lies beyond, or of a break, where it is left out."""
        part = next((one for one in self._parts if day <= one.last), self._parts[-1])
        return part.at(min(max(day, part.first), part.last))

    def names(self) -> Iterator[Name]:
        """Days and years along the axis, as far as there is room for their names."""
        end = 0.0
        for part in self._parts:
            few = max(1, int(part.width / _PER_TICK))
            found = list(dates(Scale((part.first, part.last), zero=False), few))
            for day, text in found if len(found) <= few + 1 else found[:1]:
                x, half = part.at(day), _LETTER * len(text) / 2
                left = max(2.0, x - half)
                if left >= end:
                    yield Name(x, text, left)
                    end = left + 2 * half + 10


def _covered(spans: Iterable[Span]) -> Iterator[Span]:
    """The stretches of days in which there is a record, in order."""
    now: Span | None = None
    for first, last in sorted(spans):
        if now and first <= now[1]:
            now = now[0], max(now[1], last)
        else:
            if now:
                yield now
            now = first, last
    if now:
        yield now


def _broken(stretches: list[Span]) -> list[Span]:
    """The stretches that are drawn true to scale: those between the longest gaps."""
    whole = stretches[-1][1] - stretches[0][0]
    gaps = sorted(
        ((after[0] - before[1], number) for number, (before, after) in enumerate(pairwise(stretches), 1)),
        reverse=True,
    )
    cuts = sorted(number for gap, number in gaps[:_MOST_BREAKS] if gap > _LONG * whole)
    begins = [0, *cuts, len(stretches)]
    return [(stretches[one][0], stretches[other - 1][1]) for one, other in pairwise(begins)]


def _laid_out(parts: list[Span], width: float) -> Iterator[_Part]:
    room = width - 2 * _SIDE - _BREAK * (len(parts) - 1)
    days = [max(last - first, 1) for first, last in parts]
    narrow = [day for day in days if room * day / sum(days) < _LEAST]
    left = room - _LEAST * len(narrow)
    of_wide = sum(days) - sum(narrow)
    x = _SIDE
    for (first, last), day in zip(parts, days, strict=True):
        wide = _LEAST if day in narrow else left * day / of_wide
        yield _Part(first, last, x, wide)
        x += wide + _BREAK
