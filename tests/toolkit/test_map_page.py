# SPDX-License-Identifier: Apache-2.0
"""The map: what is drawn, what is told of what is not, and that the rows below it say the same."""

from __future__ import annotations

import html
import json
import random
import re
import sqlite3
import zlib
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

import sourcebook
import sourcebook.site
from sourcebook.extract import SITE_INDEX
from sourcebook.site.answer import Answer
from sourcebook.site.published import Published
from tests import harbour
from tests.harbour import get, links, opened, text

PLACES = "data/places.yaml"


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Published]:
    with opened(tmp_path_factory.mktemp("map")) as found:
        yield found


def marks(answer: Answer) -> list[tuple[str, str, str]]:
    """The marks of a map: where each leads, its row in the table, and what it says."""
    map_alone = answer.body.decode().partition('data-picture="map"')[2].partition("</figure>")[0]
    found = re.findall(r'<a class="mark[^"]*" href="([^"]*)"(?: data-row="([^"]*)")?><title>([^<]*)</title>', map_alone)
    return [(html.unescape(href), row, html.unescape(words)) for href, row, words in found]


# --- what is drawn ---------------------------------------------------------------------------------------------------


def test_places_are_marks_that_lead_to_their_pages(book: Published) -> None:
    answer = get(book, "/map")
    assert answer.status == 200
    assert marks(answer) == [
        ("/places/old-light", "row-map-4-old-light", "The old light / İhtiyar Fener"),
        ("/places/lantern-harbour", "row-map-4-lantern-harbour", "Lantern Harbour"),
    ]
    for _, row, _ in marks(answer):
        assert f'<tr id="{row}">' in answer.body.decode()


def test_the_table_says_what_the_map_says(book: Published) -> None:
    page = text(get(book, "/map"))
    assert "Rows 1–2 of 2" in page
    assert "10.5° N, 140.25° W" in page
    assert "10.51° N, 140.2° W" in page


def test_what_is_not_drawn_is_told(book: Published) -> None:
    answer = get(book, "/map")
    assert "1 of 3 Places have no coordinates." in text(answer)
    (href,) = [href for href, words in links(answer).items() if words == "Show them"]
    assert "Court of the harbour" in text(get(book, href))
    assert "Rows 1–1 of 1" in text(get(book, href))


def test_whose_borders_they_are_is_told(book: Published) -> None:
    assert "Outlines and borders are Natural Earth’s, drawn to help find places: they take no position." in text(
        get(book, "/map")
    )


def test_the_map_stands_in_the_menu_where_there_is_one(book: Published, tmp_path: Path) -> None:
    assert links(get(book, "/"))["/map"] == "Map"

    def no_role(folder: Path) -> None:
        descriptor = folder / "datapackage.yaml"
        content = descriptor.read_text("utf-8")
        role = "      role:\n        point: {latitude: latitude, longitude: longitude}\n"
        assert role in content
        descriptor.write_text(content.replace(role, ""), encoding="utf-8")

    with opened(tmp_path, no_role) as plain:
        assert "/map" not in links(get(plain, "/"))
        assert get(plain, "/map").status == 404
        with closing(sqlite3.connect(plain.folder / SITE_INDEX)) as index:
            assert index.execute("SELECT count(*) FROM points").fetchone() == (0,)


# --- what is asked for -----------------------------------------------------------------------------------------------


def test_a_map_is_narrowed_down_as_a_listing_is(book: Published) -> None:
    answer = get(book, "/map?kind=lighthouse")
    assert [words for _, _, words in marks(answer)] == ["The old light / İhtiyar Fener"]
    assert "Kind: lighthouse" in text(answer)
    assert "/map" in links(answer)
    assert [words for _, _, words in marks(get(book, "/map?q=ihtiyar"))] == ["The old light / İhtiyar Fener"]
    assert marks(get(book, "/map?collection=places&kind=&q=")) == marks(get(book, "/map"))


def test_nothing_is_found_where_there_is_nothing(book: Published) -> None:
    answer = get(book, "/map?kind=court")
    assert answer.status == 200
    assert "No record that is asked for has a place on the earth." in text(answer)
    assert "<svg viewBox" not in answer.body.decode()


def test_a_part_of_the_earth(book: Published) -> None:
    answer = get(book, "/map?box=-140.21,10.505,-140.19,10.515")
    assert [words for _, _, words in marks(answer)] == ["The old light / İhtiyar Fener"] or len(marks(answer)) == 2
    far = get(book, "/map?box=20,30,21,31")
    assert "2 more lie outside of this map." in text(far)
    assert "in this part of it" in text(far)


