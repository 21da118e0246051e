# SPDX-License-Identifier: Apache-2.0
"""Listings: what is narrowed down by which parameter, counted, turned page by page; and the same rows as files."""

from __future__ import annotations

import csv
import html
import io
import json
import re
import shutil
import sqlite3
import zipfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlencode
from xml.etree import ElementTree

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import sourcebook
from sourcebook.content.addresses import parameter
from sourcebook.content.flat import xlsx as flat_xlsx
from sourcebook.content.flat.columns import joined
from sourcebook.content.flat.sheet import fitting
from sourcebook.extract import SITE_INDEX, cell_text
from sourcebook.extract.site import Collection
from sourcebook.site import routes
from sourcebook.site.answer import Answer, Asked
from sourcebook.site.choosing.recordsets import record_sets
from sourcebook.site.pages import listing
from sourcebook.site.published import Published
from tests.conftest import BOOKS, ROOT
from tests.served import PYTHONS, serving

FOLDERS = {
    "harbour": ROOT / "tests/site/book",
    "kites": BOOKS / "listings",
    "orchard": BOOKS / "orchard",
    "layouts": BOOKS / "layouts",
    **{name: BOOKS / name for name in ("annotated", "linked", "nulls", "typed", "undeclared")},
}
Open = Callable[[str], Published]


@pytest.fixture(scope="module")
def book_of(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Open]:
    """A book by its name, built once and opened."""
    made: dict[str, Published] = {}

    def opened(name: str) -> Published:
        if name not in made:
            built = sourcebook.build(Path(shutil.copytree(FOLDERS[name], tmp_path_factory.mktemp("listing") / name)))
            assert built.release
            made[name] = Published(built.release)
        return made[name]

    yield opened
    for one in made.values():
        one.close()


def ask(opened: Published, address: str) -> Answer:
    path, _, query = address.partition("?")
    found: dict[str, tuple[str, ...]] = {}
    for name, value in parse_qsl(query, keep_blank_values=True):
        found[name] = (*found.get(name, ()), value)
    segments = tuple(unquote(one) for one in path.removeprefix("/").split("/"))
    return routes.answer(opened, Asked(segments, found, "/", "http://here.example/"))


def body(answer: Answer) -> bytes:
    return answer.body if answer.pieces is None else b"".join(answer.pieces)


def page(opened: Published, address: str) -> str:
    return body(ask(opened, address)).decode()


def shown(text: str) -> list[str]:
    """The addresses of the records that a page lists."""
    return re.findall(r'<article class="(?:card|statement[^"]*)">\s*<p class="(?:label|said)"><a href="([^"]*)"', text)


def keys(opened: Published, address: str) -> list[str]:
    return [unquote(one.rpartition("/")[2]) for one in shown(page(opened, address))]


def table(opened: Published, address: str) -> list[dict[str, str]]:
    answer = ask(opened, address)
    assert answer.status == 200
    return list(csv.DictReader(io.StringIO(body(answer).decode("utf-8-sig"), newline="")))


# --- narrowing down ---------------------------------------------------------------------------------------------------

