# SPDX-License-Identifier: Apache-2.0
"""Charts of answers: where each mark stands, in parts of a width that only the reader's window knows.

Bars are rows with a figure, or with the ends between which it lies; dots are rows in time, or along numbers. What has
no place there is counted.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sourcebook.content.values import Shown, is_part_of_date, shortened
from sourcebook.export.site import title_of
from sourcebook.site.results.asking import Found
from sourcebook.site.scales import Scale, Span, Tick, in_words, span, ticks

_MOST = 60  # bars, or lines of dots
_LABEL = 36  # characters: what goes into the width of a telephone
_TALL = {"bars": 42, "dots": 46}

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
    scale = Scale((end for point in points for end in point.reach), zero=kind == "bars")
    lanes, more = _lanes(kind, points, scale)
    if more:
        told = (*told, f"The chart has the first {_MOST} {kind if kind == 'bars' else 'lines'}; {more} more are below.")
    described = (
        f"{len(points)} {kind}, from {in_words(scale.least, dated=dated)} to {in_words(scale.most, dated=dated)}. "
        "The rows below say the same."
    )
    return Chart(
        kind,
        title,
        described,
        _TALL[kind] * len(lanes) + 26,
        len(points),
        lanes,
        tuple(ticks(scale, dated=dated)),
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
        place = span(row[index], dated=dated)
        if place:
            read[part] = place
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


def _told(rows: int, drawn: int, odd: int, names: Sequence[str]) -> Iterator[str]:
    if drawn < rows:
        where = " or ".join(f"“{title_of(name)}”" for name in names)
        yield f"{rows - drawn:,} of {rows:,} rows {_are(rows - drawn)} not in the chart: no figure in {where}."
    if odd:
        yield f"{odd:,} {'value' if odd == 1 else 'values'} {_are(odd)} not drawn: neither a number nor a date."


def _are(count: int) -> str:
    return "is" if count == 1 else "are"


def _lanes(kind: str, points: Sequence[_Point], scale: Scale) -> tuple[tuple[Lane, ...], int]:
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


def _bar(point: _Point, scale: Scale) -> Iterator[Mark]:
    if point.value:
        low, high = sorted((0.0, point.value[0]))
        yield Mark("bar", scale.at(low), scale.wide(low, high), point.figure)
    if point.ends:
        yield Mark("range", scale.at(point.ends[0]), scale.wide(*point.ends), point.figure)


def _dot(point: _Point, scale: Scale) -> Iterator[Mark]:
    low, high = point.value or point.ends or (0.0, 0.0)
    if high > low:
        yield Mark("range", scale.at(low), scale.wide(low, high), point.figure)
    else:
        yield Mark("dot", scale.at(low), "0", point.figure)