@pytest.mark.parametrize(
    ("query", "told"),
    [
        ("box=1,2,3", "“1,2,3” is no part of the earth"),
        ("box=a,b,c,d", "“a,b,c,d” is no part of the earth"),
        ("box=nan,0,1,1", "is no part of the earth"),
        ("box=0,0,inf,1", "is no part of the earth"),
        ("box=0,0,999,1", "has degrees of longitude that there are none of"),
        ("box=0,5,1,1", "has no latitudes from south to north"),
        ("box=0,nan,1,1", "is no part of the earth"),
        ("collection=people", "“people” is no collection that is shown here."),
        ("nothing=1", "“nothing” is no property of these records"),
    ],
)
def test_what_means_nothing_is_told(book: Published, query: str, told: str) -> None:
    answer = get(book, f"/map?{query}")
    assert answer.status == 400
    assert told in text(answer)


@pytest.mark.parametrize(
    "box", ["-180,-90,180,90", "0,-90,0,-90", "179,0,-179,1", "-180,90,-180,90", "180,0,180,0", "10,89,20,90"]
)
def test_any_part_of_the_earth_can_be_asked_for(book: Published, box: str) -> None:
    assert get(book, f"/map?box={box}").status == 200


def test_a_property_called_as_a_parameter_of_the_map_is_no_filter_of_it(tmp_path: Path) -> None:
    def change(folder: Path) -> None:
        for path in (PLACES, "schemas/place.schema.json"):
            content = (folder / path).read_text("utf-8")
            assert "kind" in content
            (folder / path).write_text(content.replace("kind", "box"), encoding="utf-8")
        descriptor = folder / "datapackage.yaml"
        content = descriptor.read_text("utf-8")
        place = content.index("  - name: places")
        changed = content[place:].replace("facets: [kind]", "facets: [box]", 1)
        descriptor.write_text(content[:place] + changed, encoding="utf-8")

    with opened(tmp_path, change) as found:
        answer = get(found, "/map")
        assert len(marks(answer)) == 2
        assert 'name="box"' not in answer.body.decode()


# --- points that are none, and many at one place ---------------------------------------------------------------------

ODD = """
- {id: too-far-north, name: Too far north, kind: harbour, latitude: 90.5, longitude: 3}
- {id: too-far-east, name: Too far east, kind: harbour, latitude: 5, longitude: 200}
- {id: half, name: Half of it, kind: harbour, latitude: 5}
- {id: zero, name: Where nothing is, kind: court, latitude: 0, longitude: 0}
- {id: zero-too, name: There too, kind: court, latitude: 0.0, longitude: 0.0}
- {id: zero-again, name: And this, kind: court, latitude: 0, longitude: -0.0}
"""


@pytest.fixture(scope="module")
def odd(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Published]:
    def change(folder: Path) -> None:
        file = folder / PLACES
        file.write_text(file.read_text("utf-8") + ODD, encoding="utf-8")
        for schema in folder.glob("schemas/place.schema.json"):  # as one has it that says nothing of degrees
            data = json.loads(schema.read_text("utf-8"))
            for name in ("latitude", "longitude"):
                data["properties"][name] = {"type": "number"}
            schema.write_text(json.dumps(data), encoding="utf-8")

    with opened(tmp_path_factory.mktemp("odd"), change) as found:
        yield found


def test_places_that_are_none_are_counted(odd: Published) -> None:
    page = text(get(odd, "/map"))
    assert "3 of 9 Places have coordinates that are no place." in page
    assert "1 of 9 Places have no coordinates." in page
    assert "Rows 1–5 of 5" in page


def test_several_at_one_place_are_one_mark_and_several_rows(odd: Published) -> None:
    answer = get(odd, "/map?kind=court")
    ((href, row, words),) = marks(answer)
    assert words == "Places: 3, at one place"
    assert not row
    assert href == "#twin"  # a map of one place cannot be narrower
    assert ">3</text>" in answer.body.decode()
    for name in ("Where nothing is", "There too", "And this"):
        assert name in text(answer)
    (closer,) = [href for href, _, said in marks(get(odd, "/map")) if said == words]
    assert closer == "/map?box=0.00000%2C0.00000%2C0.00000%2C0.00000"
    assert marks(get(odd, closer)) == [("#twin", "", words)]


def test_zero_is_a_place(odd: Published) -> None:
    assert "0°, 0°" in text(get(odd, "/map?kind=court"))


# --- statements ------------------------------------------------------------------------------------------------------


