# SPDX-License-Identifier: Apache-2.0
"""The network: every record that links two others is drawn or counted, and none stands without who says it."""

from __future__ import annotations

import html
import re
import shutil
import sqlite3
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

import sourcebook
from sourcebook.extract import SITE_INDEX
from sourcebook.site.answer import Answer
from sourcebook.site.published import Published
from tests import harbour
from tests.harbour import get, links, opened, text
from tests.networks import stations

TIES = "data/ties.yaml"
FIRST, SECOND, THIRD = "barrow", "cairn", "dell"


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Published]:
    with opened(tmp_path_factory.mktemp("network")) as found:
        yield found


def marks(answer: Answer, *, lines: bool) -> list[tuple[str, str]]:
    """What the marks of a network say, or its lines, and where each leads."""
    page = answer.body.decode()
    found = re.findall(r'<a class="mark ([^"]*)" href="([^"]*)"[^>]*><title>([^<]*)</title>', page)
    return [(html.unescape(words), html.unescape(href)) for kind, href, words in found if ("line" in kind) == lines]


def drawn_and_told(answer: Answer) -> int:
    """How many records the lines stand for, and those that are told to be within one mark."""
    count = 0
    for words, _ in marks(answer, lines=True):
        several = re.match(r"([\d,]+) records link ", words)
        count += int(several[1].replace(",", "")) if several else 1
    inside = re.search(r"([\d,]+) of the [\d,]+ records link records within one mark", text(answer))
    return count + (int(inside[1].replace(",", "")) if inside else 0)


# --- what lines say --------------------------------------------------------------------------------------------------


def test_a_line_says_how_and_what_it_rests_on_with_who_says_that_and_what_answers_it(book: Published) -> None:
    (first, second) = marks(get(book, "/network"), lines=True)
    assert {first[1], second[1]} == {"/ties/clerk-and-keeper", "/ties/clerk-and-captain"}
    keeper = first if first[1] == "/ties/clerk-and-keeper" else second
    assert keeper[0].startswith(
        "نور الفنار – worked in the same office – Işıl Fener-Çakıl; as is said: Nur al-Fanar, as"
    )
    assert "said by" in keeper[0]
    assert "in Where did the lamp oil go?, column 5" in keeper[0]
    assert "· in Where did the lamp oil go?, column 4 · with the reservation “is said to have”" in keeper[0]
    assert "forty barrels" in keeper[0]


def test_no_word_of_a_statement_stands_in_the_picture(book: Published) -> None:
    page = get(book, "/network").body.decode()
    shown = re.findall(r"<text[^>]*>([^<]*)</text>", page)
    assert shown
    assert not any("worked" in one or "boat" in one for one in shown)


def test_the_table_has_every_record_with_all_that_it_says(book: Published) -> None:
    page = get(book, "/network")
    words = text(page)
    assert "Rows 1–2 of 2" in words
    assert "worked in the same office" in words
    assert "saw the boat of" in words
    rows = re.findall(r'<tr id="(row-[^"]*)">(.*?)</tr>', page.body.decode(), re.DOTALL)
    assert [row for row, _ in rows] == re.findall(r'data-row="([^"]*)"', page.body.decode()) or len(rows) == 2
    keeper = next(words for row, words in rows if row.endswith("clerk-and-keeper"))
    assert 'class="answers"' in keeper  # what contradicts the claim that it rests on
    assert 'class="attribution"' in keeper


def test_a_sentence_says_what_lines_are(book: Published) -> None:
    words = text(get(book, "/network"))
    assert "it says what documents say, and not more. It does not mean that this is true" in words
    assert "Nothing is inferred: there is no line without a record" in words


def test_edges_that_are_statements_say_who_says_them(tmp_path: Path) -> None:
    """Claims that lead from whom they rest on to where they were published: each of them a line."""

    def claims_are_edges(folder: Path) -> None:
        harbour.replaced(
            "datapackage.yaml",
            "      role:\n        statement:",
            "      role:\n        edge: {from: origin, to: source}\n        statement:",
        )(folder)

    with opened(tmp_path, claims_are_edges, extracts=False) as book:
        page = get(book, "/network?collection=claims")
        lines = [words for words, _ in marks(page, lines=True)]
        assert any("; a statement: " in words and "said by" in words for words in lines)
        assert any("Denied" in words for words in lines if "forty barrels of lamp oil taken away at night" in words)
        assert drawn_and_told(page) == int(re.findall(r"Rows 1–(\d+) of", text(page))[0])


# --- views -----------------------------------------------------------------------------------------------------------


def test_around_a_record_is_what_it_has_lines_to(book: Published) -> None:
    near = get(book, "/network?around=people/isil-fener")
    assert {words for words, _ in marks(near, lines=False)} == {"Işıl Fener-Çakıl (People)", "نور الفنار (People)"}
    assert links(near)["/network?around=people%2Fisil-fener&steps=2"] == "Two steps"
    far = get(book, "/network?around=people/isil-fener&steps=2")
    assert len(marks(far, lines=False)) == 3
    assert len(marks(far, lines=True)) == 2


