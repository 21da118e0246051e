# SPDX-License-Identifier: Apache-2.0
"""The home page: what the book is and how current, what is in it, how it is used."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from sourcebook.site.published import Published
from tests.conftest import BOOKS
from tests.harbour import get, links, opened, replaced, text


@pytest.fixture(scope="module")
def harbour(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Published]:
    with opened(tmp_path_factory.mktemp("home")) as found:
        yield found


@pytest.fixture(scope="module")
def orchard(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Published]:
    with opened(tmp_path_factory.mktemp("orchard"), book=BOOKS / "orchard") as found:
        yield found


def facts(page: str) -> dict[str, str]:
    """The pairs of a list of facts."""
    found = re.findall(r"<dt>(.*?)</dt><dd>(.*?)</dd>", page, re.DOTALL)
    return {name: " ".join(re.sub(r"<[^>]*>", "", value).split()) for name, value in found}


def test_it_says_what_the_book_is_and_how_current(harbour: Published) -> None:
    page = get(harbour, "/")
    assert page.status == 200
    for words in (
        "The lamp oil of Lantern Harbour: who said what",
        "does not say that an allegation is true",
        "No person",
    ):
        assert words in text(page)
    said = facts(page.body.decode())
    assert said["Released"] == "2 May 2026"
    assert said["Version"] == "1.2.0"
    assert said["Release"] == harbour.release


def test_what_is_not_known_is_said_not_to_be(orchard: Published) -> None:
    said = facts(get(orchard, "/").body.decode())
    assert said["Released"] == "not recorded"
    assert said["Commit"] == "not recorded"


@pytest.mark.parametrize(
    ("changed", "words"), [(False, "0123456789ab of 1 May 2026"), (True, "and files changed since")]
)
def test_the_commit(tmp_path: Path, *, changed: bool, words: str) -> None:
    with opened(tmp_path) as found:
        report = found.folder / "report.json"
        report.chmod(0o644)
        source = {"commit": "0123456789abcdef", "committed": "2026-05-01T12:00:00+00:00", "changed": changed}
        report.write_text(json.dumps(json.loads(report.read_text("utf-8")) | {"source": source}), encoding="utf-8")
        assert words in facts(get(found, "/").body.decode())["Commit"]
        assert ("changed" in facts(get(found, "/").body.decode())["Commit"]) == changed


def test_search_comes_first_and_takes_no_focus(harbour: Published) -> None:
    page = get(harbour, "/").body.decode()
    assert page.count('type="search"') == 1
    assert page.index('name="q"') < page.index("<h2>")
    assert "autofocus" not in page


def test_collections_have_counts_and_files(harbour: Published) -> None:
    page = get(harbour, "/")
    there = links(page)
    assert there["/documents"] == "Sources"
    assert there["/-/downloads/csv/sources.csv"] == "CSV"
    assert there["/-/downloads/json/claims.json"] == "JSON"
    for name, count in (("People", 5), ("Claims", 8), ("Corrections", 2)):
        assert f"{name} {count} CSV JSON" in text(page)


def test_what_has_names_comes_before_what_links_it_and_logs_come_last(harbour: Published, orchard: Published) -> None:
    def order(found: Published) -> list[str]:
        page = get(found, "/").body.decode()
        listed = page[page.index('id="collections"') : page.index('id="downloads"')]
        return re.findall(r'<li><a href="/([^"]*)"', listed)

    assert order(harbour)[0] == "claims"  # which has no label, but is what somebody said
    assert order(harbour)[-1] == "corrections"
    assert order(harbour).index("places") < order(harbour).index("ties")
    assert order(orchard) == ["varieties", "growers", "harvests"]


def test_an_empty_collection_comes_last(tmp_path: Path) -> None:
    def emptied(folder: Path) -> None:
        replaced(
            "datapackage.yaml",
            "      label: name\n      facets: [season",
            "      may_be_empty: true\n      label: name\n      facets: [season",
        )(folder)
        for file in (folder / "data/varieties").iterdir():
            file.unlink()
        (folder / "data/harvests.yaml").write_text("[]\n")
        replaced("datapackage.yaml", "      layout: list\n", "      layout: list\n      may_be_empty: true\n")(folder)

    with opened(tmp_path, emptied, BOOKS / "orchard") as found:
        listed = text(get(found, "/"))
        assert listed.index("Growers 2") < listed.index("Varieties 0")


def test_questions_are_linked_with_what_they_say(orchard: Published) -> None:
    page = get(orchard, "/")
    assert links(page)["/questions/heaviest"] == "The heaviest harvests"


def test_downloads_in_brief(harbour: Published) -> None:
    there = links(get(harbour, "/"))
    for address in ("lantern-harbour.db", "datapackage.json", "SHA256SUMS"):
        assert f"/-/downloads/{address}" in there
    assert {"/downloads", "/schema", "/lantern-harbour"} <= there.keys()


def test_a_release_without_extracts_links_none(tmp_path: Path) -> None:
    with opened(tmp_path, extracts=False) as found:
        there = links(get(found, "/"))
    assert [one for one in there if one.startswith("/-/downloads/")] == [
        "/-/downloads/lantern-harbour.db",
        "/-/downloads/SHA256SUMS",
    ]


def test_licence_makers_sources_and_corrections(harbour: Published) -> None:
    page = get(harbour, "/")
    there = links(page)
    assert there["https://creativecommons.org/publicdomain/zero/1.0/"] == "CC0"
    assert there["/corrections"] == "Corrections"
    assert there["https://code.example/lantern-harbour"] == "https://code.example/lantern-harbour"
    assert "Nobody at all (curator)" in text(page)
    assert "Newspapers that were never printed" in text(page)


def test_buttons_to_copy_are_hidden_where_no_script_shows_them(harbour: Published) -> None:
    page = get(harbour, "/").body.decode()
    buttons = re.findall(r'<button type="button"[^>]*>', page)
    assert len(buttons) == 3
    for button in buttons:
        assert " hidden" in button
        meant = re.search(r'data-copy="([^"]*)"', button)
        assert meant
        assert f'id="{meant[1]}"' in page


def test_what_a_book_says_is_escaped(tmp_path: Path) -> None:
    with opened(
        tmp_path, replaced("datapackage.yaml", "title: Nobody at all", 'title: "<b>Nobody</b> & \\"all\\""')
    ) as found:
        page = get(found, "/").body.decode()
    assert "<b>Nobody" not in page
    assert "&lt;b&gt;Nobody&lt;/b&gt; &amp;" in page


def test_the_script_is_small() -> None:
    import sourcebook.site as site

    assert (Path(site.__file__).parent / "static/site.js").stat().st_size < 10_000
