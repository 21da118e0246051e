# SPDX-License-Identifier: Apache-2.0
"""Where errors are reported, and where a record stands in the repository."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from sourcebook.site.published import Published
from tests.conftest import BOOKS
from tests.harbour import get, links, opened, replaced, text


@pytest.fixture(scope="module")
def harbour(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Published]:
    with opened(tmp_path_factory.mktemp("reporting")) as found:
        report = found.folder / "report.json"
        report.chmod(0o644)
        source = {"commit": "c0ffee", "committed": "2026-05-01T12:00:00+00:00", "changed": False}
        report.write_text(json.dumps(json.loads(report.read_text("utf-8")) | {"source": source}), encoding="utf-8")
        yield found


def mail(there: dict[str, str]) -> dict[str, str]:
    """What the mail says that a page's link for reports begins, the one of the record where there is one."""
    address = next(href for href, words in there.items() if words.startswith("Report an error"))
    assert address.startswith("mailto:errors@harbour.example?")
    return {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}


def test_a_report_names_the_record_the_release_and_its_line(harbour: Published) -> None:
    said = mail(links(get(harbour, "/people/isil-fener")))
    assert said["subject"] == "Error in people isil-fener"
    assert said["body"].splitlines() == [
        "https://book.example/people/isil-fener",
        f"{harbour.release} 1.2.0",
        "data/people/isil-fener.yaml:1 Işıl Fener-Çakıl",
    ]


def test_of_a_statement_it_names_what_is_said(harbour: Published) -> None:
    said = mail(links(get(harbour, "/claims/oil-denied")))
    assert "as The Quay Gazette relates, denies" in said["body"]


def test_home_and_other_pages_report_on_the_book(harbour: Published) -> None:
    for address in ("/", "/search?q=a%26b", "/nothing"):
        said = mail(links(get(harbour, address)))
        assert said["subject"].strip() == "Error in"
        assert said["body"].startswith(f"https://book.example{address}\n")


def test_values_cannot_leave_their_place_in_the_template(tmp_path: Path) -> None:
    name = "A & B?cc=eve@harbour.example#\\n\\u202ex"
    with opened(
        tmp_path, replaced("data/people/odd-ankerlokke.yaml", 'Oddvår Ankerløkke "& Sons"', f'"{name}"')
    ) as found:
        said = mail(links(get(found, "/people/odd-ankerlokke")))
    assert set(said) == {"subject", "body"}
    assert "A & B?cc=eve@harbour.example#" in said["body"]


def test_source_edit_and_blame(harbour: Published) -> None:
    there = links(get(harbour, "/claims/oil-denied"))
    assert there["https://code.example/lantern-harbour/at/c0ffee/data/claims/quay-gazette.yaml#15"] == "See it there"
    assert "https://code.example/lantern-harbour/blame/c0ffee/data/claims/quay-gazette.yaml#15" in there
    assert "https://code.example/lantern-harbour/edit/data/claims/quay-gazette.yaml" in there


def test_without_a_commit_nothing_is_linked_that_asks_for_one(tmp_path: Path) -> None:
    with opened(tmp_path) as found:
        there = links(get(found, "/claims/oil-denied"))
    assert [one for one in there if one.startswith("https://code.example")] == [
        "https://code.example/lantern-harbour/edit/data/claims/quay-gazette.yaml"
    ]


def test_paths_are_encoded(tmp_path: Path) -> None:
    def moved(folder: Path) -> None:
        (folder / "data/people/isil-fener.yaml").rename(folder / "data/people/a b#c.yaml")

    with opened(tmp_path, moved) as found:
        there = links(get(found, "/people/isil-fener"))
    assert "https://code.example/lantern-harbour/edit/data/people/a%20b%23c.yaml" in there


def test_a_book_that_names_no_address_has_none_made_up(tmp_path: Path) -> None:
    with opened(tmp_path, book=BOOKS / "orchard") as found:
        home, record = get(found, "/"), get(found, "/varieties/red-lantern")
        assert "The book names no address for reports." in text(home)
        assert f"varieties/red-lantern, release {found.release}" in text(record)
    assert links(record)["/#report"]
    for page in (home, record):
        assert [
            one for one in links(page) if one.startswith(("mailto:", "http")) and "creativecommons" not in one
        ] == []


def test_whom_the_descriptor_names_with_an_address_is_linked(tmp_path: Path) -> None:
    people = """version: "1.0.0"
homepage: https://orchard.example/
contributors:
  - {title: A Grower, email: grower@orchard.example, path: "https://grower.example/"}
  - {title: A Pruner, path: "https://pruner.example/"}
  - {title: A Cook}
"""
    with opened(tmp_path, replaced("datapackage.yaml", 'version: "1.0.0"\n', people), BOOKS / "orchard") as found:
        page = get(found, "/")
    there = links(page)
    assert there["mailto:grower@orchard.example"] == "A Grower"
    assert there["https://pruner.example/"] == "A Pruner"
    assert "https://orchard.example/" in there
    assert "Those who made it can be asked:" in text(page)
