# SPDX-License-Identifier: Apache-2.0
"""What answers a statement stands in its row, and no row that rests on statements is without who says them."""

from __future__ import annotations

import csv
import importlib
import json
import random
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

import sourcebook
from sourcebook.book import load_book
from sourcebook.check.check import check_book
from sourcebook.compile import chunk as chunks
from sourcebook.publish import cache
from sourcebook.verify import verify
from tests.served import BOOKS

BOOK = BOOKS / "ferry-case"
DENIED = (
    "Denied by The harbour office: “No ferry was sunk on anybody's word” (Notes of the harbour, page 1). "
    "Contradicted by Odo Brine: “Corvin Tallow was ashore that night” (Mersey Mail, page 4)."
)


@pytest.fixture(scope="module")
def ferry(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return built(tmp_path_factory.mktemp("ferry") / "book")


def built(folder: Path, book: Path = BOOK) -> Path:
    shutil.copytree(book, folder)
    found = sourcebook.build(folder)
    assert found.release, "\n".join(map(str, found.checked.findings))
    return folder


def rows(folder: Path, table: str) -> list[dict[str, Any]]:
    (path,) = (folder / "build").glob("*.db")
    with closing(sqlite3.connect(path)) as connection:
        connection.row_factory = sqlite3.Row
        return [dict(row) for row in connection.execute(f'SELECT * FROM "{table}" ORDER BY rowid')]


def test_a_statement_says_by_key_and_in_words_what_answers_it(ferry: Path) -> None:
    found = {row["id"]: row for row in rows(ferry, "claims")}
    assert (found["sank-it"]["denied_by"], found["sank-it"]["contradicted_by"]) == ('["never-sank"]', '["was-ashore"]')
    assert found["sank-it"]["answers"] == DENIED
    assert found["charged"]["followed_by"] == '["acquitted","acquittal-stands"]'
    assert found["acquitted"]["upheld_by"] == '["acquittal-stands"]'
    assert found["fined"]["overturned_by"] == '["fine-set-aside"]'
    assert found["forty"]["corrected_by"] == '["fourteen"]'
    assert found["fourteen"]["replaced_by"] == '["thirteen"]'
    assert found["never-sank"]["answers"] is None


def test_an_accusation_that_is_quoted_as_an_answer_has_its_denial_beside_it(ferry: Path) -> None:
    found = {row["id"]: row["answers"] for row in rows(ferry, "claims")}
    assert found["was-ashore"] == (
        "Contradicted by a mate who is not named: “Corvin Tallow had the ferry sunk” "
        "(Mersey Mail, page 3; denied by The harbour office, never-sank)."
    )
    assert "with the reservation “if the list is right”" in found["fourteen"]


@pytest.mark.parametrize(
    ("table", "said_by", "published_in"),
    [
        ("people_aliases", "a mate who is not named", "Mersey Mail"),
        ("postings", "a mate who is not named", "Mersey Mail"),
        ("events_people", "a mate who is not named; The court at Wick Sand", "Mersey Mail; Book of the court"),
        ("events", "The Mersey Mail", "Mersey Mail"),
    ],
)
def test_a_row_that_rests_on_statements_says_who_says_them(
    ferry: Path, table: str, said_by: str, published_in: str
) -> None:
    first, second = rows(ferry, table)
    assert (first["said_by"], first["published_in"]) == (said_by, published_in)
    assert first["answers"]
    assert (second["said_by"], second["published_in"], second["answers"]) == (None, None, None)


def test_what_only_links_has_none(ferry: Path) -> None:
    for table in ("claims_denies", "people_aliases_claims", "events_claims", "origins", "papers"):
        assert not {"said_by", "answers"} & rows(ferry, table)[0].keys()


def test_the_csv_and_its_schema_have_them(ferry: Path) -> None:
    with (ferry / "build/csv/claims.csv").open(encoding="utf-8", newline="") as file:
        (row,) = (row for row in csv.DictReader(file) if row["id"] == "sank-it")
    assert row["answers"] == DENIED
    fields = {one["name"]: one for one in json.loads((ferry / "build/tableschema/claims.json").read_text())["fields"]}
    assert "Made by the build" in fields["denied_by"]["description"]
    assert "not in the records" in fields["answers"]["description"]


def test_json_has_them_at_the_end_of_a_record_and_the_record_stays_what_it_was(ferry: Path) -> None:
    found = {one["id"]: one for one in json.loads((ferry / "build/json/claims.json").read_text())}
    assert list(found["sank-it"])[-3:] == ["denied_by", "contradicted_by", "answers"]
    assert found["sank-it"]["denied_by"] == ["never-sank"]
    assert "answers" not in found["never-sank"]
    lines = (ferry / "build/ndjson/claims.ndjson").read_text().splitlines()
    assert [json.loads(line) for line in lines] == list(found.values())
    (document,) = (row["document"] for row in rows(ferry, "_records") if row["key"] == "sank-it")
    assert "denied_by" not in document


def test_answers_in_another_collection_and_keys_that_are_numbers(tmp_path: Path) -> None:
    folder = built(tmp_path / "book", BOOKS / "answers-elsewhere")
    first, second = rows(folder, "charges")
    assert first["denied_by"] == '["no-water"]'
    assert first["answers"] == "Denied by Ottoline Krug, Marl Wren: “No glaze was ever watered” (Yard News)."
    assert second["answers"] is None
    assert verify(folder).ok


def test_a_book_without_statements_has_none(tmp_path: Path) -> None:
    assert "answers" not in rows(built(tmp_path / "book", BOOKS / "moorings"), "boats")[0]


def test_a_name_that_a_derived_column_has_is_told_at_the_descriptor(tmp_path: Path) -> None:
    folder = Path(shutil.copytree(BOOK, tmp_path / "book"))
    schema = folder / "schemas/claim.schema.json"
    schema.write_text(schema.read_text("utf-8").replace('"hedge": {', '"Answers": {"type": "string"}, "hedge": {'))
    (found,) = check_book(load_book(folder)).findings
    assert (found.rule, found.path) == ("name-collision", "datapackage.yaml")
    assert "claims.Answers" in found.message
    assert "rename" in found.hint
    descriptor = folder / "datapackage.yaml"
    descriptor.write_text(
        descriptor.read_text("utf-8").replace("      facets: [kind]\n", "      rename: {Answers: said}\n")
    )
    assert check_book(load_book(folder)).ok


# --- verify -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("table", "column"),
    [("claims", "answers"), ("claims", "denied_by"), ("events_people", "said_by"), ("postings", "published_in")],
)
def test_verify_finds_one_changed_character(ferry: Path, tmp_path: Path, table: str, column: str) -> None:
    answers = importlib.import_module("sourcebook.verify.answers")
    case = importlib.import_module("sourcebook.verify.case")
    checked = importlib.import_module("sourcebook.check.check").check(ferry, aside=tmp_path)
    release = Path(shutil.copytree((ferry / "build").resolve() / "current", tmp_path / "release"))
    database = release / "ferry-case.db"
    for wrong in (False, True):
        if wrong:
            with closing(sqlite3.connect(database)) as connection, connection:
                connection.execute(
                    f"UPDATE {table} SET {column} = substr({column}, 1, 5) || 'x' || substr({column}, 7) "
                    f"WHERE rowid = (SELECT min(rowid) FROM {table} WHERE {column} IS NOT NULL)"
                )
        judged = case.Case(checked, release, tmp_path / "ferry-case.db")
        answers.answers(judged)
        assert bool(judged.differences) is wrong
    assert column in judged.differences[0].message


