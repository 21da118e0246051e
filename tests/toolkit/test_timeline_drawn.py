# SPDX-License-Identifier: Apache-2.0
"""Drawings of timelines, whatever they are of: each record is drawn once, no mark lies upon another, all lie within."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sourcebook.extract.site import Collection
from sourcebook.extract.span_layout import NO_EARLIEST, NO_LATEST
from sourcebook.site.cards import Card
from sourcebook.site.pictures.frame import MARKS, Row
from sourcebook.site.pictures.spans import Span, Told, Window
from sourcebook.site.pictures.timeline import LABELLED, WIDTH, Mark, Timeline, draw, singles

LETTERS = st.text("ılmW ", min_size=1, max_size=120)
COLLECTIONS = [
    Collection(name, number, name.title(), "", name, name, "id", "text", "id", "id", ())
    for number, name in enumerate(("events", "postings"), 1)
]
FIRST = st.one_of(st.integers(735_000, 736_000), st.integers(-400_000, 735_000))  # mostly near each other
ONE = st.tuples(FIRST, st.one_of(st.just(0), st.integers(1, 90_000)), st.sampled_from((0, NO_EARLIEST, NO_LATEST)))


def spans_of(some: list[tuple[int, int, int]]) -> list[Span]:
    spans = [
        Span(first, first + wide, COLLECTIONS[row % 2], row, lacks) for row, (first, wide, lacks) in enumerate(some)
    ]
    return sorted(spans, key=lambda one: (one.first, one.last, one.row))


def drawing(spans: list[Span], label: str = "Fog", within: Window = Window()) -> tuple[Timeline, dict[str, Span]]:
    alone = singles(spans, within)
    rows = {f"row-{one.row}": one for one in alone}
    told = {one: Told(Row(f"row-{one.row}", card(one, label), ()), "then", "") for one in alone}
    found = draw(spans, told, lambda *_: "/timeline?collection=events", within)
    assert found
    return found, rows


def card(one: Span, label: str) -> Card:
    return Card(key=str(one.row), href=f"/{one.row}", label=label, collection=one.collection.name)


def counted(mark: Mark) -> int:
    return int(mark.label.replace(",", "")) if mark.shape == "many" else 1


def ends(mark: Mark) -> tuple[float, float]:
    """From where to where the mark is drawn, without its label."""
    if mark.shape == "bar":
        return mark.x - mark.before, mark.x + mark.width + mark.after
    reach = mark.width / 2 if mark.shape == "many" else 5.0
    return mark.x - reach - mark.before, mark.x + reach + mark.after


def hold(found: Timeline, spans: list[Span], rows: dict[str, Span]) -> None:
    assert sum(map(counted, found.marks)) == len(spans)
    assert {mark.row for mark in found.marks if mark.row} == set(rows)
    assert len(found.marks) <= MARKS
    lanes: dict[float, list[tuple[float, float]]] = {}
    for mark in found.marks:
        assert mark.text
        assert mark.y + 4 < found.picture.height
        lanes.setdefault(mark.y, []).append(ends(mark))
    for lane in lanes.values():
        for (_, before), (after, _) in zip(sorted(lane), sorted(lane)[1:], strict=False):
            assert before <= after
    for lower, upper in zip(sorted(lanes)[1:], sorted(lanes), strict=False):
        assert lower - upper >= 11  # a bar is 9 high


@given(st.lists(ONE, min_size=1, max_size=LABELLED), LETTERS)
def test_a_few_have_a_mark_and_a_label_each(some: list[tuple[int, int, int]], label: str) -> None:
    spans = spans_of(some)
    found, rows = drawing(spans, label)
    assert found.apart
    assert len(found.marks) == len(spans)
    hold(found, spans, rows)
    assert all(mark.label for mark in found.marks if label.strip())


@given(st.lists(ONE, min_size=LABELLED + 1, max_size=300))
def test_more_are_packed_or_put_together(some: list[tuple[int, int, int]]) -> None:
    spans = spans_of(some)
    found, rows = drawing(spans)
    hold(found, spans, rows)


@given(st.lists(ONE, min_size=1, max_size=120), FIRST, st.integers(0, 40_000))
def test_a_window_cuts_what_goes_on_beyond_it(some: list[tuple[int, int, int]], first: int, wide: int) -> None:
    last = first + wide
    spans = [one for one in spans_of(some) if one.first <= last and one.last >= first]
    if spans:
        found, rows = drawing(spans, within=Window(first, last, ()))
        hold(found, spans, rows)
        for mark in found.marks:
            assert -30 <= ends(mark)[0] <= ends(mark)[1] <= WIDTH + 30


@pytest.mark.parametrize("count", [MARKS, MARKS + 1, 5_000])
def test_thousands_at_once_are_few_marks(count: int) -> None:
    spans = spans_of([(735_000 + number * 7, number % 3 * 100, 0) for number in range(count)])
    found, rows = drawing(spans)
    hold(found, spans, rows)


def test_a_disc_leads_to_no_more_than_is_asked_for() -> None:
    spans = spans_of([(730_000 + number, 9_000, 0) for number in range(1_800)])  # all of which the window has
    asked: list[tuple[int, int]] = []

    def narrower(_: Collection, first: int, last: int) -> str:
        asked.append((first, last))
        return "/timeline"

    assert draw(spans, {}, narrower, Window(731_500, 731_800))
    assert asked
    assert all(731_500 <= first <= last <= 731_800 for first, last in asked)
