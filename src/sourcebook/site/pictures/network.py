# SPDX-License-Identifier: Apache-2.0
"""A network as it is drawn: marks for records, lines for those that link them, and what each says and leads to."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from sourcebook.content.labels import Labels, Reference
from sourcebook.content.statements import Statement, fetch, is_statement
from sourcebook.content.values import shortened
from sourcebook.extract.site import Collection
from sourcebook.site.pictures.frame import SERIES, Legend, row_id
from sourcebook.site.pictures.graph import Edge, Graph
from sourcebook.site.pictures.spots import HEIGHT, WIDTH, Laid, Spot
from sourcebook.site.pictures.strokes import Box, Mark, box_of, labelled, meet, path_of
from sourcebook.site.pictures.ties import Tie, called, several, ties, wanted, words

_LABEL = 24  # letters of a label
_RADII = (5, 7.5, 10, 12.5, 15, 18)  # of a record, and of marks by the digits of their count: as the style has them
_BUDGET = 80_000  # letters that all lines of a picture say


@dataclass(frozen=True, slots=True)
class Line:
    """A line: its path with arrows, how many records it is, what it says and leads to; ``row`` in the table."""

    path: str
    x: float
    y: float
    count: int
    text: str
    href: str
    row: str
    label: str = ""


@dataclass(frozen=True, slots=True)
class Network:
    """A network with its marks, and the lines between them."""

    marks: tuple[Mark, ...]
    lines: tuple[Line, ...]
    nodes: int
    width: int = WIDTH
    height: float = HEIGHT


@dataclass(slots=True)
class _Between:
    """The records between two spots, the first of them and the second: whether they lead there, or back."""

    numbers: list[int] = field(default_factory=list)
    there: bool = False
    back: bool = False


@dataclass(frozen=True, slots=True)
class Ways:
    """Where marks and lines lead: of a record, of a cluster by a record and its size, of two records."""

    record: Callable[[Collection, str], str]
    cluster: Callable[[Collection, str, int], str]
    pair: Callable[[tuple[Collection, str], tuple[Collection, str]], str]
    rest: str = "#twin"


def drawn(labels: Labels, graph: Graph, laid: Laid, edges: Sequence[Edge], ways: Ways, centre: int = -1) -> Network:
    """The picture of some edges. ``centre`` is the node in the middle of it, where there is one."""
    between = _between(laid, edges)
    numbers = wanted([one.numbers for one in between.values()])
    ends = {number: (one, other) for number, one, other in edges}
    records = graph.records({spot.chief for spot in laid.spots} | {node for one in numbers for node in ends[one]})
    names = {node: labels.reference(of.name, key) for node, (of, key) in records.items()}
    found = ties(
        labels,
        graph.edge_records(numbers),
        {number: (records[ends[number][0]], records[ends[number][1]]) for number in numbers},
    )
    fetch(labels)
    series = series_of(graph)
    kinds = graph.collections(laid.of)
    groups: list[set[int]] = [set() for _ in laid.spots]
    for node, place in laid.of.items():
        groups[place].add(kinds[node])
    marks = []
    said = [_called(spot, called(names[spot.chief])) for spot in laid.spots]
    for spot, (x, y), text, of in zip(laid.spots, laid.places, said, groups, strict=True):
        collection, key = records[spot.chief]
        titles = ", ".join(sorted(graph.title(number) for number in of))
        href = ways.record(collection, key) if spot.count == 1 else ways.rest
        if spot.count > 1 and spot.span:
            href = ways.cluster(collection, key, spot.span[1] - spot.span[0] + 1)
        marks.append(
            Mark(
                x=round(x, 1),
                y=round(y, 1),
                count=spot.count,
                text=f"{text} ({titles})",
                href=href,
                series=series[next(iter(of))] if len(of) == 1 else SERIES - 1,
                radius=_RADII[min(len(str(spot.count)), 5)] if spot.count > 1 else _RADII[0],
                is_centre=spot.chief == centre and spot.count == 1,
            )
        )
    beside = [_label(spot, names[spot.chief], records[spot.chief][0]) for spot in laid.spots]
    marks, boxes = labelled(marks, beside, laid.height)
    first = graph.edge_records(one.numbers[0] for one in between.values())
    lines = _Lines(labels, laid, marks, said, boxes, ways, records, first, found)
    return Network(tuple(marks), tuple(lines.made(between)), len(laid.of), height=laid.height)


def _between(laid: Laid, edges: Sequence[Edge]) -> dict[tuple[int, int], _Between]:
    """The edges by the two spots that they are drawn between; those within a cluster are not drawn."""
    found: dict[tuple[int, int], _Between] = {}
    for number, one, other in edges:
        start, end = laid.of[one], laid.of[other]
        if start == end and laid.spots[start].count > 1:
            continue
        line = found.setdefault((min(start, end), max(start, end)), _Between())
        line.numbers.append(number)
        line.there |= start <= end
        line.back |= end < start
    return dict(sorted(found.items()))


def series_of(graph: Graph) -> dict[int, int]:
    """By the number of a collection of nodes, that of the colour and shape of its marks, in all pictures of a book."""
    return {number: min(place, SERIES - 2) for place, number in enumerate(graph.node_collections())}


def legend(graph: Graph, nodes: Sequence[int], network: Network) -> list[Legend]:
    """What the marks stand for, of some ``nodes``."""
    order = series_of(graph)
    of = graph.collections(nodes)
    counts: dict[int, int] = {}
    for number in of.values():
        counts[number] = counts.get(number, 0) + 1
    found = [Legend(order[number], graph.title(number), count) for number, count in sorted(counts.items())]
    mixed = sum(mark.count for mark in network.marks if mark.series == SERIES - 1)
    return [*found, Legend(SERIES - 1, "several of these at one mark", mixed)] if mixed else found


def _called(spot: Spot, name: str) -> str:
    if spot.count == 1:
        return name
    more = "more " if spot.is_rest else ""
    return f"{spot.count:,} {more}records, among them {name}"


def _label(spot: Spot, name: Reference, collection: Collection) -> str:
    """What stands beside a mark: no words of a statement, which never stand alone."""
    text = collection.title if isinstance(name.told, Statement) else shortened(name.whole, _LABEL)
    if spot.count == 1:
        return "" if isinstance(name.told, Statement) else text
    return f"{spot.count:,} more" if spot.is_rest else f"{text} and {spot.count - 1:,} more"


@dataclass
class _Lines:
    """The lines of a picture while they are made."""

    labels: Labels
    laid: Laid
    marks: Sequence[Mark]
    said: Sequence[str]
    boxes: list[Box]
    ways: Ways
    records: Mapping[int, tuple[Collection, str]]
    first: Mapping[int, tuple[Collection, str]]  # the records of edges
    ties: Mapping[int, Tie]

    @cached_property
    def has_statements(self) -> bool:
        """Whether some of the book is what somebody said."""
        return any(map(is_statement, self.labels.opened.site.collections))

    def made(self, between: Mapping[tuple[int, int], _Between]) -> Iterator[Line]:
        """The lines, in the order of their spots."""
        left = _BUDGET
        for (start, end), one in between.items():
            text = self._text(start, end, one, brief=left <= 0)
            left -= len(text)
            yield self._line(start, end, one, text, has_room=len(between) <= _FEW_LINES)

    def _text(self, start: int, end: int, one: _Between, *, brief: bool) -> str:
        known = [self.ties[number] for number in one.numbers if number in self.ties]
        if brief or len(known) < len(one.numbers):
            known = []
        if len(known) == 1:
            return words(known[0], has_statements=self.has_statements)
        return several(known, len(one.numbers), self.said[start], self.said[end], has_statements=self.has_statements)

    def _line(self, start: int, end: int, one: _Between, text: str, *, has_room: bool) -> Line:
        collection, key = self.first[one.numbers[0]]
        alone = len(one.numbers) == 1
        href = self.labels.at.record(collection.address, key) if alone else self._closer(start, end)
        marks = self.marks[start], self.marks[end]
        x, y = (marks[0].x + marks[1].x) / 2, (marks[0].y + marks[1].y) / 2
        y -= 26 if start == end else 0
        label = self._label(one, marks) if alone else f"{len(one.numbers):,}"
        box = box_of(x, y + 4, "middle", len(label) * 6.2)
        if not has_room or any(meet(box, other) for other in self.boxes):
            label = ""
        if label:
            self.boxes.append(box)
        return Line(
            path=path_of(*marks, there=one.there, back=one.back),
            x=round(x, 1),
            y=round(y + 4, 1),
            count=len(one.numbers),
            text=text,
            href=href,
            row=row_id("network", collection, key),
            label=label,
        )

    def _label(self, one: _Between, marks: tuple[Mark, Mark]) -> str:
        """How two are linked; in a book of statements nothing, since a line has no room for who says it."""
        tie = self.ties.get(one.numbers[0])
        if tie is None or self.has_statements:
            return ""
        long = math.hypot(marks[1].x - marks[0].x, marks[1].y - marks[0].y)
        return tie.kinds if len(tie.kinds) * 6.2 + 50 < long else ""

    def _closer(self, start: int, end: int) -> str:
        spots = self.laid.spots[start], self.laid.spots[end]
        if all(spot.count == 1 for spot in spots):
            return self.ways.pair(self.records[spots[0].chief], self.records[spots[1].chief])
        largest = max(spots, key=lambda spot: spot.count)
        if largest.span is None or largest.count == 1:
            return self.ways.rest
        collection, key = self.records[largest.chief]
        return self.ways.cluster(collection, key, largest.span[1] - largest.span[0] + 1)


_FEW_LINES = 150  # between which there is room for labels