def test_a_statement_on_a_map_has_who_says_it_and_what_answers_it(tmp_path: Path) -> None:
    def change(folder: Path) -> None:
        descriptor = folder / "datapackage.yaml"
        content = descriptor.read_text("utf-8")
        role = "      role:\n        statement:\n"
        assert content.count(role) == 1
        point = "      role:\n        point: {latitude: latitude, longitude: longitude}\n        statement:\n"
        descriptor.write_text(content.replace(role, point), encoding="utf-8")
        schema = folder / "schemas/claim.schema.json"
        data = json.loads(schema.read_text("utf-8"))
        data["properties"] |= {"latitude": {"type": "number"}, "longitude": {"type": "number"}}
        schema.write_text(json.dumps(data), encoding="utf-8")
        for file in folder.glob("data/claims/*.yaml"):
            content = file.read_text("utf-8")
            key = "id: oil-forty-barrels\n"
            file.write_text(content.replace(key, f"{key}  latitude: 12\n  longitude: -139\n"), encoding="utf-8")

    with opened(tmp_path, change) as found:
        answer = get(found, "/map?collection=claims")
        ((href, row, words),) = marks(answer)
        assert href == "/claims/oil-forty-barrels"
        assert "said by" in words
        assert "Denied by:" in words
        twin = answer.body.decode().partition('<section class="twin"')[2]
        assert f'id="{row}"' in twin
        assert "Said by" in twin
        assert "Denied by" in twin


# --- many ------------------------------------------------------------------------------------------------------------

_SCHEMA = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "type": "object",
    "required": ["id", "name"],
    "additionalProperties": False,
    "properties": {
        "id": {"type": "string"},
        "name": {"type": "string"},
        "class": {"enum": ["hill", "lake", "town"]},
        "lat": {"type": "number"},
        "long": {"type": "number"},
    },
}
_DESCRIPTOR = """
name: gazetteer
title: A gazetteer of what is nowhere
sourcebook: {}
resources:
  - name: features
    title: Features
    path: build/csv/features.csv
    schema: build/tableschema/features.json
    sourcebook:
      records: data/features.json
      schema: schemas/feature.schema.json
      key: id
      layout: list
      label: name
      facets: [class]
      role: {point: {latitude: lat, longitude: long}}
"""
MANY = 4_000


@pytest.fixture(scope="module")
def gazetteer(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Published]:
    """A book of nobody's: thousands of points all over the earth."""
    folder = tmp_path_factory.mktemp("gazetteer") / "source"
    for name in ("data", "schemas"):
        (folder / name).mkdir(parents=True)
    chance = random.Random(4)
    features = [
        {
            "id": f"f{number}",
            "name": f"Feature {number}",
            "class": chance.choice(["hill", "lake", "town"]),
            "lat": round(chance.uniform(-80, 80), 5),
            "long": round(chance.uniform(-180, 180), 5),
        }
        for number in range(MANY)
    ]
    (folder / "datapackage.yaml").write_text(_DESCRIPTOR.lstrip(), encoding="utf-8")
    (folder / "schemas/feature.schema.json").write_text(json.dumps(_SCHEMA), encoding="utf-8")
    (folder / "data/features.json").write_text(json.dumps(features), encoding="utf-8")
    with opened(tmp_path_factory.mktemp("opened"), book=folder) as found:
        yield found


@pytest.mark.slow
def test_thousands_of_points_are_a_small_page(gazetteer: Published) -> None:
    answer = get(gazetteer, "/map")
    assert len(answer.body) < 300_000
    beside = [Path(sourcebook.site.__file__).parent / "static" / name for name in ("site.css", "pictures.js")]
    parts = (answer.body, *(one.read_bytes() for one in beside))
    assert sum(len(zlib.compress(one)) for one in parts) < 30_000  # what every page may cost
    assert 50 < len(marks(answer)) <= 150
    counts = [
        int(words.partition(": ")[2].replace(",", "")) for _, _, words in marks(answer) if words[:10] == "Features: "
    ]
    alone = [words for _, _, words in marks(answer) if re.fullmatch(r"Feature \d+", words)]
    pairs = [words for _, _, words in marks(answer) if "; " in words]
    assert sum(counts) + len(alone) + 2 * len(pairs) == MANY


@pytest.mark.slow
def test_a_mark_of_many_leads_to_all_of_them(gazetteer: Published) -> None:
    """From mark to mark, until there is one record: and never to fewer than the mark stands for."""
    address, last = "/map", MANY + 1
    for _ in range(30):
        answer = get(gazetteer, address)
        here = int(re.search(r"of ([\d,]+)</p>", answer.body.decode())[1].replace(",", ""))  # type: ignore[index]
        assert here < last
        last = here
        many = {int(words.partition(": ")[2]): href for href, _, words in marks(answer) if words[:8] == "Features"}
        if not many:
            break
        most = max(many)
        address = many[most]
        found = re.search(r"of ([\d,]+)</p>", get(gazetteer, address).body.decode())
        assert found
        assert int(found[1].replace(",", "")) >= most
    assert not many


