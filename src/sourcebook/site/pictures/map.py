# SPDX-License-Identifier: Apache-2.0
"""A map: its marks, what they stand for, and where each leads."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from sourcebook.content.labels import Labels
from sourcebook.content.statements import Statement, fetch, is_statement, statements
from sourcebook.extract.site import Collection
from sourcebook.site.pictures.drawing import Ground, ground
from sourcebook.site.pictures.frame import SERIES, Legend, named, row_id
from sourcebook.site.pictures.names_on_map import Name, placed
from sourcebook.site.pictures.outline import Window
from sourcebook.site.pictures.points import Cell, Points, keys_of
from sourcebook.site.pictures.projection import WIDTH, View

MOST = 150
"""Marks of a map, at most."""
_LETTERS = 40  # of a name on a map, at most
_NAMED = 2  # records that a mark names; of more it says how many
_MIXED = SERIES - 1  # the series of marks that stand for records of several collections


@dataclass(frozen=True, slots=True)
class Mark:
    """A mark: where it is, how many records it stands for, what it says and leads to; ``row`` is that of the table.

    ``size`` is 0 of a single record, and grows with how many it stands for. What it is ``called`` stands beside it as
    its ``name``, where there is room for that.
    """

    x: float
    y: float
    count: int
    text: str
    href: str
    row: str
    series: int
    size: int
    called: str = ""
    name: Name | None = None


@dataclass(frozen=True, slots=True)
class Map:
    """A map with its marks, in the order in which they are read: from north to south."""

    view: View
    ground: Ground
    marks: tuple[Mark, ...]


def drawn(
    labels: Labels, points: Points, view: View, collections: Sequence[Collection], closer: Callable[[Window], str]
) -> Map:
    """A map of the points in a view. ``closer`` gives the address of a narrower one of a window."""
    cells = points.cells(view, MOST)
    by_number = {one.number: one for one in collections}
    names = _names(labels, cells, by_number)
    order = series(collections)
    marks = [_mark(cell, by_number, names, order, closer) for cell in cells]
    names_of = placed([(one.x, one.y, 2.5 * one.size, one.called) for one in marks], WIDTH, view.height)
    marks = [replace(mark, name=name) for mark, name in zip(marks, names_of, strict=True)]
    return Map(view, ground(view), tuple(marks))


def series(collections: Sequence[Collection]) -> dict[int, int]:
    """By the number of a collection, that of the colour and shape of its marks."""
    last = _MIXED - 1 if len(collections) > 1 else 0
    return {one.number: min(place, last) for place, one in enumerate(collections)}


def legend(collections: Sequence[Collection], counts: Mapping[str, int], marks: Sequence[Mark]) -> list[Legend]:
    """What the marks stand for; ``counts`` are by collection how many of its records are drawn."""
    order = series(collections)
    found = [Legend(order[one.number], one.title, counts.get(one.name, 0)) for one in collections]
    mixed = sum(mark.count for mark in marks if mark.series == _MIXED)
    return [*found, Legend(_MIXED, "several of these at one mark", mixed)] if mixed else found


_Names = Mapping[tuple[int, int], tuple[str, str, str, str]]
"""By collection and row: its words, its page, its row's id, and its label, if that may stand alone."""


def _names(labels: Labels, cells: Sequence[Cell], by_number: Mapping[int, Collection]) -> _Names:
    """What is said of the records that marks name: of statements also who says them, and what answers them."""
    wanted: dict[int, dict[int, None]] = {}
    for cell in cells:
        if cell.count <= _NAMED:
            for number, (_, first, last) in cell.members.items():
                wanted.setdefault(number, {}).update({first: None, last: None})
    found = {}
    for number, rows in wanted.items():
        collection = by_number[number]
        keys = keys_of(labels.opened.connection, list(rows))
        said: dict[str, Statement] = {}
        if is_statement(collection):
            said = {one.key: one for one in statements(labels, collection, list(keys.values()))}
        for key in keys.values():
            labels.reference(collection.name, key)
        fetch(labels)
        for row, key in keys.items():
            text = named(said[key]) if key in said else labels.label(collection.name, key)
            label = (
                "" if key in said or len(text) > _LETTERS else text
            )  # a label that is cut may lack its end: “denied”
            found[number, row] = text, labels.at.record(collection.address, key), row_id("map", collection, key), label
    return found


def _mark(
    cell: Cell,
    by_number: Mapping[int, Collection],
    names: _Names,
    order: Mapping[int, int],
    closer: Callable[[Window], str],
) -> Mark:
    some = [names[one] for one in _members(cell) if one in names] if cell.count <= _NAMED else []
    text = "; ".join(text for text, *_ in some)
    if not some:
        counted = sorted((by_number[number].title, count) for number, (count, _, _) in cell.members.items())
        text = ", ".join(f"{title}: {count:,}" for title, count in counted)
    if cell.count > 1 and (some or len(cell.members) > 1):
        text = f"{cell.count:,}: {text}"  # what the mark shows, so that who says it aloud is understood
    if cell.count > 1 and cell.is_one_place:
        text += ", at one place"
    alone = len(some) == 1
    return Mark(
        x=round(cell.x, 1),
        y=round(cell.y, 1),
        count=cell.count,
        text=text,
        href=some[0][1] if alone else closer(cell.window),
        row=some[0][2] if alone else "",
        series=order[next(iter(cell.members))] if len(cell.members) == 1 else _MIXED,
        size=size_of(cell.count),
        called=some[0][3] if alone else "",
    )


def _members(cell: Cell) -> Iterator[tuple[int, int]]:
    for number, (_, first, last) in sorted(cell.members.items()):
        yield from ((number, row) for row in dict.fromkeys((first, last)))


def size_of(count: int) -> int:
    """The size of a mark that stands for so many."""
    return 0 if count == 1 else min(5, len(str(count)))