NARROWED = [
    ("kites", "/kites", ["7", "12", "100", "101"]),
    ("kites", "/kites?number=12", ["12"]),
    ("kites", "/kites?number=12&number=7", ["7", "12"]),
    ("kites", "/kites?number=twelve", []),
    ("kites", "/kites?number=99999999999999999999999", []),
    ("kites", "/kites?height=12.50", ["7"]),
    ("kites", "/kites?height=9007199254740991", ["101"]),
    ("kites", "/kites?height=nan", []),
    ("kites", "/kites?flies=1", ["7", "101"]),
    ("kites", "/kites?flies=no", ["12"]),
    ("kites", "/kites?flies=", ["100"]),
    ("kites", "/kites?colour.main=red", ["7"]),
    ("kites", "/kites?colour_main=red&colour.main=blue", ["7", "100"]),
    ("kites", "/kites?colour.main=", ["12", "101"]),
    ("kites", "/kites?tags=big", ["7", "12", "101"]),
    ("kites", "/kites?tags=red%3B+blue", ["7"]),
    ("kites", "/kites?tags=", ["100"]),
    ("kites", "/kites?tags=&flies=1", []),
    ("kites", "/kites?maker=ayla&tags=big&flies=yes", ["7", "101"]),
    ("kites", "/kites?repairs.by=bo", ["7", "101"]),
    ("kites", "/kites?kin.near=bo", ["12"]),
    ("kites", "/kites?kin.near=12", ["7"]),
    ("kites", "/kites?kin.near=7", ["100", "101"]),
    ("kites", "/kites?kin.near:kites=7", ["100"]),
    ("kites", "/kites?kin.near:makers=7", ["101"]),
    ("kites", "/kites?lent=3", ["7"]),
    ("kites", "/kites?lent=30", []),
    ("kites", "/kites?lent%7Bkey%7D=bo", ["7"]),
    ("kites", "/kites?self=itself", ["7"]),
    ("kites", "/kites?.page=first", ["7", "100"]),
    ("kites", "/kites?.sort=box&.page=first", ["7", "100"]),
    ("kites", "/kites?.q=what+it+is+asked", ["7"]),
    ("kites", "/kites?..odd=dotted", ["7"]),
    ("kites", "/kites?q=", ["7", "12", "100", "101"]),
    ("kites", "/kites?q=kirmizi", ["7", "100"]),
    ("kites", "/kites?q=KIRM", ["7", "100"]),
    ("kites", "/kites?q=%E5%87%A7", ["100"]),
    ("kites", "/kites?q=%D8%B7%D8%A7%D8%A6%D8%B1%D8%A9", ["101"]),
    ("kites", "/kites?q=ayla", ["7", "101"]),
    ("kites", "/kites?q=AND+%28+%22", []),
    ("kites", "/kites?q=ayla&.page=third", ["101"]),
    ("kites", "/kites?sort=label", ["12", "7", "101", "100"]),
    ("kites", "/kites?sort=-label", ["100", "101", "7", "12"]),
    ("kites", "/kites?sort=date", ["12", "7", "100", "101"]),
    ("kites", "/kites?sort=-date", ["100", "7", "12", "101"]),
    ("kites", "/makers?code=7", ["bo"]),
    ("kites", "/crews?.=bo", ["morning", "evening"]),
    ("kites", "/crews?.=", ["night"]),
    ("kites", "/losses", []),
    ("orchard", "/harvests?variety=red-lantern", ["1"]),
    ("orchard", "/harvests?by=early-star", ["2"]),
    ("harbour", "/claims?people=hikari-todai&kind=denies", ["night-boat-denied"]),
    ("harbour", "/events?participants.person=isil-fener", ["night-of-the-barrels"]),
    ("harbour", "/events?participants.claims=ruling-overturned", ["day-of-the-ruling"]),
]


@pytest.mark.parametrize(("name", "address", "expected"), NARROWED, ids=[address for _, address, _ in NARROWED])
def test_an_address_asks_for_these_records(book_of: Open, name: str, address: str, expected: list[str]) -> None:
    assert ask(book_of(name), address).status == 200
    assert keys(book_of(name), address) == expected
    path, _, query = address.partition("?")
    rows = json.loads(body(ask(book_of(name), f"{path}.json?{query}")))
    assert [row["key"] for row in rows] == expected


MEANINGLESS = [
    ("/kites?colour=red", "“colour” is no property"),
    ("/kites?utm_source=x", "“utm_source” is no property"),
    ("/kites?weight=1", "“weight” is no property"),  # the book hides it from pages
    ("/kites?page=first", "What the property “page” has is asked for by “.page”."),
    ("/kites?page=0", "“0” is no number of a page"),
    ("/kites?sort=weight", "There is no order “weight”; those that there are: label, -label, date, -date."),
    ("/makers?sort=date", "There is no order “date”; those that there are: label, -label."),
    ("/kites?%3Cb%3E=1", "“&lt;b&gt;” is no property"),
]


