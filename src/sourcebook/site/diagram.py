# SPDX-License-Identifier: Apache-2.0
"""A diagram of a book: collections as boxes with the properties that refer to others, and a line for each reference.

What refers stands to the left of what it refers to, as far as there are no circles. The same book has the same diagram.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from sourcebook.extract.site import Collection, Site

_WIDE, _GAP, _LINE, _HEAD, _APART = 184, 68, 18, 28, 22
_LANE = 13  # the height that a line takes which passes a column
_LETTERS = 25  # as many as go into a box
_MOST_LINES = 16
_SWEEPS = 4
_IN_A_ROW = 4  # boxes of collections without references


@dataclass(frozen=True, slots=True)
class Line:
    """A property in a box, ``y`` below the top of the diagram; ``own`` where it refers to its own collection."""

    y: int
    text: str
    own: bool


@dataclass(frozen=True, slots=True)
class Box:
    """A collection."""

    x: int
    y: int
    height: int
    title: str
    lines: tuple[Line, ...]
    width: int = _WIDE


@dataclass(frozen=True, slots=True)
class Diagram:
    """Boxes, and the lines between them as paths of SVG."""

    width: int
    height: int
    boxes: tuple[Box, ...]
    paths: tuple[str, ...]
    description: str


_References = Mapping[str, Mapping[str, Sequence[str]]]  # by collection and property, the collections referred to
_Lane = tuple[str, int, bool]  # what passes the column of a number, to which collection, and whether to the right
_Item = str | _Lane  # what stands in a column: a collection, or a line that passes
_Routes = Mapping[tuple[str, str], Sequence[_Lane]]  # from one collection to another


def diagram(site: Site) -> Diagram:
    """The diagram of a book."""
    references = _references(site)
    place = _places(references)
    routes = dict(_routes(references, place))
    titles = {one.name: one.title for one in site.collections}
    boxes: dict[str, Box] = {}
    lanes: dict[_Lane, int] = {}
    top = 1
    for number, column in enumerate(_ordered(_columns(place, routes), routes)):
        y = 1
        for item in column:
            if isinstance(item, str):
                boxes[item] = _box(1 + number * (_WIDE + _GAP), y, titles[item], item, references.get(item, {}))
                y = boxes[item].y + boxes[item].height + _APART
            else:
                lanes[item] = y
                y += _LANE
        top = max(top, y)
    alone = [one.name for one in site.collections if one.name not in boxes]
    for number, name in enumerate(alone):
        x = 1 + number % _IN_A_ROW * (_WIDE + _APART)
        boxes[name] = _box(x, top + number // _IN_A_ROW * (_HEAD + _APART), titles[name], name, {})
    count = sum(len(to) for some in references.values() for to in some.values())
    return Diagram(
        width=max(one.x + one.width for one in boxes.values()) + 20,
        height=max((*(one.y + one.height for one in boxes.values()), *(y + _LANE for y in lanes.values()))) + 4,
        boxes=tuple(boxes[one.name] for one in site.collections),
        paths=tuple(_paths(boxes, references, routes, lanes)),
        description=f"{len(boxes)} collections, {count} references between them. The joins below say the same.",
    )


def _references(site: Site) -> dict[str, dict[str, list[str]]]:
    found: dict[str, dict[str, list[str]]] = {}
    for one in site.collections:
        for link in one.backlinks:
            found.setdefault(link.collection, {}).setdefault(link.path, []).append(one.name)
    in_order: list[Collection] = [one for one in site.collections if one.name in found]
    return {one.name: found[one.name] for one in in_order}


def _box(x: int, y: int, title: str, name: str, references: Mapping[str, Sequence[str]]) -> Box:
    some = list(references.items())
    lines = [
        Line(y + _HEAD + _LINE * index + 13, _short(path), name in to)
        for index, (path, to) in enumerate(some[:_MOST_LINES])
    ]
    if len(some) > _MOST_LINES:
        lines.append(Line(y + _HEAD + _LINE * _MOST_LINES + 13, f"… {len(some) - _MOST_LINES} more", own=False))
    return Box(x, y, _HEAD + (_LINE * len(lines) + 6 if lines else 0), _short(title), tuple(lines))


def _short(text: str) -> str:
    return text if len(text) <= _LETTERS else text[: _LETTERS - 1] + "…"


# --- where boxes stand ------------------------------------------------------------------------------------------------


def _edges(references: _References) -> dict[str, list[str]]:
    return {
        name: list(dict.fromkeys(other for to in some.values() for other in to if other != name))
        for name, some in references.items()
    }


def _places(references: _References) -> dict[str, int]:
    """How far to the right each collection stands that refers to others or is referred to."""
    edges = _edges(references)
    names = list(dict.fromkeys((*references, *(other for to in edges.values() for other in to))))
    forward: dict[str, list[str]] = {}
    followed: dict[str, bool] = {}  # False while what a collection leads to is being followed

    def follow(name: str) -> None:
        followed[name] = False
        for other in edges.get(name, ()):
            if other not in followed:
                follow(other)
                forward.setdefault(name, []).append(other)
            elif followed[other]:  # else it leads back, in a circle
                forward.setdefault(name, []).append(other)
        followed[name] = True

    for name in names:
        if name not in followed:
            follow(name)
    place = dict.fromkeys(names, 0)
    for _ in names:
        for name, to in forward.items():
            for other in to:
                place[other] = max(place[other], place[name] + 1)
    return place


def _routes(references: _References, place: Mapping[str, int]) -> Iterator[tuple[tuple[str, str], tuple[_Lane, ...]]]:
    """The lanes by which each line passes the columns between its ends. Lines that lead to the same share them."""
    for name, to in _edges(references).items():
        for other in to:
            right = place[other] > place[name]
            between = range(place[name] + 1, place[other]) if right else range(place[name] - 1, place[other], -1)
            yield (name, other), tuple((other, column, right) for column in between)


def _columns(place: Mapping[str, int], routes: _Routes) -> list[list[_Item]]:
    columns: list[list[_Item]] = [[] for _ in range(max(place.values(), default=-1) + 1)]
    for name, column in place.items():
        columns[column].append(name)
    for lane in dict.fromkeys(lane for lanes in routes.values() for lane in lanes):
        columns[lane[1]].append(lane)
    return columns


def _ordered(columns: list[list[_Item]], routes: _Routes) -> list[list[_Item]]:
    """The columns, each ordered so that lines to the column beside it cross little."""
    beside: dict[_Item, list[_Item]] = {}
    for (name, other), lanes in routes.items():
        way: tuple[_Item, ...] = (name, *lanes, other)
        for one, two in pairwise(way):
            beside.setdefault(one, []).append(two)
            beside.setdefault(two, []).append(one)
    for _ in range(_SWEEPS):
        for ordered in (columns, columns[::-1]):
            for before, column in pairwise(ordered):
                where = {item: index / len(before) for index, item in enumerate(before)}
                middle = {item: _middle(where[one] for one in beside.get(item, ()) if one in where) for item in column}
                column.sort(key=middle.__getitem__)
    return columns


def _middle(places: Iterable[float]) -> float:
    some = list(places)
    return sum(some) / len(some) if some else 0.5


# --- lines ------------------------------------------------------------------------------------------------------------


def _paths(
    boxes: Mapping[str, Box], references: _References, routes: _Routes, lanes: Mapping[_Lane, int]
) -> Iterator[str]:
    for name, some in references.items():
        box = boxes[name]
        for index, to in enumerate(some.values()):
            line = box.lines[min(index, len(box.lines) - 1)]
            for other in to:
                if other != name:
                    passed = [(lane[1], lanes[lane] + _LANE // 2) for lane in routes[name, other]]
                    yield _path(box, line.y - 4, boxes[other], passed)


def _path(box: Box, y: int, to: Box, passed: Iterable[tuple[int, int]]) -> str:
    """A line from a property to a collection, which passes columns at the given heights."""
    right = to.x > box.x
    near, far = (0, _WIDE) if right else (_WIDE, 0)
    lean = _GAP // 2 if right else -_GAP // 2
    x = box.x + far
    path = f"M{x} {y}"
    for column, height in passed:
        left = 1 + column * (_WIDE + _GAP)
        path += f"C{x + lean} {y} {left + near - lean} {height} {left + near} {height}H{left + far}"
        x, y = left + far, height
    end = to.y + _HEAD // 2
    return path + f"C{x + lean} {y} {to.x + near - lean} {end} {to.x + near} {end}"
