# SPDX-License-Identifier: Apache-2.0
"""What networks are drawn of: clusters of nodes, places by springs and on rings, and lines between marks."""

from __future__ import annotations

import hashlib
import math
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sourcebook.extract.clusters import BRANCHES, FEWER, MOST_LINES, Tree, clustered, lines_between, places_of
from sourcebook.extract.springs import UNIT, laid_out, turned
from sourcebook.site.pictures.spots import HEIGHT, WIDTH, around

Lines = list[tuple[int, int]]


@st.composite
def networks(draw: st.DrawFn, most: int = 60) -> tuple[int, Lines]:
    count = draw(st.integers(1, most))
    node = st.integers(0, count - 1)
    return count, draw(st.lists(st.tuples(node, node), max_size=3 * most))


def _scattered(count: int, lines: int) -> Lines:
    """Lines that look like chance, and are the same each time."""
    return [((7919 * number) % count, (number * number + 31 * number) % count) for number in range(lines)]


# --- clusters --------------------------------------------------------------------------------------------------------


@given(networks())
def test_a_tree_has_each_node_once_and_clusters_within_clusters(network: tuple[int, Lines]) -> None:
    count, lines = network
    order, clusters = clustered(count, lines)
    assert sorted(order) == list(range(count))
    assert (clusters[0].parent, clusters[0].first, clusters[0].last) == (None, 0, count - 1)
    members = [one.leaves for one in clusters]
    covered = [one.leaves for one in clusters]
    for number, one in enumerate(clusters[1:], 1):
        assert one.parent is not None
        assert one.parent < number
        outer = clusters[one.parent]
        assert outer.first + outer.leaves <= one.first <= one.last <= outer.last
        members[one.parent] += 1
        covered[one.parent] += one.last - one.first + 1
    assert max(members) <= BRANCHES
    assert covered == [one.last - one.first + 1 for one in clusters]


@given(networks(), st.data())
def test_what_stands_for_some_nodes_has_each_of_them_once(network: tuple[int, Lines], data: st.DataObject) -> None:
    count, lines = network
    tree = Tree(clustered(count, lines)[1])
    nodes = sorted(data.draw(st.sets(st.integers(0, count - 1), min_size=1)))
    most = data.draw(st.integers(1, 70))
    spans = tree.opened(nodes, most)
    assert len(spans) <= max(most, BRANCHES)
    assert all(before[1] < after[0] for before, after in pairwise(spans))
    found = list(places_of(spans, nodes))
    assert [node for node, _ in found] == nodes
    assert {place for _, place in found} == set(range(len(spans)))


@given(networks(most=20), st.permutations(range(60)))
def test_the_order_of_lines_changes_nothing(network: tuple[int, Lines], order: list[int]) -> None:
    count, lines = network
    shuffled = [lines[place] for place in order if place < len(lines)] + lines[60:]
    turned_round = [(other, one) for one, other in shuffled]
    assert clustered(count, turned_round) == clustered(count, lines)
    assert laid_out(count, turned_round) == laid_out(count, lines)


def test_what_hangs_together_stands_together() -> None:
    """Two groups that only one line joins: no mark has nodes of both, as long as there are more than one."""
    groups = [[(a, b) for a in range(begin, begin + 40) for b in (begin, begin + a % 7)] for begin in (0, 40)]
    order, clusters = clustered(80, [*groups[0], *groups[1], (3, 43)])
    spans = Tree(clusters).opened(range(80), 2)
    for first, last in spans:
        assert len({order[node] < 40 for node in range(first, last + 1)}) == 1


@pytest.mark.parametrize(("count", "lines"), [(3000, 9000), (5000, 4000), (2000, 40_000), (60, 5000)])
def test_many_become_few_marks_with_few_lines(count: int, lines: int) -> None:
    some = _scattered(count, lines)
    order, clusters = clustered(count, some)
    place = {node: number for number, node in enumerate(order)}
    some = [(place[one], place[other]) for one, other in some]
    for most in FEWER:
        spans = Tree(clusters).opened(range(count), most)
        drawn = lines_between(some, dict(places_of(spans, range(count))))
        if len(drawn) <= MOST_LINES:
            break
    assert len(drawn) <= MOST_LINES
    assert len(spans) <= FEWER[0]


def test_a_long_chain_is_no_deep_tree() -> None:
    count = 20_000
    _, clusters = clustered(count, [(one, one + 1) for one in range(count - 1)])
    depths = [0]
    for one in clusters[1:]:
        assert one.parent is not None
        depths.append(depths[one.parent] + 1)
    assert max(depths) < 2 * math.log2(count)


# --- places ----------------------------------------------------------------------------------------------------------


@given(networks(most=30))
def test_places_are_in_the_picture_and_apart(network: tuple[int, Lines]) -> None:
    count, lines = network
    places = laid_out(count, lines)
    assert len(places) == count
    assert all(0 <= x <= UNIT and 0 <= y <= UNIT for x, y in places)
    assert len(set(places)) == count


def test_the_same_lines_have_the_same_places_on_every_machine() -> None:
    """A layout as it was made once, to the last digit: no operation is used whose result differs between machines."""
    places = laid_out(40, _scattered(40, 70))
    digest = hashlib.sha256(repr(places).encode()).hexdigest()[:16]
    assert digest == "2a1e60ff405a1e7d"
    order, clusters = clustered(500, _scattered(500, 900))
    assert hashlib.sha256(repr((order, clusters)).encode()).hexdigest()[:16] == "218aa85e760c4002"


def test_neighbours_are_nearer_than_others() -> None:
    lines = [(0, 1), (1, 2), (2, 0), (3, 4), (4, 5), (5, 3), (2, 3)]
    places = laid_out(6, lines)

    def apart(one: int, other: int) -> float:
        return math.dist(places[one], places[other])

    near = [apart(*line) for line in lines]
    far = [
        apart(one, other) for one in range(6) for other in range(one) if (other, one) not in {*lines, (0, 2), (3, 5)}
    ]
    assert sum(near) / len(near) < sum(far) / len(far)


@given(st.floats(-3, 3))
def test_a_point_after_a_part_of_a_turn(part: float) -> None:
    x, y = turned(part)
    assert x == pytest.approx(math.cos(2 * math.pi * part), abs=1e-9)
    assert y == pytest.approx(math.sin(2 * math.pi * part), abs=1e-9)


@given(networks(most=200), st.data())
def test_around_a_node_every_edge_is_drawn_or_counted(network: tuple[int, Lines], data: st.DataObject) -> None:
    _, lines = network
    edges = [(number, *line) for number, line in enumerate(lines)]
    nodes = sorted({node for line in lines for node in line})
    if not nodes:
        return
    centre = data.draw(st.sampled_from(nodes))
    laid = around(edges, centre, data.draw(st.sampled_from([3, 24, 100])))
    assert sorted(laid.of) == nodes
    assert laid.spots[laid.of[centre]].count == 1
    assert sum(spot.count for spot in laid.spots) == len(nodes)
    assert len(lines_between(lines, laid.of)) <= MOST_LINES
    assert len(laid.places) == len(laid.spots) <= FEWER[0] + 2
    assert all(0 <= x <= WIDTH and 0 <= y <= HEIGHT for x, y in laid.places)
    assert len({(round(x), round(y)) for x, y in laid.places}) == len(laid.places)
