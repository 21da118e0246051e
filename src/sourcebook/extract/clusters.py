# SPDX-License-Identifier: Apache-2.0
"""Many nodes put together to few, and these to fewer, until all are one: a tree that pictures of networks open as far.

Whole numbers alone, in an order that the numbers of nodes give: the same lines make the same tree on every machine.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from heapq import heappop, heappush

BRANCHES = 24
"""Members of a cluster, at most: nodes and clusters."""


@dataclass(frozen=True, slots=True)
class Cluster:
    """Some nodes that follow each other in the order of the tree, from ``first`` to ``last``.

    Its own ``leaves``, which stand in no cluster within it, come first. ``parent`` is None of the one that has all.
    """

    parent: int | None
    first: int
    last: int
    leaves: int


def clustered(count: int, lines: Iterable[tuple[int, int]]) -> tuple[list[int], list[Cluster]]:
    """``count`` nodes, numbered from 0, in the order of a tree; and its clusters, each after the one that it is in.

    Round by round each node stands with the one of its neighbours that has most lines of all, which itself stands with
    none; what stands together is a node of the next round. Groups without a line between them are put together last.
    """
    forest = _Forest(count)
    nodes = list(range(count))
    weights = _weights(lines)
    while weights:
        leader = _leaders(weights)
        stars: dict[int, list[int]] = {}
        for node in nodes:
            stars.setdefault(leader.get(node, node), []).append(node)
        into = {}
        for lead, members in stars.items():
            joined = forest.join(members)
            into.update(dict.fromkeys(members, joined))
            into[lead] = joined
        nodes = [into[lead] for lead in stars]
        weights = _between(weights, into)
    return forest.in_order(forest.join(nodes)) if nodes else ([], [])


class Tree:
    """The clusters of a network, to be opened from the one that has all of it."""

    def __init__(self, clusters: Sequence[Cluster]) -> None:
        self._clusters = clusters
        self._below: dict[int, list[int]] = {}
        for number, one in enumerate(clusters):
            if one.parent is not None:
                self._below.setdefault(one.parent, []).append(number)

    def around(self, node: int, size: int) -> tuple[int, Cluster]:
        """The smallest cluster that a node is in with at least ``size`` nodes, and its number; else that of all."""
        number = 0
        while True:
            inner = next((one for one in self._below.get(number, ()) if self._has(one, node)), None)
            if inner is None or self._clusters[inner].last - self._clusters[inner].first + 1 < size:
                return number, self._clusters[number]
            number = inner

    def _has(self, number: int, node: int) -> bool:
        return self._clusters[number].first <= node <= self._clusters[number].last

    def opened(self, nodes: Sequence[int], most: int, top: int = 0) -> list[tuple[int, int]]:
        """What stands for some nodes of the cluster ``top``, which are in order: spans of them, in order.

        The cluster is opened, and again the largest in it, as long as there are no more than ``most`` spans, or than
        the cluster itself has members. A span is a node, or a whole cluster; in each is one of the nodes at least.
        """
        waiting: list[tuple[int, int]] = []
        found: list[tuple[int, int]] = []
        heappush(waiting, (-self._count(nodes, top), top))
        while waiting:
            _, number = heappop(waiting)
            single, below = self._parts(nodes, number)
            if number != top and len(found) + len(waiting) + len(single) + len(below) > most:
                found.append((self._clusters[number].first, self._clusters[number].last))
                continue
            found += single
            for size, inner in below:
                heappush(waiting, (-size, inner))
        return sorted(found)

    def _parts(self, nodes: Sequence[int], number: int) -> tuple[list[tuple[int, int]], list[tuple[int, int]]]:
        """The nodes that stand in a cluster by themselves, as spans; and the clusters in it, with their sizes."""
        one = self._clusters[number]
        begin = bisect_left(nodes, one.first)
        end = bisect_left(nodes, one.first + one.leaves)
        single = [(node, node) for node in nodes[begin:end]]
        below = []
        for inner in self._below.get(number, ()):
            size = self._count(nodes, inner)
            if size == 1:
                node = nodes[bisect_left(nodes, self._clusters[inner].first)]
                single.append((node, node))
            elif size:
                below.append((size, inner))
        return single, below

    def _count(self, nodes: Sequence[int], number: int) -> int:
        one = self._clusters[number]
        return bisect_right(nodes, one.last) - bisect_left(nodes, one.first)


def places_of(spans: Iterable[tuple[int, int]], nodes: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Each of some nodes that is in one of ``spans``, with the number of that; both in order."""
    for number, (first, last) in enumerate(spans):
        for node in nodes[bisect_left(nodes, first) : bisect_right(nodes, last)]:
            yield node, number


