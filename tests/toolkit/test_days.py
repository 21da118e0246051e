# SPDX-License-Identifier: Apache-2.0
"""Dates and parts of dates as days, and axes of timelines."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sourcebook.extract.days import date_of, day_number, day_span, day_text
from sourcebook.site.pictures.axis import Axis

DAYS = st.integers(-2_000_000, 3_600_000)


@given(st.dates())
def test_days_are_those_of_python(day: date) -> None:
    assert day_number(day.year, day.month, day.day) == day.toordinal()
    assert date_of(day.toordinal()) == (day.year, day.month, day.day)
    assert day_span(day.isoformat()) == (day.toordinal(), day.toordinal())


@given(DAYS)
def test_each_day_has_one_number(number: int) -> None:
    assert day_number(*date_of(number)) == number
    assert date_of(number) < date_of(number + 1)


SPANS = {
    "2015": ("2015-01-01", "2015-12-31"),
    "2015-02": ("2015-02-01", "2015-02-28"),
    "2016-02": ("2016-02-01", "2016-02-29"),
    "1900-02": ("1900-02-01", "1900-02-28"),
    "2014-05-01T12:30:00Z": ("2014-05-01", "2014-05-01"),
    "2014-05-01 12:30": ("2014-05-01", "2014-05-01"),
    "0000": ("0000-01-01", "0000-12-31"),
    "-0044-03-15": ("-0044-03-15", "-0044-03-15"),
}
NONE = [
    "",
    "15",
    "2015-13",
    "2015-00",
    "2015-02-30",
    "2015-2-3",
    "20150203",
    "1911/12",
    "ca. 1911",
    "٢٠١٥",
    "2015-02-03x",
]


@pytest.mark.parametrize("text", SPANS)
def test_parts_of_dates_are_spans(text: str) -> None:
    span = day_span(text)
    assert span is not None
    assert tuple(map(day_text, span)) == SPANS[text]


@pytest.mark.parametrize("text", NONE)
def test_what_is_no_date_has_no_days(text: str) -> None:
    assert day_span(text) is None


SOME = st.lists(st.tuples(DAYS, st.integers(0, 40_000)).map(lambda one: (one[0], one[0] + one[1])), min_size=1)


@given(SOME)
def test_an_axis_keeps_the_order_of_days(spans: list[tuple[int, int]]) -> None:
    axis = Axis(spans, 960)
    days = sorted({day for span in spans for day in span})
    places = [axis.at(day) for day in days]
    assert places == sorted(places)
    assert all(0 <= place <= 960 for place in places)
    names = list(axis.names())
    assert [name.text_x for name in names] == sorted(name.text_x for name in names)


def test_a_long_time_without_records_is_a_break() -> None:
    century = (day_number(1921, 10, 20),) * 2, (day_number(2014, 1, 1), day_number(2015, 12, 31))
    axis = Axis(century, 960)
    assert len(axis.breaks) == 1
    assert axis.at(century[1][1]) - axis.at(century[1][0]) > 700
    assert Axis(century[1:], 960).breaks == ()
