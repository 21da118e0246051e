# SPDX-License-Identifier: Apache-2.0
"""Charts of answers: where each mark stands, in parts of a width that only the reader's window knows.

Bars are rows with a figure, or with the ends between which it lies; dots are rows in time, or along numbers, and bars
where they may be anywhere between two ends. Figures of different units have a chart each, since they share no scale.
What has no place there is counted.
"""

from __future__ import annotations

import textwrap
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from sourcebook.content.values import shortened
from sourcebook.extract.site import title_of
from sourcebook.site.pictures.map import Map
from sourcebook.site.results.asking import Found
from sourcebook.site.results.points import Cells, Point, Said, are_dates, points
from sourcebook.site.scales import Scale, Span, Tick, in_words, ticks

_MOST = 60  # bars, or lines of dots
_LETTERS = 44  # of a line of text: what goes into the width of a telephone
_LABEL = 2  # lines
_LINE = 17  # height of one
_BELOW = {"bars": 15, "dots": 17}  # from the middle of a mark to the next lane
_ABOVE = {"bars": 10, "dots": 12}  # and to the text above it
_ROW = 14  # height of marks above marks in one line
_MOST_ROWS = 24  # of marks in one line
_OPEN = 5.0  # per cent of the width: how far an end goes on that is not known
_DOT = 3.2  # per cent of a telephone's width
_LEAST = 0.9  # per cent of the width: of a range that is too short to be seen


@dataclass(frozen=True, slots=True)
class Mark:
    """A ``bar``, a ``range`` between two ends, the ``open`` end of one, or a ``dot``.

    Its beginning and width are in per cent, ``y`` is its middle below the top of the chart; ``text`` is what it says.
    """

    kind: str
    x: str
    width: str
    text: str
    y: int = 0


@dataclass(frozen=True, slots=True)
class Line:
    """A line of text above marks, ``y`` below the top of the chart: a label, or the ``figure`` beside or below it."""

    y: int
    label: str = ""
    figure: str = ""