@pytest.mark.parametrize(("address", "words"), MEANINGLESS)
def test_what_means_nothing_is_said(book_of: Open, address: str, words: str) -> None:
    answer = ask(book_of("kites"), address)
    assert answer.status == 400
    assert words in html.unescape(answer.body.decode()) or words in answer.body.decode()
    assert shown(answer.body.decode())
    path, _, query = address.partition("?")
    for form in ("csv", "json", "xlsx"):
        refused = ask(book_of("kites"), f"{path}.{form}?{query}")
        assert (refused.status, refused.pieces) == (400, None)
        assert refused.media_type.startswith("text/plain")


def test_a_file_has_no_pages(book_of: Open) -> None:
    assert ask(book_of("kites"), "/kites.csv?page=1").status == 400


def test_a_page_past_the_last_is_not_there(book_of: Open) -> None:
    answer = ask(book_of("kites"), "/kites?page=2")
    assert answer.status == 404
    assert "There is no page 2; the last is 1." in answer.body.decode()


def test_each_filter_in_use_can_be_removed(book_of: Open) -> None:
    text = page(book_of("kites"), "/kites?q=ayla&tags=big&flies=1&.page=third&sort=label")
    block = re.search(r'<ul class="used".*?</ul>', text, re.DOTALL)
    assert block
    links = [html.unescape(one) for one in re.findall(r'href="([^"]*)"', block[0])]
    assert links == [
        "/kites?tags=big&flies=1&.page=third&sort=label",
        "/kites?q=ayla&flies=1&.page=third&sort=label",
        "/kites?q=ayla&tags=big&.page=third&sort=label",
        "/kites?q=ayla&tags=big&flies=1&sort=label",
        "/kites",
    ]
    # and the form for other words keeps them
    assert re.findall(r'type="hidden" name="([^"]*)" value="([^"]*)"', text) == [
        ("tags", "big"),
        ("flies", "1"),
        (".page", "third"),
    ]


# --- facets -----------------------------------------------------------------------------------------------------------


def facets(text: str) -> list[tuple[str, str, int]]:
    """The choices of a page: address, name, count."""
    pattern = (
        r'<li><a href="([^"]*)" dir="auto" rel="nofollow"[^>]*>([^<]*)</a> <span class="count">([\d,]+)</span></li>'
    )
    return [(html.unescape(href), name, int(count.replace(",", ""))) for href, name, count in re.findall(pattern, text)]


def test_facets_are_readable(book_of: Open) -> None:
    titles = re.findall(r"<summary>([^<]*)</summary>", page(book_of("kites"), "/kites"))
    assert titles == ["Page", "Flies", "Colour: Main", "Tags", "Maker"]
    found = {(name, count) for _, name, count in facets(page(book_of("kites"), "/kites"))}
    assert {("yes", 2), ("no", 1), ("(none)", 1), ("Ayla of the Hill", 2), ("first", 2), ("big", 3)} <= found


@pytest.mark.parametrize("address", ["/kites", "/kites?flies=1", "/kites?tags=big&maker=ayla", "/kites?q=ayla"])
def test_a_facet_leads_to_as_many_as_it_says(book_of: Open, address: str) -> None:
    opened = book_of("kites")
    choices = facets(page(opened, address))
    assert choices
    path, _, query = address.partition("?")
    before = set(parse_qsl(query, keep_blank_values=True))
    for href, name, count in choices:
        ((parameter_, value),) = before ^ set(parse_qsl(href.partition("?")[2], keep_blank_values=True))
        rest = [pair for pair in before if pair[0] != parameter_]  # others of the same facet are alternatives to it
        alone = f"{path}?{urlencode([*rest, (parameter_, value)])}"
        assert len(keys(opened, alone)) == count, (alone, name)


def test_values_of_one_facet_are_alternatives(book_of: Open) -> None:
    counts = {name: count for _, name, count in facets(page(book_of("kites"), "/kites?.page=third"))}
    assert (counts["first"], counts["second"], counts["third"]) == (2, 1, 1)  # as if it were not in use
    assert counts["Ayla of the Hill"] == 1
    assert "Bo &amp; Sons &lt;b&gt;" not in counts  # which no record on that page has


# --- statements -------------------------------------------------------------------------------------------------------


def test_no_statement_without_who_says_it(book_of: Open) -> None:
    text = page(book_of("harbour"), "/claims")
    articles = re.findall(r'<article class="statement.*?</article>', text, re.DOTALL)
    assert len(articles) == 8
    assert all("Said by" in one and "/documents/" in one for one in articles)
    (denied,) = [one for one in articles if "/claims/oil-forty-barrels" in one.partition("</p>")[0]]
    assert "Denied by" in denied


