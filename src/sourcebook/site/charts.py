# SPDX-License-Identifier: Apache-2.0
"""Charts of answers: where each mark stands, in parts of a width that only the reader's window knows.

Bars are rows with a figure, or with the ends between which it lies; dots are rows in time, or along numbers. What has
no place there is counted.
"""

from __future__ import annotations

import math
from calendar import monthrange
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sourcebook.export import cell_text
from sourcebook.export.site import title_of
from sourcebook.site.asking import Found
from sourcebook.site.values import Shown, is_part_of_date, shortened

_MOST = 60  # bars, or lines of dots
_LABEL = 36  # characters: what goes into the width of a telephone
_TALL = {"bars": 42, "dots": 46}
_TICKS = 4

Span = tuple[float, float]
Cells = Mapping[int, Shown]


@dataclass(frozen=True, slots=True)
class Mark:
    """A ``bar``, a ``range`` between two ends, or a ``dot``: its beginning and width in per cent, and what it says."""

    kind: str
    x: str
    width: str
    text: str


@dataclass(frozen=True, slots=True)
class Lane:
    """A bar or a line of dots with its label, ``y`` below the top."""

    y: int
    label: str
    figure: str
    marks: tuple[Mark, ...]


@dataclass(frozen=True, slots=True)
class Tick:
    """A place on the scale; ``anchor`` is which end of its text stands there."""

    x: str
    text: str
    anchor: str


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart: ``told`` are sentences on what is not in it."""

    kind: str
    title: str
    description: str
    height: int
    points: int = 0
    lanes: tuple[Lane, ...] = ()
    ticks: tuple[Tick, ...] = ()
    zero: str = ""
    told: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Point:
    """A row that has a place: its label, the figure in words, a single value or none, and the ends of a range."""

    label: str
    figure: str
    value: Span | None
    ends: Span | None

    @property
    def reach(self) -> tuple[float, ...]:
        return (*(self.value or ()), *(self.ends or ()))


def chart(said: Mapping[str, str], found: Found, cells: Sequence[Cells], numbers: Sequence[int]) -> Chart:
    """The chart that the header of a question asks for, of the rows of these ``numbers`` among those ``found``."""
    kind = "bars" if "bars" in said else "dots"
    names = [said[part] for part in (kind, "low", "high") if part in said]
    columns = {part: found.index(name) for part, name in said.items()}
    place = columns[kind]
    dated = kind == "dots" and place is not None and _dated(row[place] for row in found.rows)
    points, odd = [], 0
    for number in numbers:
        point, unread = _point(kind, columns, found.rows[number], cells[number], dated=dated)
        odd += unread
        if point:
            points.append(point)
    told = tuple(_told(len(numbers), len(points), odd, names))
    title = f"“{title_of(said[kind])}”" + (f" by “{title_of(said['by'])}”" if "by" in said else "")
    if not points:
        return Chart(kind, title, "", 0, told=told)
    scale = _Scale(points, zero=kind == "bars")
    lanes, more = _lanes(kind, points, scale)
    if more:
        told = (*told, f"The chart has the first {_MOST} {kind if kind == 'bars' else 'lines'}; {more} more are below.")
    described = (
        f"{len(points)} {kind}, from {_in_words(scale.least, dated=dated)} to {_in_words(scale.most, dated=dated)}. "
        "The rows below say the same."
    )
    return Chart(
        kind,
        title,
        described,
        _TALL[kind] * len(lanes) + 26,
        len(points),
        lanes,
        tuple(_ticks(scale, dated=dated)),
        scale.at(0) if kind == "bars" else "",
        told,
    )


def _dated(values: Iterator[Any]) -> bool:
    return any(isinstance(one, str) and "-" in one[1:] and is_part_of_date(one) for one in values)


def _point(
    kind: str, columns: Mapping[str, int | None], row: Sequence[Any], shown: Cells, *, dated: bool
) -> tuple[_Point | None, int]:
    """Where a row stands, if anywhere, and how many of its values cannot be read."""
    read: dict[str, Span] = {}
    odd = 0
    for part in (kind, "low", "high"):
        index = columns.get(part)
        if index is None or row[index] is None:
            continue
        span = _span(row[index], dated=dated)
        if span:
            read[part] = span
        else:
            odd += 1
    ends = [end for part in ("low", "high") for end in read.get(part, ())]
    if not read:
        return None, odd
    texts = {part: shown[index].text for part, index in columns.items() if index is not None and index in shown}
    between = "–".join(texts[part] for part in ("low", "high") if part in read)
    alone = texts[kind] if kind in read else ""
    figure = f"{alone} ({between})" if alone and between else alone or between
    return _Point(texts.get("by", ""), figure, read.get(kind), (min(ends), max(ends)) if ends else None), odd


def _span(value: Any, *, dated: bool) -> Span | None:
    """Where a value begins and ends on its scale; None where it has no place there."""
    if dated:
        return _days(value) if isinstance(value, str) else None
    try:
        number = float(value)
    except (TypeError, ValueError):
        return None
    return (number, number) if math.isfinite(number) else None


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


def _told(rows: int, drawn: int, odd: int, names: Sequence[str]) -> Iterator[str]:
    if drawn < rows:
        where = " or ".join(f"“{title_of(name)}”" for name in names)
        yield f"{rows - drawn:,} of {rows:,} rows {_are(rows - drawn)} not in the chart: no figure in {where}."
    if odd:
        yield f"{odd:,} {'value' if odd == 1 else 'values'} {_are(odd)} not drawn: neither a number nor a date."


def _are(count: int) -> str:
    return "is" if count == 1 else "are"


class _Scale:
    """From values to parts of the width."""

    def __init__(self, points: Sequence[_Point], *, zero: bool) -> None:
        reach = [end for point in points for end in point.reach]
        self.least, self.most = min(reach), max(reach)
        self.low = min(self.least, 0) if zero else self.least
        self.high = max(self.most, 0) if zero else self.most

    def part(self, value: float) -> float:
        """In per cent of the width, with room at both sides."""
        wide = self.high - self.low
        return 1.5 + 97 * ((value - self.low) / wide if wide else 0.5)

    def at(self, value: float) -> str:
        return f"{self.part(value):.2f}%"

    def wide(self, low: float, high: float) -> str:
        return f"{self.part(high) - self.part(low):.2f}%"


def _lanes(kind: str, points: Sequence[_Point], scale: _Scale) -> tuple[tuple[Lane, ...], int]:
    if kind == "bars":
        some = [(point.label, point.figure, tuple(_bar(point, scale))) for point in points]
    else:
        lines: dict[str, list[_Point]] = {}
        for point in points:
            lines.setdefault(point.label, []).append(point)
        some = [
            (label, str(len(line)), tuple(mark for point in line for mark in _dot(point, scale)))
            for label, line in lines.items()
        ]
    lanes = tuple(
        Lane(_TALL[kind] * index, shortened(label, _LABEL), figure, marks)
        for index, (label, figure, marks) in enumerate(some[:_MOST])
    )
    return lanes, max(0, len(some) - _MOST)


def _bar(point: _Point, scale: _Scale) -> Iterator[Mark]:
    if point.value:
        low, high = sorted((0.0, point.value[0]))
        yield Mark("bar", scale.at(low), scale.wide(low, high), point.figure)
    if point.ends:
        yield Mark("range", scale.at(point.ends[0]), scale.wide(*point.ends), point.figure)


def _dot(point: _Point, scale: _Scale) -> Iterator[Mark]:
    low, high = point.value or point.ends or (0.0, 0.0)
    if high > low:
        yield Mark("range", scale.at(low), scale.wide(low, high), point.figure)
    else:
        yield Mark("dot", scale.at(low), "0", point.figure)


def _ticks(scale: _Scale, *, dated: bool) -> Iterator[Tick]:
    for value, text in _dates(scale) if dated else _numbers(scale):
        part = scale.part(value)
        anchor = "start" if part < 12 else "end" if part > 88 else "middle"
        yield Tick(f"{part:.2f}%", text, anchor)


def _numbers(scale: _Scale) -> Iterator[tuple[float, str]]:
    wide = scale.high - scale.low
    if not wide:
        yield scale.low, _in_words(scale.low, dated=False)
        return
    power = 10.0 ** math.floor(math.log10(wide / _TICKS))
    step = next(power * one for one in (1, 2, 5, 10) if wide / (power * one) <= _TICKS)
    for number in range(math.ceil(scale.low / step), math.floor(scale.high / step) + 1):
        yield number * step, _in_words(number * step, dated=False)


_MONTHS = (1, 2, 3, 6, 12, 24, 60, 120, 240, 600, 1200, 2400, 6000, 12_000, 24_000, 60_000)


def _dates(scale: _Scale) -> Iterator[tuple[float, str]]:
    """Beginnings of months or years, of which few go into the width; the first day where none does."""
    first, last = date.fromordinal(int(scale.low)), date.fromordinal(int(scale.high))
    begin, end = first.year * 12 + first.month - 1, last.year * 12 + last.month - 1
    step = next(one for one in _MONTHS if (end - begin) / one <= _TICKS)
    none = True
    for month in range(-(-begin // step) * step, end + 1, step):
        day = date(max(month // 12, 1), month % 12 + 1, 1)
        if scale.low <= day.toordinal() <= scale.high:
            none = False
            yield day.toordinal(), f"{day.year:04}" if step % 12 == 0 else f"{day.year:04}-{day.month:02}"
    if none:
        yield scale.low, _in_words(scale.low, dated=True)


def _in_words(value: float, *, dated: bool) -> str:
    return date.fromordinal(int(value)).isoformat() if dated else cell_text(float(f"{value:.10g}"))
