# SPDX-License-Identifier: Apache-2.0
"""The network of odd books, and of thousands: names of properties, labels, and what marks for several say."""

from __future__ import annotations

import html
import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest

import sourcebook
from sourcebook.extract import SITE_INDEX
from sourcebook.site.answer import Answer
from sourcebook.site.published import Published
from tests import networks
from tests.harbour import get, links, opened, replaced, text

TIES = "data/ties.yaml"


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Published]:
    with opened(tmp_path_factory.mktemp("network")) as found:
        yield found


@contextmanager
def laid(
    above: Path, lines: list[dict[str, Any]], stations: int = 4, depots: int = 2, descriptor: tuple[str, str] = ("", "")
) -> Iterator[Published]:
    """A release of a book of stations, by the numbers of these, and depots."""
    folder = networks.stations(above / "made", map(str, range(stations)), map("d{}".format, range(depots)), lines)
    if descriptor[0]:
        replaced("datapackage.yaml", *descriptor)(folder)
    with opened(above, book=folder, extracts=False) as found:
        yield found


def drawn(answer: Answer) -> tuple[list[tuple[str, str, str]], list[tuple[str, str]]]:
    """The lines of a network, each with where it leads, its row and what it says; and its marks without a row."""
    inside = answer.body.decode().partition('data-picture="network"')[2].partition("</svg>")[0]
    found = re.findall(r'<a class="mark[^"]*" href="([^"]*)"(?: data-row="([^"]*)")?><title>([^<]*)</title>', inside)
    said = [(html.unescape(href), row, html.unescape(words)) for href, row, words in found]
    return [one for one in said if one[1]], [(href, words) for href, row, words in said if not row]


def count_of(words: str) -> int:
    """How many records a line or a mark stands for, by what it says."""
    number = re.match(r"([\d,]+) (?:more )?records", words)
    return int(number[1].replace(",", "")) if number else 1


def test_the_page_says_what_lines_are_not(book: Published) -> None:
    page = text(get(book, "/network"))
    assert "it says what documents say, and not more. It does not mean that this is true. Nothing is inferred" in page
    filtered = get(book, "/network?collection=ties&one=nur-al-fanar&kind=saw+the+boat+of").body.decode()
    (title,) = re.findall(r"<head>.*?<title>(.*?)</title>", filtered, re.DOTALL)
    assert "boat" not in title
    assert "Fanar" not in title


def test_a_record_that_names_no_statement_is_told_apart(tmp_path: Path) -> None:
    def change(folder: Path) -> None:
        replaced("schemas/tie.schema.json", '"kind",\n    "claim"', '"kind"')(folder)
        replaced(TIES, ", claim: night-boat", "")(folder)

    with opened(tmp_path, change, extracts=False) as found:
        lines, _ = drawn(get(found, "/network"))
        (said,) = [words for _, row, words in lines if row.endswith("clerk-and-captain")]
        assert said.endswith("no statement that it rests on is shown here")


def test_properties_called_as_the_pages_own_parameters_can_be_asked_for(tmp_path: Path) -> None:
    """Ends of a line are often called `from` and `to`, as the days are between which records are asked for."""

    def change(folder: Path) -> None:
        schema = (folder / "schemas/tie.schema.json").read_text("utf-8")
        schema = schema.replace('"one"', '"from"').replace('"other"', '"to"').replace('"kind"', '"with"')
        (folder / "schemas/tie.schema.json").write_text(schema, encoding="utf-8")
        ties = (folder / TIES).read_text("utf-8").replace("one: ", "from: ").replace("other: ", "to: ")
        (folder / TIES).write_text(ties.replace("kind: ", "with: "), encoding="utf-8")
        edge = "facets: [from, to, with]\n      role:\n        edge: {from: from, to: to, kind: with}"
        replaced("datapackage.yaml", "role:\n        edge: {from: one, to: other, kind: kind}", edge)(folder)

    with opened(tmp_path, change, extracts=False) as found:
        whole = get(found, "/network").body.decode()
        for name in (".from", ".to", ".with"):
            assert f' name="{name}">' in whole
        some = get(found, "/network?.to=isil-fener&.with=worked+in+the+same+office")
        assert some.status == 200
        assert len(drawn(some)[0]) == 1
        assert "/network?.to=isil-fener" in links(some)
        assert len(drawn(get(found, "/network?around=people/nur-al-fanar&.to=isil-fener"))[0]) == 1