# --- builds that patch ------------------------------------------------------------------------------------------------


def contents(folder: Path) -> dict[str, list[tuple[Any, ...]]]:
    (path,) = (folder / "build").glob("*.db")
    with closing(sqlite3.connect(path)) as connection:
        names = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        own = [name for name in names if "_fts" not in name and not name.startswith("sqlite_")]
        return {name: connection.execute(f'SELECT * FROM "{name}" ORDER BY rowid').fetchall() for name in own}


def files(folder: Path) -> dict[str, bytes]:
    release = (folder / "build/ferry-case.db").resolve().parent
    made = (path for kind in ("csv", "json", "ndjson", "flat") for path in (release / kind).rglob("*"))
    return {str(path.relative_to(release)): path.read_bytes() for path in made if path.is_file()}


def edits(claims: list[dict[str, Any]], chance: random.Random) -> str:
    """An edit that keeps as many rows everywhere; what it is."""
    one = chance.choice(claims)
    kind = chance.choice(("statement", "page", "origin", "source", "answer", "label", "said_on"))
    if kind in ("statement", "page"):
        one[kind] = f"{one['statement']} {chance.randint(0, 99)}"
    elif kind == "origin":
        one["origin"] = chance.choice(("mate", "keeper", "court", "mail-desk"))
    elif kind == "source":
        one["source"] = chance.choice(("mersey-mail", "court-book"))
    elif kind == "said_on":
        one["said_on"] = chance.choice(("1911", "1911-04", "1912-01-08"))
    elif kind == "answer":
        (answering,) = chance.choice([[one] for one in claims if "denies" in one or "contradicts" in one])
        way = "denies" if "denies" in answering else "contradicts"
        answering[way] = [chance.choice(claims)["id"]]
    return kind


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[object]]:
    """Chunks of one file, any database and any change worth a patch; what each attempt came to."""
    monkeypatch.setattr(chunks, "_MOST_FILES", 1)
    monkeypatch.setattr(cache, "_LARGE", 0)
    monkeypatch.setattr(cache, "_FEW", 1.0)
    check = importlib.import_module("sourcebook.check.check")
    found: list[object] = []
    original = check.patch

    def noting(*arguments: object) -> object:
        found.append(original(*arguments))
        return found[-1]

    monkeypatch.setattr(check, "patch", noting)
    return found


@pytest.mark.slow
def test_a_patched_release_is_that_of_a_clean_build(tmp_path: Path, small: list[object]) -> None:
    folder = Path(shutil.copytree(BOOK, tmp_path / "book"))
    claims = _yaml(folder / "data/claims.yaml")
    origins = _yaml(folder / "data/origins.yaml")
    chance = random.Random(15)
    (folder / "data/claims.yaml").write_text(json.dumps(claims))
    sourcebook.build(folder, formats=["ndjson", "flat"])
    for number in range(12):
        if number == 6:  # of two answers the second comes to stand first, and nothing else is other
            next(one for one in claims if one["id"] == "acquittal-stands")["said_on"] = "1900"
        elif edits(claims, chance) == "label":
            chance.choice(origins)["name"] = f"Somebody {number}"
        (folder / "data/claims.yaml").write_text(json.dumps(claims))
        (folder / "data/origins.yaml").write_text(json.dumps(origins))
        assert sourcebook.build(folder, formats=["ndjson", "flat"]).release
        clean = tmp_path / f"clean{number}"
        shutil.copytree(folder, clean, ignore=shutil.ignore_patterns("build"))
        sourcebook.build(clean, formats=["ndjson", "flat"])
        assert contents(folder) == contents(clean)
        assert files(folder) == files(clean)
    assert sum(one is not None for one in small) >= 6
    assert verify(folder).ok


def _yaml(path: Path) -> Any:
    from sourcebook.parse import parse

    return parse(path.read_bytes(), path.name).documents[0].value
