# SPDX-License-Identifier: Apache-2.0
"""Citations of a book and of its records: in words, as BibTeX, as CSL-JSON."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sourcebook.site import citing
from sourcebook.site.published import Published
from tests.conftest import BOOKS
from tests.harbour import get, opened, replaced


@pytest.fixture(scope="module")
def harbour(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Published]:
    with opened(tmp_path_factory.mktemp("citing")) as found:
        yield found


@pytest.fixture(scope="module")
def orchard(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Published]:
    with opened(tmp_path_factory.mktemp("orchard"), book=BOOKS / "orchard") as found:
        yield found


def cited(found: Published, address: str, **how: Any) -> dict[str, str]:
    """The citations on a page: text, bibtex and csl."""
    page = get(found, address, **how).body.decode()
    parts = re.findall(r'<(?:p|pre)[^>]* id="cite-(\w+)"[^>]*>(.*?)</(?:p|pre)>', page, re.DOTALL)
    return {name: html.unescape(text) for name, text in parts}


def csl(found: Published, address: str, **how: Any) -> dict[str, Any]:
    (item,) = json.loads(cited(found, address, **how)["csl"])
    assert isinstance(item, dict)
    return item


def fields(bibtex: str) -> dict[str, str]:
    """The fields of one entry, read as BibTeX reads them: by braces that match."""
    kind, key, rest = re.fullmatch(r"@(\w+)\{([^,\s]+),\n(.*)\}\n", bibtex, re.DOTALL).groups()  # type: ignore[union-attr]
    found = {"@": kind, "key": key}
    place = 0
    while start := re.compile(r"\s*(\w+) = (\w+|\{)").match(rest, place):
        place = start.end()
        if start[2] == "{":
            depth = 1
            while depth:
                depth += {"{": 1, "}": -1}.get(rest[place], 0)
                place += 1
            found[start[1]] = rest[start.end() : place - 1]
        else:
            found[start[1]] = start[2]
        place = re.compile(r",?\n?").match(rest, place).end()  # type: ignore[union-attr]
    assert rest[place:].strip() == ""
    return found


# --- the book ---------------------------------------------------------------------------------------------------------


def test_the_text_is_the_book_s_own_where_it_has_one(harbour: Published) -> None:
    assert cited(harbour, "/")["text"] == "Nobody at all, The lamp oil of Lantern Harbour, 1.2.0."


def test_else_it_is_made_of_what_the_descriptor_says(tmp_path: Path) -> None:
    change = replaced("datapackage.yaml", "  citation: Nobody at all, The lamp oil of Lantern Harbour, 1.2.0.\n", "")
    with opened(tmp_path, change) as found:
        assert cited(found, "/")["text"] == (
            "Nobody at all. The lamp oil of Lantern Harbour: who said what (version 1.2.0). 2 May 2026. "
            f"Release {found.release}. Licence: CC0-1.0. https://book.example/"
        )


def test_the_book_as_bibtex(harbour: Published) -> None:
    assert fields(cited(harbour, "/")["bibtex"]) == {
        "@": "misc",
        "key": "lantern-harbour:1.2.0",
        "author": "{Nobody at all}",
        "title": "{The lamp oil of Lantern Harbour: who said what}",
        "year": "2026",
        "month": "may",
        "version": "1.2.0",
        "note": f"Release {harbour.release}. Licence: CC0-1.0.",
        "url": "https://book.example/",
    }


def test_the_book_as_csl(harbour: Published) -> None:
    assert csl(harbour, "/") == {
        "id": "lantern-harbour:1.2.0",
        "type": "dataset",
        "title": "The lamp oil of Lantern Harbour: who said what",
        "author": [{"literal": "Nobody at all"}],
        "issued": {"date-parts": [[2026, 5, 2]]},
        "version": "1.2.0",
        "URL": "https://book.example/",
        "note": f"Release {harbour.release}. Licence: CC0-1.0.",
    }


def test_what_is_not_known_is_left_out(orchard: Published) -> None:
    assert csl(orchard, "/").keys() == {"id", "type", "title", "version", "URL", "note"}
    assert fields(cited(orchard, "/")["bibtex"]).keys() == {"@", "key", "title", "version", "note", "url"}


@pytest.mark.parametrize("site", ["", "http://127.0.0.1:8001/", "http://localhost/", "http://[::1]:8001/"])
def test_an_address_that_nobody_else_can_open_is_not_cited(orchard: Published, site: str) -> None:
    assert "URL" not in csl(orchard, "/", site=site)
    assert "URL" not in csl(orchard, "/varieties/red-lantern", site=site)


def test_the_home_page_of_the_descriptor_stands_for_it(tmp_path: Path) -> None:
    change = replaced(
        "datapackage.yaml", 'version: "1.0.0"\n', 'version: "1.0.0"\nhomepage: https://orchard.example/\n'
    )
    with opened(tmp_path, change, BOOKS / "orchard") as found:
        assert csl(found, "/", site="http://127.0.0.1:8001/")["URL"] == "https://orchard.example/"
        assert csl(found, "/", site="https://read.example/")["URL"] == "https://read.example/"


def test_authors_are_those_who_made_it_and_names_are_taken_apart_where_the_book_does(tmp_path: Path) -> None:
    people = """version: "1.0.0"
