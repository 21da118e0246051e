# SPDX-License-Identifier: Apache-2.0
"""What answers a statement is told in the order in which it was said, wherever that is, and not in that of files."""

from __future__ import annotations

import csv
import json
import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from sourcebook.site.published import Published
from sourcebook.verify import verify
from tests.harbour import get, opened, text
from tests.served import BOOKS

BOOK = BOOKS / "ferry-case"
ADDED = (
    ("no-day", "The file has a leaf too few", "reports", "", "later_in_case", "charged"),
    ("anew", "It is heard anew", "rules", "1923", "later_in_case", "charged"),
    ("freed", "He was freed", "rules", "1915-05-02", "later_in_case", "charged"),
    ("spring", "In spring he was heard", "rules", "1915-05", "later_in_case", "sank-it"),
    ("left", "It was left so", "rules", "1918-01", "later_in_case", "charged"),
    ("odd-day", "He slept", "states", "1913", "contradicts", "sank-it"),
    ("first-no", "No", "denies", "1899", "denies", "sank-it"),
)
"""Key, words, kind, when it was said, how it answers, and what."""
CHARGED = ["freed", "left", "anew", "acquitted", "acquittal-stands", "no-day"]
"""The stages of a case that have a date, then the others as they stand in the file."""
SAYINGS = ["He was freed", "It was left so", "It is heard anew", "The court at Wick Sand acquitted him"]


def stages(folder: Path) -> None:
    claims = folder / "data/claims.yaml"
    added = ""
    for key, words, kind, said_on, how, what in ADDED:
        day = f', said_on: "{said_on}"' if said_on else ""
        added += f"- {{id: {key}, statement: {words}, kind: {kind}, origin: court, source: court-book"
        added += f"{day}, {how}: [{what}]}}\n"
    claims.write_text(claims.read_text("utf-8") + added, encoding="utf-8")


@pytest.fixture(scope="module")
def ferry(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Published]:
    with opened(tmp_path_factory.mktemp("ferry"), stages, BOOK) as found:
        yield found


def in_order(told: str, words: list[str]) -> bool:
    places = [told.find(one) for one in words]
    return -1 not in places and places == sorted(places)


def of_claims(ferry: Published, key: str) -> dict[str, Any]:
    with closing(sqlite3.connect(ferry.folder / "ferry-case.db")) as connection:
        connection.row_factory = sqlite3.Row
        return dict(connection.execute("SELECT * FROM claims WHERE id = ?", (key,)).fetchone())


def test_columns_have_them_by_date_and_those_without_last(ferry: Published) -> None:
    row = of_claims(ferry, "charged")
    assert json.loads(row["followed_by"]) == CHARGED
    assert in_order(row["answers"], SAYINGS)
    row = of_claims(ferry, "sank-it")
    assert json.loads(row["denied_by"]) == ["first-no", "never-sank"]
    assert json.loads(row["contradicted_by"]) == ["odd-day", "was-ashore"]


def test_a_row_that_rests_on_several_statements_has_those_of_all_in_one_order(ferry: Published) -> None:
    with closing(sqlite3.connect(ferry.folder / "ferry-case.db")) as connection:
        ((answers,),) = connection.execute("SELECT answers FROM events_people WHERE answers IS NOT NULL")
    assert in_order(answers, ["In spring he was heard", *SAYINGS])  # the first answers another than those that follow


def test_pages_and_their_data_have_that_order(ferry: Published) -> None:
    told = json.loads(get(ferry, "/claims/charged.json", data=True).body)["answers"]
    assert [one["key"] for one in told] == CHARGED
    page = get(ferry, "/claims/charged")
    linked = re.search(r'<script type="application/ld\+json">(.*?)</script>', page.body.decode(), re.DOTALL)
    assert linked
    assert in_order(linked[1].partition('"comment"')[2], SAYINGS)
    shown = text(replace(page, body=page.body.replace(linked[0].encode(), b"")))
    assert in_order(shown, SAYINGS)
    told = json.loads(get(ferry, "/claims/was-ashore.json", data=True).body)["answers"]
    beside = next(one for one in told if one["key"] == "sank-it")["answered_by"]
    assert [one["key"] for one in beside if one["how"] == "Denied by"] == ["first-no", "never-sank"]


def test_flat_files_have_that_order(ferry: Published) -> None:
    with (ferry.folder / "flat/claims.csv").open(encoding="utf-8", newline="") as file:
        (row,) = (one for one in csv.DictReader(file) if one["id"] == "charged")
    assert CHARGED in [re.split(r"; | \| ", value) for value in row.values()]
    assert any(in_order(value, SAYINGS) for value in row.values())


def test_verify_comes_to_the_same(ferry: Published) -> None:
    folder = ferry.folder.resolve()
    while not (folder / "datapackage.yaml").is_file():
        folder = folder.parent
    found = verify(folder)
    assert found.ok, found
