# SPDX-License-Identifier: Apache-2.0
"""What the marks of a network stand for, where there are too many records for a mark each; and where they are."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from sourcebook.extract.clusters import FEWER, MOST_LINES, lines_between, places_of
from sourcebook.extract.springs import UNIT, laid_out, turned
from sourcebook.site.pictures.graph import Edge, Graph

WIDTH, HEIGHT = 900, 640
_ASIDE, _ABOVE = 80, 40  # free of marks at the edges, for labels
_FEW = 12  # marks


@dataclass(frozen=True, slots=True)
class Spot:
    """What a mark stands for: ``count`` nodes, of which ``chief`` has most lines. ``is_rest`` of what is no cluster."""

    chief: int
    count: int
    span: tuple[int, int] | None = None
    is_rest: bool = False


@dataclass(frozen=True, slots=True)
class Laid:
    """Spots with their places in the picture, and the number of that of each node."""

    spots: tuple[Spot, ...]
    places: tuple[tuple[float, float], ...]
    of: Mapping[int, int]
    height: float = HEIGHT


_Sorted = tuple[list[Spot], dict[int, int]]


def whole(graph: Graph, edges: Sequence[Edge], *, is_all: bool) -> Laid:
    """All that some edges link; where these ``is_all`` edges of the release, as it was laid out with it."""
    lines, degrees = _lines(edges), _degrees(edges)
    nodes = sorted(degrees)

    def sort(most: int) -> _Sorted:
        return _spots(graph.tree.opened(nodes, most), nodes, degrees) if nodes else ([], {})

    spots, of = _few(lines, sort)
    stored = graph.places() if is_all else {}
    if spots and all(one.span in stored for one in spots):
        return _placed(spots, [stored[one.span] for one in spots if one.span], of)
    return _sprung(lines, spots, of)


def grouped(graph: Graph, edges: Sequence[Edge], node: int, size: int) -> Laid:
    """The smallest cluster around a node with ``size`` nodes or more; what is outside of it, one by one or as one."""
    number, cluster = graph.tree.around(node, size)
    lines, degrees = _lines(edges), _degrees(edges)
    inside = sorted(one for one in degrees if cluster.first <= one <= cluster.last)
    outside = sorted(degrees.keys() - set(inside), key=lambda one: (-degrees[one], one))

    def sort(most: int) -> _Sorted:
        spots, of = _spots(graph.tree.opened(inside, most, number), inside, degrees) if inside else ([], {})
        _add(spots, of, outside, most // 8)
        return spots, of

    return _sprung(lines, *_few(lines, sort))


def around(edges: Sequence[Edge], centre: int, most: int = FEWER[0], height: float = HEIGHT) -> Laid:
    """A node in the middle, around it what it has lines to, and around these what they have lines to."""
    lines, degrees = _lines(edges), _degrees(edges)
    beside: dict[int, set[int]] = {}
    for one, other in lines:
        beside.setdefault(one, set()).add(other)
        beside.setdefault(other, set()).add(one)
    first = beside.get(centre, set()) - {centre}
    rings = [sorted(ring, key=lambda one: (-degrees[one], one)) for ring in (first, degrees.keys() - first - {centre})]

    def sort(room: int) -> _Sorted:
        spots, of = [Spot(centre, 1, (centre, centre))], {centre: 0}
        _add(spots, of, rings[0], min(room, most) * (2 if not rings[1] else 1) // 2)
        _add(spots, of, rings[1], min(room, most) - len(spots) - 2)
        return spots, of

    spots, of = _few(lines, sort)
    return Laid(tuple(spots), tuple(_rings(lines_between(lines, of), len(spots), height)), of, height)


def _lines(edges: Iterable[Edge]) -> set[tuple[int, int]]:
    return {(one, other) for _, one, other in edges}


def _degrees(edges: Iterable[Edge]) -> Counter[int]:
    return Counter(node for _, one, other in edges for node in ((one, other) if one != other else (one,)))


def _few(lines: set[tuple[int, int]], sort: Callable[[int], _Sorted]) -> _Sorted:
    """As many spots as do not have too many lines."""
    for most in FEWER:
        found = sort(most)
        if len(lines_between(lines, found[1])) <= MOST_LINES:
            break
    return found


def _spots(spans: Sequence[tuple[int, int]], nodes: Sequence[int], degrees: Mapping[int, int]) -> _Sorted:
    of = dict(places_of(spans, nodes))
    members: list[list[int]] = [[] for _ in spans]
    for node, place in of.items():
        members[place].append(node)
    return [Spot(_chief(some, degrees), len(some), span) for some, span in zip(members, spans, strict=True)], of


def _chief(nodes: Iterable[int], degrees: Mapping[int, int]) -> int:
    return min(nodes, key=lambda one: (-degrees[one], one))


def _add(spots: list[Spot], of: dict[int, int], nodes: Sequence[int], most: int) -> None:
    """Add a spot for each of some nodes; of more than ``most``, for the first, and one for all others."""
    alone = nodes if len(nodes) <= max(most, 1) else nodes[: max(most - 1, 0)]
    for node in alone:
        of[node] = len(spots)
        spots.append(Spot(node, 1, (node, node)))
    rest = nodes[len(alone) :]
    if rest:
        of.update(dict.fromkeys(rest, len(spots)))
        spots.append(Spot(rest[0], len(rest), is_rest=True))


def _sprung(lines: Iterable[tuple[int, int]], spots: Sequence[Spot], of: Mapping[int, int]) -> Laid:
    return _placed(spots, laid_out(len(spots), lines_between(lines, of)), of)


def _placed(spots: Sequence[Spot], places: Iterable[tuple[int, int]], of: Mapping[int, int]) -> Laid:
    """Spots where they were laid out: few of them in a low picture."""
    height = HEIGHT if len(spots) > _FEW else HEIGHT * 0.6
    wide, high = (WIDTH - 2 * _ASIDE) / UNIT, (height - 2 * _ABOVE) / UNIT
    return Laid(tuple(spots), tuple((_ASIDE + x * wide, _ABOVE + y * high) for x, y in places), of, height)


def _rings(lines: Iterable[tuple[int, int]], count: int, height: float) -> list[tuple[float, float]]:
    """Places on two rings around spot 0: those of the outer one near to those of the inner that they hang on."""
    beside: dict[int, list[int]] = {}
    for one, other in sorted(lines):
        if one != other:
            beside.setdefault(one, []).append(other)
            beside.setdefault(other, []).append(one)
    inner = sorted(beside.get(0, []))
    outer = [spot for spot in range(1, count) if spot not in inner]
    hangs: dict[int, list[int]] = {}
    for spot in outer:
        hangs.setdefault(next((one for one in beside.get(spot, ()) if one in inner), -1), []).append(spot)
    order = [*inner, -1] if -1 in hangs else inner
    room = [max(1, len(hangs.get(one, ()))) for one in order]
    places = [(WIDTH / 2, height / 2)] * count
    wide, high = WIDTH / 2 - _ASIDE, height / 2 - _ABOVE
    near = 0.52 if outer else 0.85
    begin = 0
    for one, parts in zip(order, room, strict=True):
        if one >= 0:
            places[one] = _at((begin + parts / 2) / sum(room), wide * near, high * near, height)
        for place, spot in enumerate(hangs.get(one, ())):
            places[spot] = _at((begin + place + 0.5) / sum(room), wide, high, height)
        begin += parts
    return places


def _at(part: float, wide: float, high: float, height: float) -> tuple[float, float]:
    x, y = turned(part)
    return WIDTH / 2 + x * wide, height / 2 + y * high