def test_a_reference_to_a_statement_has_who_says_it(book_of: Open) -> None:
    for row in table(book_of("harbour"), "/events.csv"):
        if row["claims"]:
            assert "said by" in row["claims_label"]
    (used,) = re.findall(
        r'<ul class="used".*?</ul>',
        page(book_of("harbour"), "/events?claims=oil-forty-barrels"),
        re.DOTALL,
    )
    assert "forty barrels of lamp oil" not in used


def test_a_row_of_a_statement_is_attributed_and_answered(book_of: Open) -> None:
    (row,) = table(book_of("harbour"), "/claims.csv?kind=alleges")
    assert row["said_by"] == "A clerk of the harbour office, not named"
    assert row["published_in"] == "Where did the lamp oil go?"
    assert row["published_at"] == "https://gazette.example/1911/lamp-oil"
    assert row["hedge"] == "is said to have"
    assert row["denied_by"] == "oil-denied"
    assert "denies that any barrel" in row["denied_by_text"]
    assert "said by Işıl Fener-Çakıl · in Where did the lamp oil go?" in row["denied_by_text"]
    assert row["contradicted_by"] == "oil-twelve-barrels"
    assert (row["source_file"], row["source_line"]) == ("data/claims/quay-gazette.yaml", "1")
    assert row["page"] == "http://here.example/claims/oil-forty-barrels"


def test_a_statement_as_json_is_attributed_and_answered(book_of: Open) -> None:
    (row,) = json.loads(body(ask(book_of("harbour"), "/claims.json?kind=alleges")))
    assert row["record"]["id"] == row["key"] == "oil-forty-barrels"
    assert row["attribution"]["by"][0]["text"] == "A clerk of the harbour office, not named"
    assert {one["how"] for one in row["answers"]} == {"Denied by", "Contradicted by"}
    assert all(one["by"] for one in row["answers"])


def test_a_record_is_not_called_by_what_a_statement_says(tmp_path: Path) -> None:
    folder = Path(shutil.copytree(FOLDERS["harbour"], tmp_path / "harbour"))
    descriptor = folder / "datapackage.yaml"
    text = descriptor.read_text("utf-8")
    named = text.replace("records: data/ties.yaml\n", "records: data/ties.yaml\n      label: claim\n")
    assert named != text
    descriptor.write_text(named, encoding="utf-8")
    built = sourcebook.build(folder)
    assert built.release
    with closing(Published(built.release)) as opened:
        labels = re.findall(r'<p class="label"><a [^>]*>([^<]*)</a>', page(opened, "/ties"))
    assert labels == ["oil-twelve-barrels", "night-boat"]


# --- pages ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("order", ["", "&sort=label", "&sort=-date"])
@pytest.mark.parametrize("narrowed", ["", "&tags=big"])
def test_turning_pages_shows_each_record_once(
    book_of: Open, monkeypatch: pytest.MonkeyPatch, order: str, narrowed: str
) -> None:
    opened = book_of("kites")
    whole = keys(opened, f"/kites?{narrowed}{order}")
    monkeypatch.setattr(listing, "_ON_A_PAGE", 1)
    address, found = f"/kites?{narrowed}{order}", list[str]()
    while address:
        text = page(opened, address)
        found += keys(opened, address)
        following = re.search(r'<a rel="next" href="([^"]*)"', text)
        address = html.unescape(following[1]) if following else ""
    assert found == whole
    text = page(opened, f"/kites?page=2{narrowed}{order}")
    assert f"Rows 2–2 of {len(whole)}" in text
    back = re.search(r'<a rel="prev" href="([^"]*)"', text)
    assert back
    assert keys(opened, html.unescape(back[1])) == whole[:1]


# --- files ------------------------------------------------------------------------------------------------------------


def documents(opened: Published, collection: Collection) -> dict[str, Any]:
    sql = "SELECT key, document FROM _records WHERE collection = ? ORDER BY rowid"
    rows = opened.connection.execute(sql, (collection.name,)).fetchall()
    return {key: json.loads(document) for key, document in rows}