FEWER = (100, 70, 48, 32, BRANCHES)
"""Of how many marks a picture is made: of the first number with which it has no more than `MOST_LINES` lines."""
MOST_LINES = 400


def lines_between(lines: Iterable[tuple[int, int]], of: Mapping[int, int]) -> set[tuple[int, int]]:
    """The lines between the marks that nodes are put into: the smaller number of two first."""
    return {(min(pair), max(pair)) for pair in {(of[one], of[other]) for one, other in lines}}


_Weights = dict[tuple[int, int], int]  # how many lines there are between two nodes, the smaller number first


def _weights(lines: Iterable[tuple[int, int]]) -> _Weights:
    found: _Weights = {}
    for one, other in lines:
        if one != other:
            pair = (one, other) if one < other else (other, one)
            found[pair] = found.get(pair, 0) + 1
    return found


def _between(weights: Mapping[tuple[int, int], int], into: Mapping[int, int]) -> _Weights:
    """The lines between what nodes were put into."""
    found: _Weights = {}
    for (one, other), weight in weights.items():
        one, other = into[one], into[other]
        if one != other:
            pair = (one, other) if one < other else (other, one)
            found[pair] = found.get(pair, 0) + weight
    return found


def _leaders(weights: Mapping[tuple[int, int], int]) -> dict[int, int]:
    """With which node each stands that has a line: one that has more, or itself."""
    lines: dict[int, int] = {}
    beside: dict[int, list[int]] = {}
    for (one, other), weight in weights.items():
        lines[one] = lines.get(one, 0) + weight
        lines[other] = lines.get(other, 0) + weight
        beside.setdefault(one, []).append(other)
        beside.setdefault(other, []).append(one)
    ranked = sorted(lines, key=lambda node: (-lines[node], node))
    rank = {node: place for place, node in enumerate(ranked)}
    leader: dict[int, int] = {}
    for node in ranked:
        own = [rank[other] for other in beside[node] if leader.get(other) == other]
        leader[node] = ranked[min(own)] if own else node
    return leader


class _Forest:
    """Trees while they are put together. A tree is a number: that of a node, or a greater one of a cluster."""

    def __init__(self, count: int) -> None:
        self._count = count
        self._members: list[Sequence[int]] = []
        self._sizes: list[int] = []

    def join(self, trees: Sequence[int]) -> int:
        """A tree of some, each with no more than `BRANCHES`: the largest as they are, the others in clusters."""
        if len(trees) == 1:
            return trees[0]
        if len(trees) > BRANCHES:
            ranked = sorted(trees, key=lambda tree: (-self._size(tree), tree))
            kept = BRANCHES // 2
            rest = sorted(ranked[kept:])
            part = -(-len(rest) // (BRANCHES - kept))
            trees = ranked[:kept] + [self.join(rest[begin : begin + part]) for begin in range(0, len(rest), part)]
        self._members.append(trees)
        self._sizes.append(sum(map(self._size, trees)))
        return self._count + len(self._members) - 1

    def _size(self, tree: int) -> int:
        return 1 if tree < self._count else self._sizes[tree - self._count]

    def in_order(self, root: int) -> tuple[list[int], list[Cluster]]:
        """The nodes of a tree and its clusters, from the root on: of each first its nodes, then its clusters."""
        order: list[int] = []
        clusters: list[Cluster] = []
        waiting: list[tuple[int, int | None]] = [(root, None)]
        while waiting:
            tree, parent = waiting.pop()
            members = [tree] if tree < self._count else self._members[tree - self._count]
            leaves = sorted(member for member in members if member < self._count)
            below = sorted(
                (one for one in members if one >= self._count), key=lambda one: (self._size(one), -one)
            )  # the largest is taken first
            size = len(leaves) + sum(map(self._size, below))
            number = len(clusters)
            clusters.append(Cluster(parent, len(order), len(order) + size - 1, len(leaves)))
            order += leaves
            waiting += [(one, number) for one in below]
        return order, clusters
