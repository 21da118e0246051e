# SPDX-License-Identifier: Apache-2.0
"""The questions of the reference book: rows written by hand before the query, and no accusation without its answer."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
import yaml

from sourcebook.content.addresses import Addresses
from sourcebook.content.labels import Labels
from sourcebook.site.published import Published
from sourcebook.site.results import run as results
from sourcebook.site.results.files import as_csv
from sourcebook.site.results.run import MOST_STATEMENTS
from tests.conftest import ROOT

EXPECTED = sorted((ROOT / "tests/reference/expected").glob("*.yaml"))
# Of these questions some rows stand for the rest: all that have one of the listed values in a column.
SOME_ROWS = {"independent-origins": "claim", "one-origin": "origin"}
ANSWER = "Denied by "


@pytest.fixture(scope="module")
def database(reference_book: Path) -> Iterator[sqlite3.Connection]:
    connection = sqlite3.connect(reference_book / "build/suleyman-sah.db")
    connection.row_factory = sqlite3.Row
    yield connection
    connection.close()


@pytest.fixture(scope="module")
def queries(reference_book: Path) -> dict[str, Any]:
    configuration = json.loads((reference_book / "build/metadata.json").read_text("utf-8"))
    found: dict[str, Any] = configuration["databases"]["suleyman-sah"]["queries"]
    return found


@pytest.mark.parametrize("path", EXPECTED, ids=lambda path: path.stem)
def test_a_question_gives_the_rows_written_by_hand(
    path: Path, database: sqlite3.Connection, queries: dict[str, Any]
) -> None:
    expected = yaml.safe_load(path.read_text("utf-8"))
    names = list(expected[0])
    rows = list(database.execute(queries[path.stem]["sql"]))
    if path.stem in SOME_ROWS:
        column = SOME_ROWS[path.stem]
        listed = {row[column] for row in expected}
        rows = [row for row in rows if row[column] in listed or row_counts(row)]
    found = [{name: row[name] for name in names} for row in rows]
    assert sorted(map(_written, found)) == sorted(map(_written, expected))


def row_counts(row: sqlite3.Row) -> bool:
    """Whether a row must be among those written by hand though they are some only."""
    return "at_most" in row.keys() and row["at_most"] > 1  # noqa: SIM118 - a row's own iterator gives values


def _written(row: dict[str, Any]) -> str:
    """A row as text; a whole number without a point, as it is written by hand."""
    return str(
        {name: int(value) if isinstance(value, float) and value % 1 == 0 else value for name, value in row.items()}
    )


def test_every_question_has_its_expected_rows(queries: dict[str, Any]) -> None:
    assert {path.stem for path in EXPECTED} == set(queries)
    assert len(EXPECTED) >= 6


def test_every_question_is_answered_without_being_filled_in(
    database: sqlite3.Connection, queries: dict[str, Any]
) -> None:
    for name, query in queries.items():
        assert query["title"].endswith("?"), name
        assert list(database.execute(query["sql"])), name


def test_no_row_of_a_question_has_a_denied_claim_without_its_denial(
    database: sqlite3.Connection, queries: dict[str, Any]
) -> None:
    """Wherever a claim's words stand, or its key in the column ``claim``, the words of what answers it do too."""
    denied = {row[0] for row in database.execute("SELECT DISTINCT _value FROM claims_denies")}
    claims = {
        row["statement"]: row
        for row in database.execute("SELECT id, statement, answers FROM claims WHERE answers IS NOT NULL")
    }
    assert len(denied) == 7
    assert all(row["answers"].startswith(ANSWER) for row in claims.values() if row["id"] in denied)
    by_key = {row["id"]: row for row in claims.values()}
    seen = set()
    for name, query in queries.items():
        for row in database.execute(query["sql"]):
            cells = dict(zip(row.keys(), tuple(row), strict=True))
            values = {value for value in cells.values() if isinstance(value, str)}
            shown = [claims[value] for value in values & set(claims)]
            shown += [by_key[key] for column, key in cells.items() if column == "claim" and key in by_key]
            for claim in shown:
                assert claim["answers"] in values, (name, claim["id"])
                seen.add((name, claim["id"] in denied))
    assert ("denied-claims", True) in seen


def test_no_question_reads_as_if_an_acquittal_was_set_aside(
    database: sqlite3.Connection, queries: dict[str, Any]
) -> None:
    """No claim overturns another in this book, so no answer to a question may speak of it."""
    assert database.execute("SELECT count(*) FROM claims_overturns").fetchone()[0] == 0
    acquitted = {"fb-both-acquitted", "fb-acquitted-unanimously", "fb-charge-not-proven", "nm2020-p16-alkan-acquitted"}
    seen = 0
    for query in queries.values():
        for row in database.execute(query["sql"]):
            cells = dict(zip(row.keys(), tuple(row), strict=True))
            assert not [value for value in cells.values() if isinstance(value, str) and "Overturned" in value]
            if cells.get("claim") in acquitted:
                seen += 1
                assert "Later in the same case" in cells["answers"]
                assert "Upheld by" in cells["answers"]
    assert seen >= len(acquitted)


def test_what_is_said_of_the_case_says_how_far_it_has_come(
    database: sqlite3.Connection, queries: dict[str, Any]
) -> None:
    """Each row about the case, and no other, says in one sentence that there was an acquittal and is a retrial."""
    rows = list(database.execute(queries["about-a-person"]["sql"]))
    of_the_case = {
        row[0]
        for row in database.execute(
            "SELECT _parent FROM claims_events JOIN events ON events.id = _value WHERE \"case\" = 'nezir-tekci'"
        )
    }
    said = {row["outcome"] for row in rows if row["claim"] in of_the_case}
    acquitted = "The defendants were acquitted on 11 September 2015, which was upheld on 27 March 2018, as Faili Belli"
    assert said == {f"{acquitted} relates; a retrial began on 17 July 2023, as it reports; no verdict is known."}
    assert {row["outcome"] for row in rows if row["claim"] not in of_the_case} == {None}
    assert {"fb-alkan-indicted", "nm2020-p16-charge-murder", "nm2020-p16-alkan-saved"} <= {
        row["claim"] for row in rows if row["outcome"]
    }


def test_pages_show_answers_with_the_statement_and_not_once_more_in_words(reference_book: Path) -> None:
    """The column of words is for files and Datasette; a page has the answers themselves below each statement."""
    with closing(Published((reference_book / "build/current").resolve())) as opened:
        at = Addresses("/", opened.site.name)
        by_name = {one.name: one for one in opened.site.questions}
        for name in ("denied-claims", "own-voice-accusations", "what-contradicts-what", "about-a-person"):
            result = results.run(opened, Labels(opened, at), by_name[name], {})
            assert result.blocks
            assert "answers" not in {column.name for column in result.columns}, name
            assert "answers" in as_csv(Labels(opened, at), by_name[name], {}).split("\n", 1)[0].split(","), name
        # Events are no statements: a row of one has what answers the claims that it rests on, in words.
        timeline = results.run(opened, Labels(opened, at), by_name["timeline"], {})
        assert "answers" in {column.name for column in timeline.columns}


def test_what_is_said_about_people_is_on_one_page_whole(database: sqlite3.Connection, queries: dict[str, Any]) -> None:
    """A page that ends within a person would show what is alleged and not what came of it."""
    assert len(list(database.execute(queries["about-a-person"]["sql"]))) <= MOST_STATEMENTS
