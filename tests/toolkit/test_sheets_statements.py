# SPDX-License-Identifier: Apache-2.0
"""A sheet is read far from its book: no statement stands in it without who says it, and what answers it."""

from __future__ import annotations

from pathlib import Path

import sourcebook
from sourcebook.errors import UsageError
from tests.conftest import BOOKS
from tests.toolkit.sheets_books import rows

CASE = BOOKS / "ferry-case"


def sheet(tmp_path: Path, collection: str, table: str = "") -> list[dict[str, str]]:
    file = tmp_path / f"{collection}.csv"
    if not file.exists():
        sourcebook.export(CASE, collection, file)
    header, *others = rows(file.with_name(f"{collection}.{table}.csv") if table else file)
    return [dict(zip(header, row, strict=True)) for row in others]


def test_statements_have_who_says_them_and_what_answers_them_beside(tmp_path: Path) -> None:
    claims = sheet(tmp_path, "claims")
    assert all(one["(said by)"] for one in claims)
    answered = [one for one in claims if one["(answers)"]]
    assert answered
    assert all("said by " in one["(answers)"] for one in answered)


def test_what_lies_below_a_statement_says_it_with_its_speaker(tmp_path: Path) -> None:
    sheet(tmp_path, "claims")
    found = 0
    for file in tmp_path.glob("claims.*.csv"):
        header, *others = rows(file)
        if "_parent (label)" in header:
            labels = [row[header.index("_parent (label)")] for row in others]
            found += len(labels)
            assert all("(said by " in one for one in labels)
    assert found


def test_rows_elsewhere_that_rest_on_statements_say_whose_they_are(tmp_path: Path) -> None:
    found = 0
    for collection in ("events", "meetings", "people", "relations"):
        try:
            sheet(tmp_path, collection)
        except UsageError:
            continue
        for file in tmp_path.glob(f"{collection}*.csv"):
            header, *others = rows(file)
            if "(said by)" in header:
                found += sum(bool(row[header.index("(said by)")]) for row in others)
    assert found
