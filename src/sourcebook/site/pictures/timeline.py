# SPDX-License-Identifier: Apache-2.0
"""Timelines: records as dots where their day is known, and else as bars over the days that it may be.

Marks are packed into lanes, those of a collection below its name. A few have their labels beside them; where there are
more than a picture can tell apart, those of the same stretch of time are one mark with their count.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from sourcebook.content.statements import Statement
from sourcebook.content.values import date, shortened
from sourcebook.extract.days import day_text
from sourcebook.extract.site import Collection
from sourcebook.extract.span_layout import NO_EARLIEST, NO_LATEST
from sourcebook.site.pictures.axis import Axis, Name
from sourcebook.site.pictures.frame import MARKS, SERIES, Picture, named
from sourcebook.site.pictures.spans import Span, Told, Window

WIDTH = 960
LABELLED = 80
"""Marks that have a label beside them, at most."""
_TALLEST = 60  # lanes of marks without labels: with more, some are drawn as one
_LETTERS = 100  # of a label
_LETTER = 6.9  # its width, on average
_AXIS, _TITLE = 26.0, 30.0
_LANES = {True: 22.0, False: 13.0}  # their height, by whether marks have labels
_LEAST = 5.0  # width of a bar
_REACH = 6.0  # of a dot, to each side
_BELOW = 15.0  # a label for which there is no room beside its mark
_OPEN = 22.0  # how far an open end is drawn
_STRETCHES = 48


@dataclass(frozen=True, slots=True)
class Mark:
    """A ``dot``, a ``bar`` or a disc that stands for ``many``: its middle line ``y``, its left end and its width.

    ``before`` and ``after`` are how far it goes on where an end is not known; ``label`` stands at ``label_x``, and
    ``label_y`` below its middle line.
    """

    shape: str
    x: float
    y: float
    width: float
    series: int
    text: str
    href: str
    row: str = ""
    label: str = ""
    label_x: float = 0
    anchor: str = "start"
    label_y: float = 0
    before: float = 0
    after: float = 0


@dataclass(frozen=True, slots=True)
class Section:
    """The name of a collection above its lanes, and how many of its records are drawn."""

    title: str
    y: float
    count: int


@dataclass(frozen=True, slots=True)
class Timeline:
    """A drawn timeline; ``apart`` says whether each record has a mark of its own."""

    picture: Picture
    sections: tuple[Section, ...]
    marks: tuple[Mark, ...]
    names: tuple[Name, ...]
    breaks: tuple[float, ...]
    apart: bool = True


Narrower = Callable[[Collection, int, int], str]
"""The address of what is between two days of a collection."""


def singles(spans: Sequence[Span], within: Window = Window()) -> list[Span]:
    """The records that have a mark of their own: all, or those that are alone in their stretch of time."""
    if not spans:
        return []
    if _draws_all(spans, within):
        return list(spans)
    axis = _axis(spans, within)
    return [some[0] for some in _stretches(spans, axis).values() if len(some) == 1]


def draw(
    spans: Sequence[Span],
    told: Mapping[Span, Told],
    narrower: Narrower,
    within: Window = Window(),
    lacking: Sequence[str] = (),
    id_: str = "timeline",
) -> Timeline | None:
    """The timeline of some records, which are in order; ``told`` is what is said of each of `singles`.

    Of those that go on beyond what is asked for only what lies ``within`` is drawn. ``lacking`` are sentences on those
    that are not drawn, which stand below it.

    None where there is nothing to draw.
    """
    if not spans:
        return None
    axis = _axis(spans, within)

    def inside(collection: Collection, first: int, last: int) -> str:
        return narrower(collection, *within.cut(first, last))  # what began before is no reason to ask for more

    apart = _draws_all(spans, within)
    labelled = len(spans) <= LABELLED
    sections, marks = [], []
    y = _AXIS
    for series, collection in enumerate(_collections(spans)):
        some = [one for one in spans if one.collection == collection]
        made = (
            [_single(one, told[one], axis, min(series, SERIES - 1), labelled=labelled) for one in some if one in told]
            if apart
            else list(_many(some, told, spans, axis, min(series, SERIES - 1), inside))
        )
        sections.append(Section(collection.title, y + 20, len(some)))
        y += _TITLE
        if labelled:
            for mark in made:
                marks.append(replace(mark, y=y + _LANES[True] / 2))
                y += _LANES[True] + mark.label_y
        else:
            lanes, high = _packed(made), _LANES[False] if apart else 30.0
            marks += [replace(mark, y=y + high * (lane + 0.5)) for mark, lane in zip(made, lanes, strict=True)]
            y += high * (max(lanes, default=0) + 1)
    first, last = date(day_text(min(one.first for one in spans))).text, date(day_text(max(o.last for o in spans))).text
    said = f"{len(spans):,} {'record' if len(spans) == 1 else 'records'}, from {first} to {last}."
    if not apart:
        said += " A disc with a number stands for so many records, and leads to them."
    if axis.breaks:
        said += " Where two broken lines go down, a long time without records is left out."
    height = y + 8
    picture = Picture("timeline", id_, "Timeline", said, WIDTH, height, (said, *lacking), scrolls=True)
    return Timeline(picture, tuple(sections), tuple(marks), tuple(axis.names()), axis.breaks, apart)


def _collections(spans: Sequence[Span]) -> list[Collection]:
    return sorted({one.collection.name: one.collection for one in spans}.values(), key=lambda one: one.number)


def _axis(spans: Sequence[Span], within: Window) -> Axis:
    return Axis((within.cut(one.first, one.last) for one in spans), WIDTH)


def _draws_all(spans: Sequence[Span], within: Window) -> bool:
    if len(spans) <= LABELLED or len(spans) > MARKS:
        return len(spans) <= LABELLED
    axis = _axis(spans, within)
    lanes = 0
    for collection in _collections(spans):
        bare = [_bare(one, axis, 0) for one in spans if one.collection == collection]
        lanes += max(_packed(bare)) + 1
    return lanes <= _TALLEST


# --- marks ------------------------------------------------------------------------------------------------------------


def _bare(one: Span, axis: Axis, series: int) -> Mark:
    """The mark of a record, without what is said of it."""
    left, right = axis.at(one.first), axis.at(one.last)
    before, after = (_OPEN if one.lacks == end else 0 for end in (NO_EARLIEST, NO_LATEST))
    if one.first == one.last:
        return Mark("dot", left, 0, 0, series, "", "", before=before, after=after)
    wide = max(right - left, _LEAST)
    left = min(max(left + right - wide, 0) / 2, WIDTH - wide) if wide == _LEAST else left
    return Mark("bar", left, 0, wide, series, "", "", before=before, after=after)


def _single(one: Span, told: Told, axis: Axis, series: int, *, labelled: bool) -> Mark:
    card = told.row.card
    note = f" ({told.note})" if told.note else ""
    bare = _bare(one, axis, series)
    mark = replace(bare, text=f"{named(card)}: {told.when}{note}", href=card.href, row=told.row.id)
    if not labelled:
        return mark
    # Of a statement neither words nor key stand without who says it, for which there is no room.
    label = "" if isinstance(card, Statement) else shortened(card.label, _LETTERS)
    left, right = _extent(mark)
    wide = _LETTER * len(label)
    if right + wide + 6 <= WIDTH:
        return replace(mark, label=label, label_x=right + 4)
    if left - wide - 6 >= 0:
        return replace(mark, label=label, label_x=left - 4, anchor="end")
    return replace(mark, label=label, label_x=max(4.0, min(left, WIDTH - wide - 4)), label_y=_BELOW)


def _extent(mark: Mark) -> tuple[float, float]:
    """From where to where a mark goes, without its label."""
    reach = _REACH if mark.shape == "dot" else mark.width / 2 if mark.shape == "many" else 0
    right = mark.x + (reach if mark.shape in ("dot", "many") else mark.width)
    return mark.x - reach - mark.before, right + mark.after


def _whole(mark: Mark) -> tuple[float, float]:
    """From where to where a mark goes, with its label."""
    left, right = _extent(mark)
    if not mark.label:
        return left, right
    wide = _LETTER * len(mark.label)
    ends = (mark.label_x - wide, mark.label_x) if mark.anchor == "end" else (mark.label_x, mark.label_x + wide)
    return min(left, ends[0]), max(right, ends[1])


def _packed(marks: Sequence[Mark]) -> list[int]:
    """The lane of each mark, from 0: the first in which it touches none."""
    order = sorted(range(len(marks)), key=lambda number: _whole(marks[number])[0])
    ends: list[float] = []
    lanes = [0] * len(marks)
    for number in order:
        left, right = _whole(marks[number])
        lane = next((lane for lane, end in enumerate(ends) if end + 3 <= left), len(ends))
        ends[lane : lane + 1] = [right]
        lanes[number] = lane
    return lanes


# --- many as one ------------------------------------------------------------------------------------------------------


def _stretches(spans: Sequence[Span], axis: Axis) -> dict[tuple[int, int], list[Span]]:
    """Records by their collection and the stretch of time in which they begin."""
    count = min(_STRETCHES, max(4, MARKS // len(_collections(spans))))
    found: dict[tuple[int, int], list[Span]] = {}

    for one in spans:
        stretch = int(axis.at(one.first) * count / WIDTH)
        found.setdefault((one.collection.number, stretch), []).append(one)
    return found


def _many(
    some: Sequence[Span],
    told: Mapping[Span, Told],
    spans: Sequence[Span],
    axis: Axis,
    series: int,
    narrower: Narrower,
) -> Iterator[Mark]:
    groups = [group for group in _stretches(spans, axis).values() if group[0].collection == some[0].collection]
    most = max(map(len, groups))
    for group in groups:
        if len(group) == 1:
            if group[0] in told:
                yield _single(group[0], told[group[0]], axis, series, labelled=False)
            continue
        first, last = group[0].first, max(one.first for one in group)
        between = date(day_text(first)).text
        between = between if first == last else f"{between} to {date(day_text(last)).text}"
        width = 14 + 14 * (len(group) / most) ** 0.5
        middle = axis.at(sum(one.first for one in group) / len(group))
        text = f"{len(group):,} in {some[0].collection.title}, which begin {between}"
        href = narrower(some[0].collection, first, last)
        yield Mark(
            "many", middle, 0, width, series, text, href, label=f"{len(group):,}", label_x=middle, anchor="middle"
        )
