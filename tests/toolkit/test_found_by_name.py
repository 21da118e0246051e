# SPDX-License-Identifier: Apache-2.0
"""A name finds every statement about what is called so, also those that do not name it and clear somebody."""

from __future__ import annotations

import importlib
import json
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

import sourcebook
from sourcebook.compile import chunk as chunks
from sourcebook.publish import cache
from sourcebook.site.published import Published
from tests.harbour import get, opened
from tests.served import BOOKS

BOOK = BOOKS / "ferry-case"
ABOUT = {"sank-it", "never-sank", "was-ashore", "charged", "acquitted", "acquittal-stands"}


@pytest.fixture(scope="module")
def ferry(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Published]:
    with opened(tmp_path_factory.mktemp("ferry"), book=BOOK) as found:
        yield found


def found(database: Path, words: str) -> set[str]:
    """What Datasette's ``_search`` finds among the claims, by the SQL that it makes."""
    sql = "SELECT id FROM claims WHERE rowid IN (SELECT rowid FROM claims_fts WHERE claims_fts MATCH ?)"
    with closing(sqlite3.connect(database)) as connection:
        return {key for (key,) in connection.execute(sql, (words,))}


@pytest.mark.parametrize("name", ["gull", '"the gull"', "corvin"])
def test_a_name_or_an_alias_finds_all_claims_about_somebody(ferry: Published, name: str) -> None:
    assert found(ferry.folder / "ferry-case.db", name) >= ABOUT


def test_it_is_what_they_are_about_and_nothing_else(ferry: Published) -> None:
    database = ferry.folder / "ferry-case.db"
    assert found(database, '"wick sand ferry"') == {"forty", "fourteen", "thirteen"}
    assert found(database, "linked : mersey") == set()  # where it was published is not what the book calls `about`
    assert found(database, '"tallow the"') == set()  # no phrase runs from one name to the next


def test_the_sites_own_search_shows_each_with_its_answers(ferry: Published) -> None:
    told = json.loads(get(ferry, "/search.json?q=gull", data=True).body)
    (claims,) = (group for group in told["found"] if group["collection"] == "claims")
    assert claims["count"] == len(ABOUT)
    records = {one["key"]: one for one in claims["records"]}
    for key, one in records.items():
        if key in ("sank-it", "was-ashore"):
            assert "never-sank" in json.dumps(one["answers"])
    assert records


def test_without_about_all_references_count(tmp_path: Path) -> None:
    folder = Path(shutil.copytree(BOOK, tmp_path / "book"))
    descriptor = folder / "datapackage.yaml"
    text = descriptor.read_text("utf-8").replace('          about: ["people[]", "boats[]"]\n', "")
    descriptor.write_text(text, "utf-8")
    assert sourcebook.build(folder, formats=()).release
    database = folder / "build/ferry-case.db"
    assert found(database, "gull") >= ABOUT
    assert found(database, "linked : mersey") == {"sank-it", "was-ashore", "forty", "fourteen"}
    assert found(database, "linked : sunk") == set()  # what other statements say is not what one says


def test_a_new_alias_is_found_after_a_patch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chunks, "_MOST_FILES", 1)
    monkeypatch.setattr(cache, "_LARGE", 0)
    monkeypatch.setattr(cache, "_FEW", 1.0)
    check = importlib.import_module("sourcebook.check.check")
    patched = []
    original = check.patch
    monkeypatch.setattr(check, "patch", lambda *some: patched.append(original(*some)) or patched[-1])
    folder = Path(shutil.copytree(BOOK, tmp_path / "book"))
    sourcebook.build(folder, formats=())
    people = folder / "data/people.yaml"
    people.write_text(people.read_text("utf-8").replace("name: The Gull", "name: Ğullâr"), "utf-8")
    assert sourcebook.build(folder, formats=()).release
    assert patched[-1] is not None
    database = folder / "build/ferry-case.db"
    assert found(database, "gullar") >= ABOUT
    assert "sank-it" not in found(database, "gull")
