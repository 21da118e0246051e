# SPDX-License-Identifier: Apache-2.0
"""Scripts that have much to be told of: thousands of columns that there are not, one large record again and again."""

from __future__ import annotations

import shutil
import time
from pathlib import Path
from typing import Any

import pytest

import sourcebook
from sourcebook import exact
from sourcebook.rules import book_checks
from tests.served import BOOKS


def test_columns_that_there_are_not_are_told_in_one_reading(tmp_path: Path) -> None:
    book = tmp_path / "orchard"
    shutil.copytree(BOOKS / "orchard", book)
    query = book / "scripts" / "queries" / "wide.sql"
    query.parent.mkdir(parents=True, exist_ok=True)
    links = ", ".join(f"a{number}: nowhere" for number in range(4_000))
    query.write_text(f"-- title: Wide\n-- link: {{{links}}}\nSELECT 1 AS one\n")
    begun = time.process_time()
    found = [one for one in sourcebook.check(book).findings if one.path == "scripts/queries/wide.sql"]
    assert time.process_time() - begun < 20  # it was minutes
    assert (found[0].line, found[0].message) == (
        1,
        "7,900 more mistakes in what the header says of columns are not shown",
    )
    assert (found[1].line, found[1].column) == (2, 15)
    assert len(found) == 101


def test_rows_of_one_large_record_are_told_in_one_reading(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    book = tmp_path / "orchard"
    shutil.copytree(BOOKS / "orchard", book)
    (key, *_) = sorted(path.stem for path in (book / "data" / "growers").glob("*.yaml"))
    check = book / "scripts" / "checks" / "often.sql"
    check.parent.mkdir(parents=True, exist_ok=True)
    rows = "WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < 500)"
    check.write_text(f"{rows}\nSELECT 'growers' AS _table, '{key}' AS _key, n AS message FROM c\n")
    read: list[str] = []

    def loads(text: str) -> Any:
        read.append(text)
        return exact.loads(text)

    monkeypatch.setattr(book_checks, "loads", loads)
    found = [one for one in sourcebook.check(book).findings if one.rule == "checks/often"]
    assert {one.message for one in found} == {str(number) for number in range(1, 501)}
    assert {one.path for one in found} == {f"data/growers/{key}.yaml"}
    assert len(read) == 1