@pytest.mark.parametrize(
    "query",
    [
        "around=people/nobody",
        "around=x",
        "around=people/isil-fener&steps=3",
        "from=yesterday",
        "group=places/old-light",
        "steps=2",
        "steps=9",
        "with=people/isil-fener",
        "size=2",
        "around=people/isil-fener&size=2",
        "around=people/isil-fener&group=people/isil-fener",
        "group=people/isil-fener&steps=2",
        "group=people/isil-fener&size=many",
    ],
)
def test_what_means_nothing_is_told(book: Published, query: str) -> None:
    answer = get(book, f"/network?{query}")
    assert answer.status == 400
    assert 'role="alert"' in answer.body.decode()


def test_a_record_that_is_linked_has_a_small_network_on_its_page(book: Published) -> None:
    page = get(book, "/people/isil-fener")
    (line,) = marks(page, lines=True)
    assert line[1] == "/ties/clerk-and-keeper"
    assert "as is said" in line[0]
    assert "A line says what its records say, and not more" in text(page)
    assert links(page)["/network?around=people%2Fisil-fener"] == "In the network"
    assert 'data-picture="network"' not in get(book, "/people/or-ben-migdal").body.decode()


def test_a_book_without_edges_has_no_network_and_pays_nothing_for_it(tmp_path: Path) -> None:
    no_role = harbour.replaced(
        "datapackage.yaml", "      role:\n        edge: {from: one, to: other, kind: kind}\n", ""
    )
    with opened(tmp_path, no_role, extracts=False) as book:
        assert get(book, "/network").status == 404
        assert "/network" not in links(get(book, "/"))
        asked: list[str] = []
        book.connection.set_trace_callback(asked.append)
        get(book, "/people/isil-fener")
        assert not any("network" in one for one in asked)
        with closing(sqlite3.connect(book.folder / SITE_INDEX)) as index:
            tables = [name for (name,) in index.execute("SELECT name FROM sqlite_master")]
        assert not any("network" in name for name in tables)


# --- a book of stations ----------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def few(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Published]:
    """Parallel lines in both directions, one to itself, some that lead nowhere, and two collections at their ends."""
    source = stations(
        tmp_path_factory.mktemp("few") / "source",
        [FIRST, SECOND, THIRD, "alone"],
        ["shed"],
        [
            {"start": FIRST, "end": SECOND, "kind": "rail", "opened": "1901-05-01", "closed": "1950-01-01"},
            {"start": SECOND, "end": FIRST, "kind": "rail", "opened": "1960-01-01", "closed": "1970-01-01"},
            {"start": FIRST, "end": SECOND, "kind": "road"},
            {"start": THIRD, "end": THIRD, "kind": "loop", "note": "Goes around the pond"},
            {"start": SECOND, "end": "shed", "kind": "siding", "opened": "1910-01-01"},
            {"start": FIRST},
            {"kind": "planned"},
        ],
    )
    with opened(tmp_path_factory.mktemp("few-built"), book=source, extracts=False) as found:
        yield found


def test_parallel_lines_are_one_with_a_count_and_all_in_the_table(few: Published) -> None:
    page = get(few, "/network")
    lines = [words for words, _ in marks(page, lines=True)]
    assert len(lines) == 3
    assert any(re.match(r"3 records link Station (barrow|cairn) and Station (barrow|cairn)", one) for one in lines)
    assert "Station dell – loop – Station dell" in lines
    assert "Station cairn – siding – Depot shed (from 1 January 1910)" in lines
    assert "Rows 1–5 of 5" in text(page)
    assert "Goes around the pond" in text(page)
    assert 'text-anchor="middle">3</text>' in page.body.decode()


def test_what_leads_nowhere_is_counted(few: Published) -> None:
    assert "2 of 7 lines lack one of the two records that they would link." in text(get(few, "/network"))


def test_what_a_line_says_stands_beside_it_where_it_is_no_statement(few: Published) -> None:
    assert ">siding</text>" in get(few, "/network").body.decode()


def test_two_records_that_several_link_have_a_view_of_their_own(few: Published) -> None:
    (href,) = [href for words, href in marks(get(few, "/network"), lines=True) if words.startswith("3 records")]
    page = get(few, href)
    assert "Rows 1–3 of 3" in text(page)
    assert "siding" not in text(page).partition("The records that the lines are")[2]


@pytest.mark.parametrize(
    ("query", "rows"),
    [("from=1940&to=1955", 1), ("to=1905", 1), ("kind=rail", 2), ("kind=road", 1), ("from=1955&kind=rail", 1)],
)
def test_lines_are_narrowed_down(few: Published, query: str, rows: int) -> None:
    page = get(few, f"/network?{query}")
    assert page.status == 200
    assert f"Rows 1–{rows} of {rows}" in text(page)
    assert drawn_and_told(page) == rows
    if "kind" not in query:
        assert "have no date, and are not drawn" in text(page)


