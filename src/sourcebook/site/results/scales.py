# SPDX-License-Identifier: Apache-2.0
"""Scales of charts: where numbers, dates and parts of dates stand, in parts of a width, and which of them are named."""

from __future__ import annotations

import math
from calendar import monthrange
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from sourcebook.content.values import is_part_of_date
from sourcebook.export import cell_text

_MOST = 1e300  # the distance between two such is a number still
_FEW = 4  # parts into which the names on a scale divide it, at most

Span = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Tick:
    """A place on a scale; ``anchor`` is which end of its text stands there."""

    x: str
    text: str
    anchor: str


class Scale:
    """From values to parts of the width."""

    def __init__(self, ends: Iterable[float], *, zero: bool) -> None:
        """``ends`` are all that is to stand on it, with ``zero`` that too. Raises ValueError where there is nothing."""
        some = list(ends)
        self.least, self.most = min(some), max(some)
        self.low = min(self.least, 0) if zero else self.least
        self.high = max(self.most, 0) if zero else self.most

    def part(self, value: float) -> float:
        """In per cent of the width, with room at both sides."""
        wide = self.high - self.low
        return 1.5 + 97 * ((value - self.low) / wide if wide else 0.5)

    def at(self, value: float) -> str:
        """Where a value stands, as SVG has it."""
        return f"{self.part(value):.2f}%"

    def wide(self, low: float, high: float) -> str:
        """How wide a bar is between two values, as SVG has it."""
        return f"{self.part(high) - self.part(low):.2f}%"


def span(value: Any, *, dated: bool) -> Span | None:
    """Where a value begins and ends on its scale; None where it has no place there."""
    if dated:
        return _days(value) if isinstance(value, str) else None
    try:
        number = math.nan if isinstance(value, bytes) or "_" in str(value) else float(value)
    except ValueError:
        return None
    return (number, number) if abs(number) <= _MOST else None  # nor is that so of what is no number


def _days(text: str) -> Span | None:
    if not is_part_of_date(text):
        return None
    year, month, day = (int(one) for one in (*text.split("-"), "0", "0")[:3])
    try:
        first = date(year, month or 1, day or 1)
        last = first if day else date(year, month or 12, monthrange(year, month or 12)[1])
    except ValueError:
        return None
    return first.toordinal(), last.toordinal()


def ticks(scale: Scale, *, dated: bool) -> Iterator[Tick]:
    """A few places on a scale, with what they are called."""
    for value, text in _dates(scale) if dated else _numbers(scale):
        part = scale.part(value)
        anchor = "start" if part < 12 else "end" if part > 88 else "middle"
        yield Tick(f"{part:.2f}%", text, anchor)


def _numbers(scale: Scale) -> Iterator[tuple[float, str]]:
    wide = scale.high - scale.low
    if not wide:
        yield scale.low, in_words(scale.low, dated=False)
        return
    power = 10.0 ** math.floor(math.log10(wide / _FEW))
    step = next(power * one for one in (1, 2, 5, 10) if wide / (power * one) <= _FEW)
    for number in range(math.ceil(scale.low / step), math.floor(scale.high / step) + 1):
        yield number * step, in_words(number * step, dated=False)


_MONTHS = (1, 2, 3, 6, 12, 24, 60, 120, 240, 600, 1200, 2400, 6000, 12_000, 24_000, 60_000)


def _dates(scale: Scale) -> Iterator[tuple[float, str]]:
    """Beginnings of months or years, of which few go into the width; the first day where none does."""
    first, last = date.fromordinal(int(scale.low)), date.fromordinal(int(scale.high))
    begin, end = first.year * 12 + first.month - 1, last.year * 12 + last.month - 1
    step = next(one for one in _MONTHS if (end - begin) / one <= _FEW)
    none = True
    for month in range(-(-begin // step) * step, end + 1, step):
        day = date(max(month // 12, 1), month % 12 + 1, 1)
        if scale.low <= day.toordinal() <= scale.high:
            none = False
            yield day.toordinal(), f"{day.year:04}" if step % 12 == 0 else f"{day.year:04}-{day.month:02}"
    if none:
        yield scale.low, in_words(scale.low, dated=True)


def in_words(value: float, *, dated: bool) -> str:
    """A number, or the day that it stands for."""
    return date.fromordinal(int(value)).isoformat() if dated else cell_text(float(f"{value:.10g}"))
