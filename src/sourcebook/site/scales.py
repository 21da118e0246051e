# SPDX-License-Identifier: Apache-2.0
"""Scales of charts: where numbers, dates and parts of dates stand, in parts of a width, and which of them are named."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from sourcebook.extract import cell_text
from sourcebook.extract.days import date_of, day_number, day_span, day_text, year_text

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

    def __init__(self, ends: Iterable[float], *, zero: bool, before: float = 0, after: float = 0) -> None:
        """``ends`` are all that is to stand on it, with ``zero`` that too. Raises ValueError where there is nothing.

        ``before`` and ``after`` are further room at the sides, in per cent.
        """
        some = list(ends)
        self.least, self.most = min(some), max(some)
        self.low = min(self.least, 0) if zero else self.least
        self.high = max(self.most, 0) if zero else self.most
        self._begin, self._room = 1.5 + before, 97 - before - after

    def part(self, value: float) -> float:
        """In per cent of the width, with room at both sides."""
        wide = self.high - self.low
        return self._begin + self._room * ((value - self.low) / wide if wide else 0.5)

    def at(self, value: float) -> str:
        """Where a value stands, as SVG has it."""
        return f"{self.part(value):.2f}%"

    def wide(self, low: float, high: float) -> str:
        """How wide a bar is between two values, as SVG has it."""
        return f"{self.part(high) - self.part(low):.2f}%"


def span(value: Any, *, dated: bool) -> Span | None:
    """Where a value begins and ends on its scale; None where it has no place there."""
    if dated:
        return day_span(value) if isinstance(value, str) else None
    try:
        number = math.nan if isinstance(value, bytes) or "_" in str(value) else float(value)
    except ValueError:
        return None
    return (number, number) if abs(number) <= _MOST else None  # nor is that so of what is no number


def ticks(scale: Scale, *, dated: bool) -> Iterator[Tick]:
    """A few places on a scale, with what they are called."""
    for value, text in dates(scale, _FEW) if dated else _numbers(scale):
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


_MONTHS = (1, 2, 3, 6, 12, 24, 60, 120, 240, 600, 1200, 2400, 6000, 12_000, 24_000, 60_000, 120_000, 1_200_000)


def dates(scale: Scale, few: int) -> Iterator[tuple[float, str]]:
    """Beginnings of months or years that divide a scale into ``few`` parts at most, with their names.

    The first day where none lies on it.
    """
    first, last = date_of(int(scale.low)), date_of(int(scale.high))
    begin, end = first[0] * 12 + first[1] - 1, last[0] * 12 + last[1] - 1
    step = next((one for one in _MONTHS if (end - begin) / one <= few), _MONTHS[-1])
    none = True
    for month in range(-(-begin // step) * step, end + 1, step):
        year, of_year = divmod(month, 12)
        day = day_number(year, of_year + 1, 1)
        if scale.low <= day <= scale.high:
            none = False
            yield day, year_text(year) if step % 12 == 0 else f"{year_text(year)}-{of_year + 1:02}"
    if none:
        yield scale.low, in_words(scale.low, dated=True)


def in_words(value: float, *, dated: bool) -> str:
    """A number, or the day that it stands for."""
    return day_text(int(value)) if dated else cell_text(float(f"{value:.10g}"))