# --- thousands -------------------------------------------------------------------------------------------------------

MANY, LINES = 3000, 7000


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Published]:
    """A hub that a third of all have a line to, and others that look like chance."""
    names = [f"s{number:04d}" for number in range(MANY)]
    lines = [
        {
            "start": names[(7919 * one) % MANY],
            "end": names[0 if one % 7 == 0 else (one * one + 31 * one) % MANY],
            "kind": "rail",
        }
        for one in range(LINES)
    ]
    source = stations(tmp_path_factory.mktemp("many") / "source", names, ["shed"], lines)
    with opened(tmp_path_factory.mktemp("many-built"), book=source, extracts=False) as found:
        yield found


@pytest.mark.slow
def test_thousands_are_few_marks_and_every_record_is_drawn_or_counted(many: Published) -> None:
    page = get(many, "/network")
    assert len(page.body) < 300_000
    assert 20 < len(marks(page, lines=False)) <= 150
    assert len(marks(page, lines=False)) + len(marks(page, lines=True)) <= 600
    assert drawn_and_told(page) == LINES
    assert f"Rows 1–100 of {LINES:,}" in text(page)


@pytest.mark.slow
def test_every_mark_of_many_leads_to_a_narrower_view(many: Published) -> None:
    """From the whole by clusters down to records: each view has fewer records than the one before."""
    page, before = get(many, "/network"), MANY + 1
    seen = 0
    while True:
        spots = [(words, href) for words, href in marks(page, lines=False) if "group=" in href]
        sizes = {href: int(re.match(r"([\d,]+) records", words)[1].replace(",", "")) for words, href in spots}  # type: ignore[index]
        if not sizes:
            break
        href = max(sizes, key=lambda one: (sizes[one], one))
        if sizes[href] >= before:
            break
        before, seen = sizes[href], seen + 1
        page = get(many, href)
        assert page.status == 200
        assert len(page.body) < 300_000
        assert len(marks(page, lines=False)) + len(marks(page, lines=True)) <= 600
        assert drawn_and_told(page) == int(
            re.findall(r"of ([\d,]+)", re.findall(r"Rows [\d,]+–[\d,]+ of [\d,]+", text(page))[0])[0].replace(",", "")
        )
    assert seen >= 2
    assert before < 100


@pytest.mark.slow
def test_around_a_hub_every_record_is_drawn_or_counted(many: Published) -> None:
    for steps in (1, 2):
        page = get(many, f"/network?around=stations/s0000&steps={steps}")
        assert len(page.body) < 300_000
        assert len(marks(page, lines=False)) <= 102
        assert len(marks(page, lines=False)) + len(marks(page, lines=True)) <= 600
        told = re.findall(r"Rows 1–100 of ([\d,]+)", text(page))
        assert drawn_and_told(page) == int(told[0].replace(",", ""))


@pytest.mark.slow
def test_two_builds_have_the_same_bytes(many: Published, tmp_path: Path) -> None:
    for name in ("data", "schemas", "datapackage.yaml"):
        source = many.folder.parents[2] / name
        (shutil.copytree if source.is_dir() else shutil.copy)(source, tmp_path / name)
    built = sourcebook.build(tmp_path, formats=())
    assert built.release
    assert (built.release / SITE_INDEX).read_bytes() == (many.folder / SITE_INDEX).read_bytes()


def test_the_stored_layout_has_each_record_once(few: Published) -> None:
    rows = few.connection.execute("SELECT collection, row FROM site.network_edges").fetchall()
    assert len(rows) == 5
    assert max(Counter(rows).values()) == 1
    assert few.connection.execute("SELECT records, without FROM site.network_counts").fetchall() == [(7, 2)]


def test_a_record_in_two_pictures_of_a_page_has_a_row_below_each(tmp_path: Path) -> None:
    def date_the_ties(book: Path) -> None:
        for path, old, new in (
            ("datapackage.yaml", "kind: kind}", "kind: kind}\n        interval: {earliest: seen, latest: seen}"),
            ("schemas/tie.schema.json", '"claim": {', '"seen": {"type": "string", "format": "date"},\n    "claim": {'),
            (TIES, "clerk-and-keeper, ", "clerk-and-keeper, seen: '2014-05-03', "),
        ):
            harbour.replaced(path, old, new)(book)

    with opened(tmp_path, date_the_ties) as found:
        page = get(found, "/people/isil-fener").body.decode()
    rows = re.findall(r'<tr id="row-(\w+)-(\d+)-clerk-and-keeper"', page)
    assert [picture for picture, _ in rows] == ["network", "timeline"]
    marked = re.findall(r'data-row="row-(\w+)-\d+-clerk-and-keeper"', page)
    assert set(marked) == {"network", "timeline"}
