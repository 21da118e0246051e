# SPDX-License-Identifier: Apache-2.0
"""Charts of answers: uncertain ends, units, what is said against a row; each row is drawn or told, none is hidden."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import sourcebook
from sourcebook.content.values import Value
from sourcebook.site import routes
from sourcebook.site.answer import Asked
from sourcebook.site.published import Published
from sourcebook.site.results import asking
from sourcebook.site.results.charts import Chart, Lane, charts
from tests.served import BOOKS

SITE = Path(sourcebook.__file__).parent / "site"
INTERVAL = {"low": "earliest", "high": "latest"}


def drawn(kind: str, names: str, *rows: tuple[object, ...], **parts: str) -> tuple[Chart, ...]:
    found = asking.Found(tuple(names.split()), list(rows), True, len(rows))
    cells = [{index: Value(str(one)) for index, one in enumerate(row) if one is not None} for row in rows]
    return charts({kind: found.names[0], **parts}, found, cells, [{}] * len(rows), range(len(rows)))


def in_time(*rows: tuple[object, ...], **parts: str) -> Chart:
    (one,) = drawn("dots", "earliest latest who", *rows, **INTERVAL, **parts)
    return one


def kinds(lane: Lane) -> list[str]:
    return [mark.kind for mark in lane.marks]


def texts(lane: Lane) -> str:
    return " ".join(word for line in lane.lines for word in (line.label, line.figure) if word)


# --- dates ------------------------------------------------------------------------------------------------------------


def test_a_known_day_is_a_dot_and_an_uncertain_one_a_bar_between_its_ends() -> None:
    one = in_time(("1911-03-05", "1911-03-05", "a"), ("1911-03-05", "1911-04-01", "b"), ("1911", "1911", "c"), by="who")
    assert [kinds(lane) for lane in one.lanes] == [["dot"], ["range"], ["range"]]
    year = one.lanes[2].marks[0]
    assert (year.x, year.width) == ("1.50%", "97.00%")
    assert [texts(lane) for lane in one.lanes] == [
        "a 1911-03-05",
        "b between 1911-03-05 and 1911-04-01",
        "c 1911",
    ]
    assert one.title == "“Earliest” to “Latest” by “Who”"


def test_an_end_that_is_not_known_is_a_broken_line_and_told() -> None:
    one = in_time(("1911-03-05", None, "a"), (None, "1911-12", "b"), by="who")
    assert [kinds(lane) for lane in one.lanes] == [["dot", "open"], ["range", "open"]]
    assert [texts(lane) for lane in one.lanes] == ["a from 1911-03-05", "b until 1911-12"]
    assert one.told == ("A broken line goes on where an end is not known.",)
    after, before = one.lanes[0].marks[1], one.lanes[1].marks[1]
    assert after.x == one.lanes[0].marks[0].x
    assert part(before.x) + part(before.width) == pytest.approx(part(one.lanes[1].marks[0].x), abs=0.02)


def test_an_end_before_the_beginning_is_told() -> None:
    one = in_time(("1911-12-01", "1911-03-01", "a"), ("1911-01-01", "1911-01-01", "a"))
    assert one.told == ("1 row ends before the beginning.",)


def test_a_value_between_its_ends_is_a_dot_on_their_bar() -> None:
    row = ("1911-06-01", "1911-01-01", "1911-12-31")
    (one,) = drawn("dots", "best earliest latest", row, **INTERVAL)
    assert kinds(one.lanes[0]) == ["range", "dot"]
    assert texts(one.lanes[0]) == "1911-06-01 (between 1911-01-01 and 1911-12-31)"


def test_rows_at_the_same_place_are_one_mark_with_their_count_and_others_lie_apart() -> None:
    one = in_time(*[("1911-03-05", "1911-03-05", "a")] * 3, ("1911-03", "1911-04", "a"), ("1912", "1912", "a"))
    (lane,) = one.lanes
    assert sorted(mark.text for mark in lane.marks) == [
        "1911-03-05: 3 rows",
        "1912",
        "between 1911-03 and 1911-04",
    ]
    assert len({mark.y for mark in lane.marks if mark.text != "1912"}) == 2
    assert texts(lane) == "5\N{NO-BREAK SPACE}rows"


day = st.dates().map(lambda one: one.isoformat())
some_day = st.one_of(day, day.map(lambda one: one[:7]), day.map(lambda one: one[:4]), st.none(), st.just("soon"))


@given(st.lists(st.tuples(some_day, some_day, st.sampled_from("abc")), min_size=1, max_size=20))
def test_every_row_in_time_is_drawn_or_told_and_no_mark_hides_another(rows: list[tuple[object, ...]]) -> None:
    one = in_time(*rows, by="who")
    without = next((int(words.split()[0]) for words in one.told if "not in the chart" in words), 0)
    assert one.points == len(rows) - without
    for lane in one.lanes:
        assert lane.marks
        assert all(mark.text for mark in lane.marks)
        ends: dict[int, list[tuple[float, float, str]]] = {}
        for mark in lane.marks:
            wide = 3.0 if mark.kind == "dot" else 0.0
            begin = part(mark.x) - wide / 2
            ends.setdefault(mark.y, []).append((begin, begin + wide + part(mark.width), mark.text))
        for row in ends.values():
            for before, after in zip(sorted(row), sorted(row)[1:], strict=False):
                assert before[1] <= after[0] + 0.95 or before[2] == after[2]  # parts of one mark say the same
    bottoms = [0, *(max(mark.y for mark in lane.marks) for lane in one.lanes)]
    tops = [min(line.y for line in lane.lines) - 15 for lane in one.lanes]
    assert all(bottom <= top for bottom, top in zip(bottoms[:-1], tops, strict=True))


# --- figures ----------------------------------------------------------------------------------------------------------


def test_figures_of_different_units_do_not_share_a_scale() -> None:
    rows = ((25, "km", "a"), (20, "miles", "b"), (37, "km", "c"), (None, None, "d"))
    kilometres, miles = drawn("bars", "far unit who", *rows, unit="unit", by="who")
    assert [texts(lane) for lane in kilometres.lanes] == ["a 25 km", "c 37 km"]
    assert [texts(lane) for lane in miles.lanes] == ["b 20 miles"]
    assert miles.lanes[0].marks[0].width == kilometres.lanes[1].marks[0].width == "97.00%"
    assert (kilometres.title, miles.title) == ("“Far” by “Who”, in km", "“Far” by “Who”, in miles")
    assert kilometres.told == ()
    assert miles.told == ("1 of 4 rows is not in the chart: no figure in “Far”.",)  # once


def test_what_is_noted_on_a_figure_stands_with_it() -> None:
    (one,) = drawn("bars", "far note low", (25, "about", 20), (9, None, None), note="note", low="low")
    assert [texts(lane) for lane in one.lanes] == ["25 (at least 20), about", "9"]
    assert kinds(one.lanes[0]) == ["bar", "range", "open"]


def test_long_words_take_further_lines_and_the_last_is_cut_at_a_word() -> None:
    (one,) = drawn("bars", "far who", (25, "word " * 40), (30, "x"), by="who")
    long, short = one.lanes
    assert [bool(line.label) for line in long.lines] == [True, True, False]
    assert all(len(line.label) <= 44 for line in long.lines)
    assert long.lines[1].label.endswith("word …")
    assert short.lines[0].y > long.marks[0].y


# --- on pages ---------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Published]:
    folder = tmp_path_factory.mktemp("charts") / "book"
    shutil.copytree(BOOKS / "questions", folder)
    heights = folder / "scripts/queries/heights.sql"
    heights.write_text(
        "-- title: Heights and days\n-- link: {remark: remarks}\n"
        "-- chart: {dots: day, low: day, high: until, by: what}\n"
        "SELECT remarks.id AS remark, '1911-05' AS day, '1911-06' AS until, 'kites' AS what FROM remarks\n",
        encoding="utf-8",
    )
    bars = "-- title: Bars\n-- link: {remark: remarks}\n-- chart: {bars: height, by: said_by}\n"
    asked = "SELECT remarks.id AS remark, height, members.name AS said_by FROM remarks"
    (folder / "scripts/queries/bars.sql").write_text(
        f"{bars}{asked} JOIN members ON members.number = speaker ORDER BY remarks.id\n", encoding="utf-8"
    )
    built = sourcebook.build(folder)
    assert built.release, "\n".join(map(str, built.checked.findings))
    with closing(Published(built.release)) as found:
        yield found


def figure(opened: Published, name: str) -> str:
    answer = routes.answer(opened, Asked(("questions", name), {}))
    assert answer.status == 200
    (found,) = re.findall(r'<figure class="chart">.*?</figure>', answer.body.decode(), re.DOTALL)
    return str(found)


def test_a_figure_that_is_denied_says_so_beside_it_and_in_its_title(opened: Published) -> None:
    one = figure(opened, "bars")
    assert '<tspan class="figure">120 · denied · contradicted</tspan>' in one
    (title,) = re.findall(r'<rect class="bar"[^>]*><title>(Ayla [^<]*)</title>', one)
    assert "accuses: said by Ayla Rüzgâr" in title
    assert "Denied by: Bo Lindwurm did not cut any string." in title
    assert "Bo Lindwurm was not on the hill that day." in title


def test_a_mark_of_many_statements_says_none_of_them_and_the_line_how_many_are_denied(opened: Published) -> None:
    one = figure(opened, "heights")
    assert "cut the string" not in one
    said = " ".join(re.sub(r"<[^>]*>", " ", one).split())  # which takes all spaces for the same
    assert "between May 1911 and June 1911 · 6 rows · 1 denied · 2 contradicted" in said


def test_colours_for_the_dark_are_not_for_paper() -> None:
    style = (SITE / "static/site.css").read_text("utf-8")
    assert re.findall(r"@media (.*?)\(prefers-color-scheme: dark\)", style) == ["screen and "] * 2


def part(text: str) -> float:
    return float(text.removesuffix("%"))