def values_in(value: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """All single values of a record, each with its path, found without any table."""
    if path == "lent":  # a map
        for name, inner in value.items():
            yield f"{path}{{key}}", name
            yield f"{path}{{}}", str(inner)
    elif isinstance(value, Mapping):
        for name, inner in value.items():
            escaped = re.sub(r"([\\.\[\]{}])", r"\\\1", name)
            yield from values_in(inner, f"{path}.{escaped}" if path else escaped)
    elif isinstance(value, list):
        for inner in value:
            yield from values_in(inner, f"{path}[]")
    elif value is not None and value != "":
        yield path, cell_text(int(value) if isinstance(value, bool) else value)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_a_csv_has_the_rows_that_have_what_is_asked_for(book_of: Open, data: st.DataObject) -> None:
    opened = book_of(data.draw(st.sampled_from(["harbour", "kites"])))
    collection = data.draw(st.sampled_from(opened.site.collections))
    records = documents(opened, collection)
    there = {key: set(values_in(one)) for key, one in records.items()}
    filters = record_sets(opened, collection).filters
    known = sorted({(path, value) for some in there.values() for path, value in some if parameter(path) in filters})
    known += [(path, "") for path, _ in known] + [(path, "none") for path, _ in known]
    asked = data.draw(st.lists(st.sampled_from(known), max_size=4)) if known else []
    order = data.draw(st.sampled_from(["", "label", "-label"]))
    wanted: dict[str, set[str]] = {}
    for path, value in asked:
        wanted.setdefault(path, set()).add(value)
    expected = [
        key
        for key, some in there.items()
        if all(
            any((path, value) in some for value in values)
            or ("" in values and not any(path == other for other, _ in some))
            for path, values in wanted.items()
        )
    ]
    query = {parameter(path): tuple(values) for path, values in wanted.items()} | ({"sort": (order,)} if order else {})
    answer = routes.answer(opened, Asked((f"{collection.address}.csv",), query, "/"))
    assert answer.status == 200
    rows = list(csv.DictReader(io.StringIO(body(answer).decode("utf-8-sig"), newline="")))
    found = [row[collection.key] for row in rows]
    assert sorted(found) == sorted(expected)
    if not order:
        assert found == expected
    stored = opened.connection.execute(f'SELECT * FROM "{collection.table}"')
    columns = [one[0] for one in stored.description]
    notes = (note for table in opened.site.tables if table.name == collection.table for note in table.columns)
    derived = {note.name for note in notes if note.derived}  # which a listing has in its own form
    by_key = {str(row[columns.index(collection.key)]): dict(zip(columns, row, strict=True)) for row in stored}
    for row in rows:
        for column, value in by_key[row[collection.key]].items():
            if column in row and f"{column}_collection" not in row and column not in derived:
                assert row[column] == cell_text(value), column


@given(st.lists(st.text()))
def test_values_in_one_cell_can_be_told_apart(values: list[str]) -> None:
    read = csv.reader(io.StringIO(joined(values), newline=""), delimiter=";", skipinitialspace=True)
    assert [one for row in read for one in row] == values


def test_a_csv_opens_right_in_a_spreadsheet(book_of: Open) -> None:
    answer = ask(book_of("kites"), "/kites.csv")
    assert body(answer).startswith(b"\xef\xbb\xbfnumber,name,")
    assert 'filename="kites.csv"' in answer.headers["content-disposition"]
    assert 'filename="kites-part.csv"' in ask(book_of("kites"), "/kites.csv?flies=1").headers["content-disposition"]


def test_cells_of_every_kind(book_of: Open) -> None:
    red = table(book_of("kites"), "/kites.csv")[0]
    assert red["tags"] == 'big; "red; blue"; "he said ""up"""; "null"; " led by a space"'
    assert json.loads(red["repairs"]) == [{"by": "bo", "what": "tail"}, {"by": "ayla", "what": "=1+1"}]
    assert (red["maker"], red["maker_label"]) == ("ayla", "Ayla of the Hill")
    assert (red["kin_near"], red["kin_near_collection"]) == ("12", "kites")
    assert red["kin_near_label"] == '=HYPERLINK("https://kites.example")'
    assert red["weight"] == "0.30000000000000004"  # hidden from pages, and no download lacks it
    assert "0.30000000000000004" not in page(book_of("kites"), "/kites")
    assert (red["page"], red["page_2"]) == ("first", "http://here.example/kites/7")
    crews = table(book_of("kites"), "/crews.csv")
    assert [(one["crew"], one["items"]) for one in crews] == [("morning", "ayla; bo"), ("evening", "bo"), ("night", "")]
    harvest = table(book_of("orchard"), "/harvests.csv")[0]
    assert (harvest["variety"], harvest["variety_label"]) == ("red-lantern", "Red Lantern")


def test_one_record_as_a_row(book_of: Open) -> None:
    assert table(book_of("kites"), "/kites/12.csv") == [table(book_of("kites"), "/kites.csv")[1]]
    assert 'href="/kites/12.csv"' in page(book_of("kites"), "/kites/12")


@pytest.mark.parametrize("name", FOLDERS)
def test_every_collection_is_listed_whole(book_of: Open, name: str) -> None:
    opened = book_of(name)
    for collection in opened.site.collections:
        records = documents(opened, collection)
        assert keys(opened, f"/{collection.address}") == list(records)[: listing._ON_A_PAGE]
        rows = table(opened, f"/{collection.address}.csv")
        assert [row[collection.key] for row in rows] == list(records)
        found = json.loads(body(ask(opened, f"/{collection.address}.json")))
        assert {one["key"]: one["record"] for one in found} == records


@pytest.mark.parametrize("name", ["harbour", "kites", "orchard"])
def test_every_link_to_what_refers_finds_what_refers(book_of: Open, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    from sourcebook.site import whole_record

    opened = book_of(name)
    monkeypatch.setattr(whole_record, "_MOST_REFERRING", 0)  # so that each is only counted, with a link to all of them
    for collection in opened.site.collections:
        for key in documents(opened, collection):
            text = page(opened, f"/{collection.address}/{key}")
            for href, count in re.findall(r'<p class="more"><a href="([^"]*)">All (\d+)', text):
                assert len(keys(opened, html.unescape(href))) == int(count), (key, href)


# --- workbooks --------------------------------------------------------------------------------------------------------

_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


def cells(answer: Answer) -> tuple[list[list[tuple[str, str]]], str]:
    """The cells of a workbook, each as type and text; and all of its sheet as it is written."""
    with zipfile.ZipFile(io.BytesIO(body(answer))) as file:
        sheet = file.read("xl/worksheets/sheet1.xml").decode()
        names = file.namelist()
    assert not any("externalLinks" in name or name.startswith("xl/worksheets/_rels") for name in names)
    found = ElementTree.fromstring(sheet).iter(f"{_MAIN}row")  # noqa: S314 # we wrote it
    return [[(one.get("t", "n"), "".join(one.itertext())) for one in row.iter(f"{_MAIN}c")] for row in found], sheet


def test_a_workbook_has_texts_and_numbers_and_nothing_that_acts(book_of: Open) -> None:
    rows, sheet = cells(ask(book_of("kites"), "/kites.xlsx"))
    assert [text for _, text in rows[0]] == list(table(book_of("kites"), "/kites.csv")[0])
    assert "<f>" not in sheet
    assert "hyperlink" not in sheet
    assert ("inlineStr", '=HYPERLINK("https://kites.example")') in rows[2]
    flat = [cell for row in rows for cell in row]
    assert ("n", "12.5") in flat
    assert ("n", "7") in flat
    assert ("inlineStr", "9007199254740991") in flat  # more digits than a spreadsheet keeps
    assert ("inlineStr", "0.30000000000000004") in flat
    assert ("inlineStr", "طائرة ورقية") in flat


def test_what_a_cell_does_not_hold_is_said_in_it() -> None:
    cut = fitting("𝄞" * 40_000)
    assert len(cut.encode("utf-16-le")) <= 2 * 32_767
    assert cut.endswith("the CSV and the JSON have it whole)")
    assert fitting("x" * 32_767) == "x" * 32_767


def test_without_xlsxwriter_there_is_no_link_and_the_address_says_why(
    book_of: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "/kites.xlsx" in page(book_of("kites"), "/kites")
    monkeypatch.setattr(flat_xlsx, "is_there", lambda: False)
    assert "/kites.xlsx" not in page(book_of("kites"), "/kites")
    answer = ask(book_of("kites"), "/kites.xlsx")
    assert answer.status == 501
    assert b"pip install 'sourcebook[xlsx]'" in answer.body


def test_more_than_a_sheet_holds_is_refused(book_of: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listing, "MOST_ROWS", 3)
    answer = ask(book_of("kites"), "/kites.xlsx")
    assert (answer.status, answer.pieces) == (400, None)
    assert b"The CSV has them all." in answer.body


# --- what is not there ------------------------------------------------------------------------------------------------


def test_a_release_without_an_index_is_listed_all_the_same(tmp_path: Path, book_of: Open) -> None:
    folder = Path(shutil.copytree(book_of("kites").folder, tmp_path / "release"))
    (folder / SITE_INDEX).unlink()
    with closing(Published(folder)) as opened:
        assert keys(opened, "/kites?flies=1") == ["7", "101"]
        answer = ask(opened, "/kites?q=ayla")
        assert answer.status == 400
        assert "without an index" in answer.body.decode()


def test_what_is_typed_is_escaped(book_of: Open) -> None:
    text = page(book_of("kites"), "/kites?q=%3Cscript%3E%22%27&maker=%3Cimg+src%3Dx%3E")
    assert "<script>" not in text
    assert "<img" not in text
    assert "<b>" not in page(book_of("kites"), "/kites")


def test_an_empty_collection_says_so(book_of: Open) -> None:
    assert "There are no records here yet." in page(book_of("kites"), "/losses")
    assert "No row is like that." in page(book_of("kites"), "/kites?number=1")


# --- served -----------------------------------------------------------------------------------------------------------


@pytest.mark.xdist_group("serve")
@pytest.mark.parametrize("version", PYTHONS)
def test_files_are_sent_while_they_are_made(version: str, tmp_path: Path) -> None:
    if not Path(PYTHONS[version]).exists():
        pytest.skip("the environment of the other Datasette is not set up: scripts/test makes it")
    folder = Path(shutil.copytree(FOLDERS["kites"], tmp_path / "kites"))
    assert sourcebook.build(folder).release
    with serving(PYTHONS[version], folder) as client:
        answer = client.get("/kites.csv", params={"tags": "big"})
        assert (answer.status_code, answer.headers["content-encoding"]) == (200, "gzip")
        assert "content-length" not in answer.headers
        rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"), newline="")))
        assert [row["number"] for row in rows] == ["7", "12", "101"]
        assert client.head("/kites.csv", params={"tags": "big"}).content == b""
        known = {"if-none-match": answer.headers["etag"]}
        assert client.get("/kites.csv", params={"tags": "big"}, headers=known).status_code == 304
        plain = client.get("/kites.csv", params={"tags": "big"}, headers={"accept-encoding": "identity"})
        assert plain.content == answer.content
        assert client.get("/kites.xlsx").content[:2] == b"PK"
        assert client.get("/kites.csv?x=1").status_code == 400
        # Datasette's own page of the table is narrowed down alike
        for query, count in (
            ("flies=1", 2),
            ("flies=", 1),
            ("tags=big", 3),
            ("maker=ayla&maker=bo", 3),
            ("number=7&colour.main=red", 1),
        ):
            text = client.get(f"/kites?{query}").text
            found = re.search(r'<a href="([^"]*)" rel="nofollow">All columns, SQL</a>', text)
            assert found
            path, _, arguments = html.unescape(found[1]).partition("?")
            data = client.get(f"{path}.json?{arguments}&_shape=array&_size=max").json()
            assert len(data) == count, query


def test_the_database_is_what_the_rows_come_from(book_of: Open) -> None:
    opened = book_of("kites")
    with closing(sqlite3.connect(opened.folder / opened.site.database)) as connection:
        count = connection.execute("SELECT count(*) FROM kites").fetchone()[0]
    assert len(record_sets(opened, opened.site.collection("kites"))) == count