@pytest.mark.slow
def test_all_rows_are_reached_page_by_page(gazetteer: Published) -> None:
    rows: list[str] = []
    address = "/map?class=lake"
    while address:
        answer = get(gazetteer, address)
        found = re.findall(r'<tr id="([^"]*)">', answer.body.decode())
        assert len(found) <= 200
        rows += found
        following = re.search(r'<a rel="next" href="([^"]*)#twin"', answer.body.decode())
        address = html.unescape(following[1]) if following else ""
    lakes = gazetteer.connection.execute("SELECT count(*) FROM features WHERE class = 'lake'").fetchone()[0]
    assert len(rows) == len(set(rows)) == lakes


# --- on the pages of records -----------------------------------------------------------------------------------------


def test_the_page_of_a_place_has_a_map_of_it(book: Published) -> None:
    answer = get(book, "/places/old-light")
    assert [words for _, _, words in marks(answer)] == ["The old light / İhtiyar Fener"]
    assert "Where it is" in text(answer)
    assert "10.51° N, 140.2° W" in text(answer)
    (whole,) = [href for href, words in links(answer).items() if words == "All that is there on the map"]
    assert "Rows 1–2 of 2" in text(get(book, whole))


def test_the_page_of_what_refers_to_places_has_a_map_of_these(book: Published) -> None:
    found = book.connection.execute(
        "SELECT key, document FROM _records WHERE collection = 'events' ORDER BY key"
    ).fetchall()
    placed = [key for key, document in found if "old-light" in document or "lantern-harbour" in document]
    assert placed
    for key in placed:
        answer = get(book, f"/events/{key}")
        assert {href for href, _, _ in marks(answer)} <= {"/places/old-light", "/places/lantern-harbour"}
        assert marks(answer)


def test_a_page_without_places_has_no_map(book: Published) -> None:
    for address in ("/places/harbour-court", "/documents/quay-gazette-1911"):
        answer = get(book, address)
        assert answer.status == 200
        assert '<figure class="picture"' not in answer.body.decode()
        assert "pictures" not in answer.body.decode().partition("<script")[2]


# --- in the answers of questions -------------------------------------------------------------------------------------

_WHERE = """-- title: Where is it?
-- link: {place: places}
-- chart: {map: place, latitude: latitude, longitude: longitude}
SELECT id AS place, latitude, longitude FROM places
UNION ALL SELECT NULL, 99, 0
"""
_SAID = """-- title: Where is it said to be?
-- link: {claim: claims}
-- chart: {map: claim, latitude: lat, longitude: long}
SELECT 'oil-forty-barrels' AS claim, 10.0 AS lat, 20.0 AS long
"""


@pytest.fixture(scope="module")
def asked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Published]:
    def change(folder: Path) -> None:
        (folder / "scripts/queries/where.sql").write_text(_WHERE, encoding="utf-8")
        (folder / "scripts/queries/said.sql").write_text(_SAID, encoding="utf-8")

    with opened(tmp_path_factory.mktemp("asked"), change) as found:
        yield found


def test_an_answer_with_coordinates_is_a_map(asked: Published) -> None:
    answer = get(asked, "/questions/where")
    assert [(href, words) for href, _, words in marks(answer)] == [
        ("/places/old-light", "The old light / İhtiyar Fener"),
        ("/places/lantern-harbour", "Lantern Harbour"),
    ]
    assert "1 of 4 rows is not on the map: no coordinates." in text(answer)
    assert "1 of 4 rows is not on the map: their coordinates are no place." in text(answer)
    assert answer.body.decode().count("<script") == 1


def test_a_statement_on_the_map_of_an_answer_has_who_says_it(asked: Published) -> None:
    ((href, _, words),) = marks(get(asked, "/questions/said"))
    assert href == "/claims/oil-forty-barrels"
    assert "said by A clerk of the harbour office" in words
    assert "Denied by:" in words


# --- what was laid out is held ---------------------------------------------------------------------------------------


def test_verify_holds_what_was_laid_out(tmp_path: Path) -> None:
    folder = tmp_path / "book"
    with opened(tmp_path) as found:
        index = found.folder / SITE_INDEX
        assert sourcebook.verify(folder).ok
    with closing(sqlite3.connect(index)) as connection:
        connection.execute("UPDATE points SET longitude = longitude + 1")
        connection.commit()
    told = "\n".join(map(str, sourcebook.verify(folder).differences))
    assert "points is not what the tables of the database make" in told


def test_harbour_is_where_the_tests_say() -> None:
    assert "latitude: 10.5, longitude: -140.25" in (harbour.BOOK / PLACES).read_text("utf-8")