@pytest.fixture(scope="module")
def thousands(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Published]:
    """Stations that hang together in parts, some with hundreds of lines, and pairs without any other."""
    lines = [
        {"start": str(one * one % 700), "end": str((one * 31 + one // 7) % 1500), "kind": "tram"} for one in range(2400)
    ]
    lines += [{"start": str(one), "end": str(one + 1), "kind": "bus"} for one in range(1500, 1900, 2)]
    with laid(tmp_path_factory.mktemp("many"), lines, stations=2000) as found:
        yield found


@pytest.mark.slow
def test_a_mark_of_many_leads_down_to_each(thousands: Published) -> None:
    """From the whole network each link to a part of it leads to less, until all marks are records."""
    waiting, seen, single = ["/network"], set(), set()
    while waiting:
        address = waiting.pop()
        for href, _ in drawn(get(thousands, address))[1]:
            if "around=" in href:
                single.add(href)
            elif href not in seen and href.startswith("/network?group="):
                seen.add(href)
                waiting.append(href)
    nodes = thousands.connection.execute("SELECT count(*) FROM site.network_nodes").fetchone()[0]
    assert len(single) == nodes


@pytest.mark.slow
def test_a_mark_for_several_says_nothing_of_what_they_have_to_do_with_each_other(thousands: Published) -> None:
    answer = get(thousands, "/network")
    several = [words for _, words in drawn(answer)[1] if count_of(words) > 1]
    assert several
    assert all(re.match(r"[\d,]+ records, among them Station \d+ \(stations\)", words) for words in several)
    assert "and not that they have to do with each other" in text(answer)


@pytest.mark.slow
def test_all_rows_are_reached(thousands: Published) -> None:
    address, rows = "/network", set()
    while address:
        answer = get(thousands, address)
        rows |= set(re.findall(r'<tr id="(row-[^"]*)"', answer.body.decode()))
        address = next((href.partition("#")[0] for href, words in links(answer).items() if words == "Next"), "")
    assert len(rows) == 2600


def test_verify_holds_what_was_laid_out(tmp_path: Path) -> None:
    with laid(tmp_path, [{"start": "0", "end": "1"}, {"start": "1", "end": "d1"}]) as found:
        index = found.folder / SITE_INDEX
        assert sourcebook.verify(tmp_path / "book").ok
    with closing(sqlite3.connect(index)) as connection:
        connection.execute("UPDATE network_edges SET other = one WHERE number = 1")
        connection.commit()
    told = "\n".join(map(str, sourcebook.verify(tmp_path / "book").differences))
    assert "network_edges is not what the tables of the database make" in told


@pytest.mark.slow
@pytest.mark.parametrize("query", ["", "?kind=bus", "?around=stations/0&steps=2"])
def test_labels_stand_in_the_picture_and_on_nothing(thousands: Published, query: str) -> None:
    """As wide as letters are at most in usual fonts, which are no wider than 8 of the 13 that they are high."""
    page = get(thousands, f"/network{query}").body.decode().partition('data-picture="network"')[2]
    box = re.search(r'viewBox="0 0 (\d+) (\d+)"', page)
    assert box
    wide, high = map(float, box.groups())
    places = [
        (float(x), float(y)) for x, y in re.findall(r'<circle class="dot[^"]*" cx="([\d.]+)" cy="([\d.]+)"', page)
    ]
    labels = re.findall(r'<text x="([\d.]+)" y="([\d.]+)" text-anchor="(\w+)"[^>]*>([^<]+)<', page)
    assert len(labels) > 10
    boxes = []
    for x, y, anchor, label in labels:
        width = 8 * len(label)
        left = float(x) - {"start": 0.0, "middle": width / 2, "end": width}[anchor]
        boxes.append((left, float(y) - 12, left + width, float(y) + 4))
    for left, top, right, bottom in boxes:
        assert left >= 0
        assert top >= 0
        assert right <= wide
        assert bottom <= high
        assert not any(left < x < right and top < y < bottom for x, y in places)
    for one, other in combinations(boxes, 2):
        assert one[0] >= other[2] or other[0] >= one[2] or one[1] >= other[3] or other[1] >= one[3]