contributors:
  - {title: A Funder, roles: [funder]}
  - {title: Ada Grower, givenName: Ada, familyName: Grower, roles: [author]}
  - {title: The Orchard Society, roles: [Curator, publisher]}
"""
    with opened(tmp_path, replaced("datapackage.yaml", 'version: "1.0.0"\n', people), BOOKS / "orchard") as found:
        item, entry = csl(found, "/"), fields(cited(found, "/")["bibtex"])
    assert item["author"] == [{"family": "Grower", "given": "Ada"}, {"literal": "The Orchard Society"}]
    assert item["publisher"] == "The Orchard Society"
    assert entry["author"] == "{Grower}, {Ada} and {The Orchard Society}"
    assert entry["publisher"] == "The Orchard Society"


# --- records ----------------------------------------------------------------------------------------------------------


def test_a_record_is_cited_in_its_book(harbour: Published) -> None:
    item = csl(harbour, "/people/isil-fener")
    assert (item["type"], item["title"]) == ("entry", "Işıl Fener-Çakıl")
    assert item["container-title"] == "The lamp oil of Lantern Harbour: who said what"
    assert item["URL"] == "https://book.example/people/isil-fener"
    text = cited(harbour, "/people/isil-fener")["text"]
    assert text.startswith("“Işıl Fener-Çakıl”. isil-fener (People) in: Nobody at all. The lamp oil")
    assert text.endswith("https://book.example/people/isil-fener")


def test_a_statement_is_never_cited_without_who_says_it_where_and_who_denies_it(harbour: Published) -> None:
    found = cited(harbour, "/claims/oil-forty-barrels")
    item = json.loads(found["csl"])[0]
    entry = fields(found["bibtex"])
    for text in (found["text"], item["title"], entry["title"]):  # styles may leave out notes, but no title
        assert "aid by A clerk of the harbour office, not named" in text
        assert "Where did the lamp oil go?" in text
        assert "enied by Işıl Fener-Çakıl" in text
    for text in (found["text"], item["note"], entry["note"]):
        assert "Denied by Işıl Fener-Çakıl, in Where did the lamp oil go?" in text
        assert "column 4, https://gazette.example/1911/lamp-oil" in text
        assert "With the reservation “is said to have”." in text
        assert "(oil-denied)" in text


def test_a_statement_that_was_replaced_is_cited_with_what_replaced_it(harbour: Published) -> None:
    assert re.search(r"Replaced by .*\(ruling-overturned\)", cited(harbour, "/claims/ruling-guilty")["text"])


def test_bib_is_what_the_page_shows(harbour: Published) -> None:
    for address in ("/claims/night-boat", "/people/odd-ankerlokke", "/events/night-of-the-barrels"):
        answer = get(harbour, f"{address}.bib")
        assert answer.media_type.startswith("application/x-bibtex")
        assert answer.body.decode() == cited(harbour, address)["bibtex"]


def test_a_citation_has_no_variable_that_csl_does_not_know(harbour: Published) -> None:
    known = {"id", "type", "title", "container-title", "author", "issued", "version", "publisher", "URL", "note"}
    for address in ("/", "/claims/oil-forty-barrels", "/people/isil-fener", "/documents/quay-gazette-1911"):
        item = csl(harbour, address)
        assert item.keys() <= known
        assert {"id", "type"} <= item.keys()
        assert item["type"] in ("dataset", "entry")
        assert all(one.keys() <= {"family", "given", "literal"} for one in item["author"])
        assert all(isinstance(part, int) for part in item["issued"]["date-parts"][0])


# --- BibTeX -----------------------------------------------------------------------------------------------------------


def test_what_tex_takes_for_its_own_is_escaped() -> None:
    assert citing.tex(r"50 % of A&B_c #1 $2 {x} ~ ^ \end") == (
        r"50 \% of A\&B\_c \#1 \$2 \textbraceleft{}x\textbraceright{} \textasciitilde{} \textasciicircum{} "
        r"\textbackslash{}end"
    )


@given(st.text())
def test_no_text_can_end_a_field(text: str) -> None:
    escaped = citing.tex(text)
    depth = 0
    for letter in escaped:
        depth += {"{": 1, "}": -1}.get(letter, 0)
        assert depth >= 0
    assert depth == 0
    assert "\n" not in escaped
    assert re.search(r"(?<!\\)[%&#$_~^]", escaped) is None


@given(st.text(), st.text())
def test_keys_are_safe_and_do_not_meet(one: str, other: str) -> None:
    keys = [citing.safe_id("book", "people", text) for text in (one, other)]
    for key in keys:
        assert re.fullmatch(r"[A-Za-z0-9.:-]+", key)
    assert (keys[0] == keys[1]) == (one == other)
