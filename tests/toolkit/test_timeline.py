# SPDX-License-Identifier: Apache-2.0
"""The timeline: every record that is asked for is drawn, put together with others, or told; with the table below."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from sourcebook.extract.site import Collection
from sourcebook.site import routes
from sourcebook.site.answer import Asked
from sourcebook.site.published import Published
from tests.harbour import opened as harbour_opened

ODD = """\
- {id: old, name: Founding of the harbour, earliest: "-0044-03-15", latest: "-0044-03-15"}
- {id: year, name: Year of the great fog, earliest: "1911", latest: "1911"}
- {id: open, name: Lamps are lit, earliest: "1912-02-03", date_note: No end is told.}
- {id: until, name: Lamps are out, latest: "1912-02"}
- {id: none, name: Day that nobody knows}
- {id: turned, name: End before the beginning, earliest: "1912-05-01", latest: "1912-04-01"}
"""


def as_they_are(folder: Path) -> None:
    """Dates may be written in any way."""
    path = folder / "schemas/event.schema.json"
    path.write_text(
        path.read_text("utf-8").replace('"pattern": "^[0-9]{4}(-[0-9]{2}){0,2}$"', '"minLength": 1'), "utf-8"
    )


def with_odd_dates(folder: Path) -> None:
    as_they_are(folder)
    for number, line in enumerate(ODD.splitlines()):
        text = line[3:-1].replace(", ", "\n")
        (folder / f"data/events/odd-{number}.yaml").write_text(
            text.replace("id: ", "id: odd-") + "\nclaims: [ruling-guilty]\n"
        )


@pytest.fixture(scope="module")
def harbour(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Published]:
    with harbour_opened(tmp_path_factory.mktemp("harbour"), with_odd_dates) as found:
        yield found


def page(harbour: Published, **query: str) -> str:
    asked = Asked(("timeline",), {name: (value,) for name, value in query.items()})
    answer = routes.answer(harbour, asked)
    assert answer.status == 200
    return answer.body.decode()


def marks(text: str) -> dict[str, str]:
    """The marks of the picture: by the row that they belong to, what they say."""
    return dict(re.findall(r'<a class="mark [^"]*" href="[^"]*" data-row="([^"]*)"><title>(.*?)</title>', text))


def test_every_record_with_a_date_is_drawn_and_in_the_table(harbour: Published) -> None:
    text = page(harbour)
    drawn = marks(text)
    rows = re.findall(r'<tr id="(row-[^"]*)">', text)
    assert list(drawn) == rows
    assert len(rows) == 2 + 4
    assert [row for row in rows if row.endswith("odd-old")] == rows[:1]  # in order of time
    said = " ".join(drawn.values())
    assert "Year of the great fog: 1911" in said
    assert "Lamps are lit: from 3 February 1912 (No end is told.)" in said
    assert "Lamps are out: until February 1912" in said


def test_what_has_no_place_in_time_is_told(harbour: Published) -> None:
    text = page(harbour)
    assert "1 of 8 in Events has no date." in text
    assert "1 of 8 in Events has a date that cannot be read, or an end before the beginning." in text


def test_a_known_day_is_a_dot_and_others_are_bars(harbour: Published) -> None:
    text = page(harbour)
    shapes = dict(re.findall(r'<a class="mark s0 (\w+)" [^>]*data-row="row-timeline-\d+-([^"]*)"', text))
    assert shapes["dot"]
    kinds = {
        key: kind for kind, key in re.findall(r'class="mark s0 (\w+)" [^>]*data-row="row-timeline-\d+-([^"]*)"', text)
    }
    assert (kinds["odd-old"], kinds["odd-year"], kinds["odd-open"], kinds["odd-until"]) == ("dot", "bar", "dot", "bar")
    assert text.count('class="edge open"') == 2


def test_only_what_lies_between_two_dates(harbour: Published) -> None:
    text = page(harbour, **{"from": "1912-02", "to": "1912-12"})
    assert {row.rpartition("odd-")[2] for row in marks(text) if "odd-" in row} == {"open", "until"}
    assert 'value="1912-02"' in text
    assert "No record that is asked for has a date." in page(harbour, **{"from": "1950"})


@pytest.mark.parametrize(
    ("query", "told"),
    [
        ({"from": "last week"}, "“last week” is no date"),
        ({"from": "2020-13"}, "“2020-13” is no date"),
        ({"from": "2020", "to": "2010"}, "The end lies before the beginning."),
        ({"collection": "nope"}, "“nope” is no collection that is shown here."),
    ],
)
def test_what_means_nothing_is_refused_with_the_reason(harbour: Published, query: dict[str, str], told: str) -> None:
    asked = Asked(("timeline",), {name: (value,) for name, value in query.items()})
    answer = routes.answer(harbour, asked)
    assert answer.status == 400
    assert told in answer.body.decode()
    data = routes.answer(harbour, replace(asked, data=True))
    assert (data.status, told in json.loads(data.body)["error"]) == (400, True)


def test_words_and_filters_narrow_it_down(harbour: Published) -> None:
    assert list(marks(page(harbour, q="fog"))) == [row for row in marks(page(harbour)) if row.endswith("year")]


def test_a_label_is_never_cut_before_it_says_that_it_is_denied(harbour: Published) -> None:
    assert "as alleged and as denied</text>" in page(harbour)


def test_the_page_of_a_record_has_its_times(harbour: Published) -> None:
    text = routes.answer(harbour, Asked(("events", "night-of-the-barrels"))).body.decode()
    assert 'data-picture="timeline"' in text
    assert 'id="small-timeline-twin"' in text
    people = routes.answer(harbour, Asked(("documents", "court-second"))).body.decode()
    assert 'data-picture="timeline"' not in people


def many(folder: Path) -> None:
    for number in range(1_500):
        year, day = 1800 + number // 12, f"{number % 12 + 1:02}"
        name = f"Fog number {number}"
        (folder / f"data/events/fog-{number}.yaml").write_text(
            f"id: fog-{number}\nname: {name}\nclaims: [ruling-guilty]\n"
            f'earliest: "{year}-{day}-07"\nlatest: "{year}-{day}-07"\n'
        )


def test_thousands_are_put_together_and_all_are_reached(tmp_path: Path) -> None:
    with harbour_opened(tmp_path, many) as found:
        text = page(found)
        assert len(text) < 300_000
        discs = re.findall(r'<a class="mark s0 many" href="([^"]*)"><title>([\d,]+) in', text)
        alone = len(re.findall(r'<a class="mark s0 (?:dot|bar)"', text))
        assert sum(int(count.replace(",", "")) for _, count in discs) + alone == 1_502
        assert "Rows 1–200 of 1,502" in text
        query = dict(one.split("=") for one in discs[0][0].partition("?")[2].replace("&amp;", "&").split("&"))
        assert len(marks(page(found, **query))) == int(discs[0][1])


def test_a_book_without_times_has_no_timeline(tmp_path: Path) -> None:
    def without(folder: Path) -> None:
        path = folder / "datapackage.yaml"
        text = path.read_text("utf-8")
        path.write_text(re.sub(r"      role:\n        interval:.*\n", "", text), "utf-8")

    with harbour_opened(tmp_path, without) as found:
        assert routes.answer(found, Asked(("timeline",))).status == 404
        assert not any("interval" in one.roles for one in found.site.collections)
        home = routes.answer(found, Asked(())).body.decode()
        assert "/timeline" not in home


def test_its_collections(harbour: Published) -> None:
    dated: list[Collection] = [one for one in harbour.site.collections if "interval" in one.roles]
    assert [one.name for one in dated] == ["events"]
    assert "/timeline" in routes.answer(harbour, Asked(())).body.decode()


def test_where_nothing_is_said_of_how_exact_dates_are_the_table_has_no_column_for_it(tmp_path: Path) -> None:
    def without(folder: Path) -> None:
        path = folder / "datapackage.yaml"
        text = path.read_text("utf-8")
        assert ", imprecise: date_note" in text
        path.write_text(text.replace(", imprecise: date_note", ""), "utf-8")

    with harbour_opened(tmp_path, without) as found:
        assert "How exact" not in page(found)
        assert len(marks(page(found))) == 2
