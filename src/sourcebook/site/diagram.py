# SPDX-License-Identifier: Apache-2.0
"""A diagram of a book: collections as boxes with the properties that refer to others, and a line for each reference.

What refers stands to the left of what it refers to, as far as there are no circles. The same book has the same diagram.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from sourcebook.export.site import Collection, Site

_WIDE, _GAP, _LINE, _HEAD, _APART = 184, 68, 18, 28, 22
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


def diagram(site: Site) -> Diagram:
    """The diagram of a book."""
    references = _references(site)
    columns = _ordered(_columns(references), references)
    titles = {one.name: one.title for one in site.collections}
    boxes: dict[str, Box] = {}
    for number, column in enumerate(columns):
        y = 1
        for name in column:
            boxes[name] = _box(1 + number * (_WIDE + _GAP), y, titles[name], name, references.get(name, {}))
            y = boxes[name].y + boxes[name].height + _APART
    top = max((one.y + one.height + _APART for one in boxes.values()), default=1)
    alone = [one.name for one in site.collections if one.name not in boxes]
    for number, name in enumerate(alone):
        x = 1 + number % _IN_A_ROW * (_WIDE + _APART)
        boxes[name] = _box(x, top + number // _IN_A_ROW * (_HEAD + _APART), titles[name], name, {})
    count = sum(len(to) for some in references.values() for to in some.values())
    return Diagram(
        width=max(one.x + one.width for one in boxes.values()) + 20,
        height=max(one.y + one.height for one in boxes.values()) + 4,
        boxes=tuple(boxes[one.name] for one in site.collections),
        paths=tuple(_paths(boxes, references)),
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


def _columns(references: _References) -> list[list[str]]:
    """The collections that have references or are referred to, by how far they are from those that begin."""
    edges = _edges(references)
    names = list(dict.fromkeys((*edges, *(other for to in edges.values() for other in to))))
    names = [
        name for name in names if edges.get(name) or any(name in to for to in edges.values()) or name in references
    ]
    forward: dict[str, list[str]] = {}
    state: dict[str, int] = {}  # 1 while what a collection leads to is followed, then 2

    def follow(name: str) -> None:
        state[name] = 1
        for other in edges.get(name, ()):
            if state.get(other) != 1:  # else it would lead back, in a circle
                forward.setdefault(name, []).append(other)
            if other not in state:
                follow(other)
        state[name] = 2

    for name in names:
        if name not in state:
            follow(name)
    place = dict.fromkeys(names, 0)
    for _ in names:
        for name in names:
            for other in forward.get(name, ()):
                place[other] = max(place[other], place[name] + 1)
    return [[name for name in names if place[name] == number] for number in range(max(place.values(), default=-1) + 1)]


def _ordered(columns: list[list[str]], references: _References) -> list[list[str]]:
    """The columns, each ordered so that lines to the columns beside it cross little."""
    edges = _edges(references)
    beside: dict[str, set[str]] = {}
    for name, to in edges.items():
        for other in to:
            beside.setdefault(name, set()).add(other)
            beside.setdefault(other, set()).add(name)
    for _ in range(_SWEEPS):
        for way in (columns, columns[::-1]):
            for before, column in pairwise(way):
                where = {name: index / len(before) for index, name in enumerate(before)}
                column.sort(key=lambda name: _middle([where[one] for one in beside.get(name, ()) if one in where]))
    return columns


def _middle(places: Iterable[float]) -> float:
    some = sorted(places)
    return sum(some) / len(some) if some else 0.5


# --- lines ------------------------------------------------------------------------------------------------------------


def _paths(boxes: Mapping[str, Box], references: _References) -> Iterable[str]:
    for name, some in references.items():
        box = boxes[name]
        for index, to in enumerate(some.values()):
            line = box.lines[min(index, len(box.lines) - 1)]
            for other in to:
                if other != name:
                    yield _path(box, line.y - 4, boxes[other])


def _path(box: Box, y: int, to: Box) -> str:
    end = to.y + _HEAD // 2
    if to.x > box.x:
        x, x_end, lean, lean_end = box.x + box.width, to.x, 40, -40
    elif to.x < box.x:
        x, x_end, lean, lean_end = box.x, to.x + to.width, -40, 40
    else:
        x, x_end, lean, lean_end = box.x + box.width, to.x + to.width, 40, 40
    return f"M{x} {y}C{x + lean} {y} {x_end + lean_end} {end} {x_end} {end}"