@dataclass(frozen=True, slots=True)
class Lane:
    """A bar or a line of dots: its lines of text, its marks, and the middle of their lowest row as ``y``."""

    y: int
    lines: tuple[Line, ...]
    marks: tuple[Mark, ...]

    def lower(self, by: int) -> Lane:
        """The same, so much further below the top."""
        return Lane(
            self.y + by,
            tuple(replace(one, y=one.y + by) for one in self.lines),
            tuple(replace(one, y=one.y + by) for one in self.marks),
        )


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart: ``told`` are sentences on what is not in it. One of the kind ``map`` has that instead of lanes."""

    kind: str
    title: str
    description: str
    height: int
    points: int = 0
    lanes: tuple[Lane, ...] = ()
    ticks: tuple[Tick, ...] = ()
    zero: str = ""
    told: tuple[str, ...] = ()
    map: Map | None = None


def charts(
    parts: Mapping[str, str], found: Found, cells: Sequence[Cells], said: Sequence[Said], numbers: Sequence[int]
) -> tuple[Chart, ...]:
    """The charts that the header of a question asks for, one for each unit; one that is empty where nothing is drawn.

    They are of the rows of these ``numbers`` among those ``found``, of which ``cells`` and ``said`` have what is shown.
    """
    kind = "bars" if "bars" in parts else "dots"
    columns = {part: found.index(name) for part, name in parts.items()}
    places = [index for part in (kind, "low", "high") if (index := columns.get(part)) is not None]
    dated = kind == "dots" and any(are_dates(row[place] for row in found.rows) for place in places)
    made = points(kind, columns, ((found.rows[one], cells[one], said[one]) for one in numbers), dated=dated)
    names = list(dict.fromkeys(parts[part] for part in (kind, "low", "high") if part in parts))
    told = tuple(_told(len(numbers), len(made.points), made.odd, made.turned, names, dated=dated))
    title = _title(kind, parts)
    by_unit: dict[str, list[Point]] = {}
    for point in made.points:
        by_unit.setdefault(point.unit, []).append(point)
    drawn = [_chart(kind, _titled(title, unit), some, dated=dated) for unit, some in by_unit.items()]
    drawn = drawn or [Chart(kind, title, "", 0)]
    return (*drawn[:-1], replace(drawn[-1], told=(*told, *drawn[-1].told)))


def _title(kind: str, parts: Mapping[str, str]) -> str:
    what = f"“{title_of(parts[kind])}”"
    if kind == "dots" and "high" in parts:
        what = f"“{title_of(parts.get('low', parts[kind]))}” to “{title_of(parts['high'])}”"
    return f"{what} by “{title_of(parts['by'])}”" if "by" in parts else what


def _titled(title: str, unit: str) -> str:
    return f"{title}, in {unit}" if unit else title


def _chart(kind: str, title: str, some: Sequence[Point], *, dated: bool) -> Chart:
    before, after = (any(_is_open(point, end) for point in some) for end in ("low", "high"))
    scale = Scale(
        (end for point in some for end in point.reach),
        zero=kind == "bars",
        before=_OPEN if before else 0,
        after=_OPEN if after else 0,
    )
    lanes = list(_bars(some, scale) if kind == "bars" else _lines(some, scale))
    told = []
    if len(lanes) > _MOST:
        what = kind if kind == "bars" else "lines"
        told.append(f"The chart has the first {_MOST} {what}; {len(lanes) - _MOST} more are below.")
    placed, y = [], 0
    for lane in lanes[:_MOST]:
        placed.append(lane.lower(y))
        y = placed[-1].y + _BELOW[kind]
    if before or after:
        told.append("A broken line goes on where an end is not known.")
    described = (
        f"{len(some)} {kind if len(some) > 1 else kind.removesuffix('s')}, from {in_words(scale.least, dated=dated)} "
        f"to {in_words(scale.most, dated=dated)}. The rows below say the same."
    )
    zero = scale.at(0) if kind == "bars" else ""
    return Chart(
        kind, title, described, y + 26, len(some), tuple(placed), tuple(ticks(scale, dated=dated)), zero, tuple(told)
    )


def _told(rows: int, drawn: int, odd: int, turned: int, names: Sequence[str], *, dated: bool) -> Iterator[str]:
    if drawn < rows:
        where = " or ".join(f"“{title_of(name)}”" for name in names)
        what = "date" if dated else "figure"
        yield f"{rows - drawn:,} of {rows:,} rows {are(rows - drawn)} not in the chart: no {what} in {where}."
    if odd:
        yield f"{odd:,} {'value' if odd == 1 else 'values'} {are(odd)} not drawn: neither a number nor a date."
    if turned:
        yield f"{turned:,} {'row' if turned == 1 else 'rows'} {'ends' if turned == 1 else 'end'} before the beginning."


def are(count: int) -> str:
    """The verb of a sentence on so many."""
    return "is" if count == 1 else "are"


# --- marks ------------------------------------------------------------------------------------------------------------


def _texts(label: str, figure: str, answers: Iterable[str]) -> tuple[Line, ...]:
    """A label and what is said beside it, on as many lines as a telephone needs; how it is answered is never cut."""
    said = " · ".join((figure, *answers))
    names = textwrap.wrap(label, _LETTERS)
    if len(names) > _LABEL:
        names = [*names[: _LABEL - 1], shortened(" ".join(names[_LABEL - 1 :]), _LETTERS - 2)]
    if len(names) == 1 and len(f"{label} {said}") <= _LETTERS:
        return (Line(_LINE - 2, label, said),)
    lines = [*((one, "") for one in names), *(("", one) for one in textwrap.wrap(said, _LETTERS))]
    return tuple(Line(_LINE * number - 2, *one) for number, one in enumerate(lines or [("", "")], 1))


def _bars(some: Sequence[Point], scale: Scale) -> Iterator[Lane]:
    """A lane for each row; how its statement is answered stands beside the figure."""
    for point in some:
        lines = _texts(point.label, point.figure, point.answered)
        y = lines[-1].y + _ABOVE["bars"]
        marks = []
        if point.value:
            low, high = sorted((0.0, point.value[0]))
            marks.append(Mark("bar", scale.at(low), scale.wide(low, high), point.text, y))
        yield Lane(y, lines, (*marks, *_range(point, scale, point.text, y)))


def _lines(some: Sequence[Point], scale: Scale) -> Iterator[Lane]:
    """A lane for each label; rows that stand in the same place are one mark, and none lies upon another."""
    lines: dict[str, dict[tuple[Span | None, ...], list[Point]]] = {}
    for point in some:
        lines.setdefault(point.label, {}).setdefault((point.value, point.low, point.high), []).append(point)
    for label, places in lines.items():
        texts = _of_line(label, [point for alike in places.values() for point in alike])
        top = y = texts[-1].y + _ABOVE["dots"]
        marks: list[Mark] = []
        rows: list[float] = []  # where the last mark of each ends
        for alike in sorted(places.values(), key=lambda one: min(one[0].reach)):
            point = alike[0]
            text = point.text if len(alike) == 1 else f"{point.figure}: {len(alike)} rows"
            begin, end = _reach(point, scale)
            row = next((number for number, taken in enumerate(rows) if taken <= begin), min(len(rows), _MOST_ROWS - 1))
            rows[row : row + 1] = [max([end, *rows[row : row + 1]])]
            y = max(y, top + _ROW * row)
            marks += _dots(point, scale, text, top + _ROW * row)
        yield Lane(y, texts, tuple(marks))


def _of_line(label: str, some: Sequence[Point]) -> tuple[Line, ...]:
    if len(some) == 1:
        return _texts(label, some[0].figure, some[0].answered)
    answers = Counter(how for point in some for how in point.answered)
    told = [f"{len(some):,}\N{NO-BREAK SPACE}rows"]
    told += [f"{count:,}\N{NO-BREAK SPACE}{how}" for how, count in answers.items()]
    figures = {point.figure for point in some}
    return _texts(label, figures.pop() if len(figures) == 1 else told.pop(0), told)


def _dots(point: Point, scale: Scale, text: str, y: int) -> Iterator[Mark]:
    """A dot, or a bar from end to end; with the dot on it where a value is known that is none of them."""
    yield from _range(point, scale, text, y)
    if point.value and (point.ends is None or point.value not in (point.low, point.high)):
        yield _between(*point.value, scale, text, y)


def _range(point: Point, scale: Scale, text: str, y: int) -> Iterator[Mark]:
    if point.ends is None:
        return
    low, high = point.ends
    if low < high or (point.low and point.high):
        yield _between(low, high, scale, text, y)
    elif point.value is None or point.value in (point.low, point.high):
        yield Mark("dot", scale.at(low), "0", text, y)
    if _is_open(point, "low"):
        yield Mark("open", f"{scale.part(low) - _OPEN:.2f}%", f"{_OPEN:.2f}%", text, y)
    if _is_open(point, "high"):
        yield Mark("open", scale.at(high), f"{_OPEN:.2f}%", text, y)


def _between(low: float, high: float, scale: Scale, text: str, y: int) -> Mark:
    if high == low:
        return Mark("dot", scale.at(low), "0", text, y)
    begin, end = scale.part(low), scale.part(high)
    wide = max(end - begin, _LEAST)
    return Mark("range", f"{(begin + end - wide) / 2:.2f}%", f"{wide:.2f}%", text, y)


def _is_open(point: Point, end: str) -> bool:
    """Whether of a range with two ends the one that is asked for is not known."""
    return (point.low is None) != (point.high is None) and getattr(point, end) is None


def _reach(point: Point, scale: Scale) -> tuple[float, float]:
    """From where to where a mark covers its line, in per cent."""
    begin, end = scale.part(min(point.reach)), scale.part(max(point.reach))
    return begin - (_OPEN if _is_open(point, "low") else _DOT / 2), end + (
        _OPEN if _is_open(point, "high") else _DOT / 2
    )
