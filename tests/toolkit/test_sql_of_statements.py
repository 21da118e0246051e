# SPDX-License-Identifier: Apache-2.0
"""What a reader makes of statements by SQL: the page says what it lacks, by whatever name it was asked for."""

from __future__ import annotations

import csv
import io
import json
import re
import shutil
import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest

import sourcebook
from sourcebook.site import routes
from sourcebook.site.allowed import said_in, with_attribution
from sourcebook.site.answer import Asked
from sourcebook.site.datasette.read_by_sql import statements_read
from sourcebook.site.published import Published
from tests.served import BOOKS, PYTHONS, serving

NOTE = "without who says it: that, and what answers it, stands in"

QUESTIONS = {
    "loud": "SELECT loud FROM heard_again",
    "louder": "SELECT upper(loud) AS words, name FROM (SELECT * FROM heard_again), members",
    "sought": "SELECT upper(words) AS words FROM remarks_fts",
    "some": "-- link: {remark: remarks}\n"
    "SELECT id AS remark, NULL AS w FROM remarks UNION ALL SELECT NULL, loud FROM heard_again",
    "whole": "-- link: {remark: remarks}\nSELECT number AS remark, line FROM heard",
    "nobody": "SELECT name AS remarks FROM club -- remarks and _records",
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The book of kites with views whose names and columns tell nothing."""
    folder = shutil.copytree(BOOKS / "questions", tmp_path_factory.mktemp("sql-of-statements") / "kites")
    views = folder / "scripts" / "views"
    views.mkdir()
    (views / "heard.sql").write_text("-- title: Heard\nSELECT id AS number, words AS line FROM remarks\n")
    (views / "heard_again.sql").write_text("-- title: Heard again\nSELECT upper(line) AS loud FROM heard\n")
    (views / "club.sql").write_text("-- title: The club\nSELECT number, name FROM members\n")
    for name, sql in QUESTIONS.items():
        (folder / f"scripts/queries/{name}.sql").write_text(f"-- title: {name}\n{sql}\n")
    (folder / "scripts/panels/members/loud.sql").write_text("-- title: Loud\nSELECT loud, :key AS k FROM heard_again\n")
    done = sourcebook.build(folder)
    assert done.release, "\n".join(map(str, done.checked.findings))
    return folder


@pytest.fixture(scope="module")
def opened(folder: Path) -> Iterator[Published]:
    """Its release."""
    found = Published((folder / "build" / "current").resolve())
    yield found
    found.close()


@pytest.fixture(scope="module", params=PYTHONS.values(), ids=PYTHONS)
def site(request: pytest.FixtureRequest, folder: Path) -> Iterator[httpx.Client]:
    """It served, by both versions of Datasette."""
    if not Path(request.param).exists():
        pytest.skip("the environment of the other Datasette is not set up: scripts/test makes it")
    with serving(request.param, folder) as client:
        yield client


OF_STATEMENTS = [
    "SELECT words FROM remarks",
    'SELECT "WORDS" AS w FROM "REMARKS"',
    "SELECT line FROM heard",
    "select loud as w from heard_again",
    "SELECT substr(loud, 1, 3) || '…' AS w FROM (SELECT * FROM heard_again)",
    "WITH x AS (SELECT line AS w FROM heard) SELECT max(w) FROM x",
    "SELECT name FROM members UNION ALL SELECT line FROM heard",
    "SELECT name, (SELECT line FROM heard LIMIT 1) AS w FROM members",
    "SELECT document FROM _records",
    "SELECT words FROM remarks_fts",
    "SELECT count(*) FROM heard",
    "SELECT line FROM heard WHERE number = :number",
    "SELECT line FROM heard;  -- and nothing else",
]
OF_NOTHING_SAID = [
    "SELECT 1",
    "SELECT name FROM members",
    "SELECT name FROM club",
    "SELECT name AS remarks FROM members -- _records and remarks",
    "WITH remark AS (SELECT 1) SELECT count(*) FROM remark",
    "SELECT value FROM json_each('[1]')",
    "SELECT name FROM sqlite_master",
    "SELECT title FROM papers_fts WHERE papers_fts MATCH escape_fts(:q)",
]


@pytest.mark.parametrize("sql", OF_STATEMENTS)
def test_what_reads_of_statements_is_known(opened: Published, sql: str) -> None:
    assert [one.name for one in statements_read(opened, sql)] == ["remarks"]
    assert [one.name for one in statements_read(opened, f"explain query plan {sql}")] == ["remarks"]


@pytest.mark.parametrize("sql", OF_NOTHING_SAID)
def test_what_reads_of_none_is_known(opened: Published, sql: str) -> None:
    assert statements_read(opened, sql) == ()


@pytest.mark.parametrize(
    "sql", ["SELECT of_a_plugin(name) FROM members", "/* */ explain select 1", "SELECT ?", "", "\0"]
)
def test_where_it_cannot_be_told_it_is_taken_to_be_so(opened: Published, sql: str) -> None:
    assert [one.name for one in statements_read(opened, sql)] == ["remarks"]


def test_nothing_is_run_or_written_to_know_it(opened: Published) -> None:
    endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n"
    assert statements_read(opened, endless) == ()
    assert statements_read(opened, "DELETE FROM members")  # refused, so that it cannot be told
    with pytest.raises(sqlite3.OperationalError):
        opened.connection.execute("DELETE FROM members")


def _answered(opened: Published, name: str) -> tuple[bool, dict[str, Any], list[dict[str, str]]]:
    """Whether the page of a question says what it lacks; its answer as JSON, and the rows of its CSV."""
    bodies = [
        routes.answer(opened, Asked(("questions", f"{name}{form}"))).body.decode() for form in ("", ".json", ".csv")
    ]
    return (
        "This is made of statements" in bodies[0],
        json.loads(bodies[1]),
        list(csv.DictReader(io.StringIO(bodies[2], newline=""))),
    )


@pytest.mark.parametrize("name", ["loud", "louder", "sought", "some"])
def test_questions_that_change_words_say_where_it_stands_who_says_them(opened: Published, name: str) -> None:
    noted, data, rows = _answered(opened, name)
    assert noted
    assert data["who_says_it"] == [{"collection": "remarks", "title": "Remarks", "href": "/remarks"}]
    assert rows
    assert {row["who_says_it"] for row in rows} == {"not told here: see Remarks, /remarks"}


@pytest.mark.parametrize("name", ["whole", "nobody", "heights", "denied", "many"])
def test_questions_that_lack_nothing_say_nothing_of_it(opened: Published, name: str) -> None:
    noted, data, rows = _answered(opened, name)
    assert not noted
    assert "who_says_it" not in data
    assert "who_says_it" not in rows[0]


def test_panels_say_it_too(opened: Published) -> None:
    body = routes.answer(opened, Asked(("members", "2"))).body.decode()
    panels = re.findall(r'<section class="panel">.*?</section>', body, re.DOTALL)
    said = {re.findall(r"<h2[^>]*>(.*?)</h2>", one)[0]: "This is made of statements" in one for one in panels}
    assert said == {"Loud": True, "What is said about this member": False}


def _page(site: httpx.Client, path: str, **parameters: str) -> str:
    for _ in range(4):  # the first query of a view may go over its second where a machine has much else to do
        answer = site.get(path, params=parameters or None, follow_redirects=True)
        if answer.status_code == 200:
            break
    assert answer.status_code == 200, answer.text[:500]
    return answer.text


def _notes(text: str) -> int:
    return len(re.findall(NOTE, text))


@pytest.mark.slow
@pytest.mark.xdist_group("sql-of-statements")
def test_the_page_of_sql_says_what_rows_of_statements_lack(site: httpx.Client) -> None:
    for sql in OF_STATEMENTS:
        text = _page(site, "/kites", sql=sql, number="cut-string")
        assert "<tbody>" in text, sql
        assert _notes(text) == 1, sql
        assert f'{NOTE} <a href="/remarks">' in text
    for sql in OF_NOTHING_SAID:
        assert _notes(_page(site, "/kites", sql=sql, q="gazette")) == 0, sql
    assert _notes(_page(site, "/kites/denied")) == 1  # the query of a question


@pytest.mark.slow
@pytest.mark.xdist_group("sql-of-statements")
def test_so_do_pages_of_views_and_of_records_whole(site: httpx.Client) -> None:
    for path in ("/kites/heard", "/kites/heard_again", "/kites/_records", "/kites/_records/remarks,cut-string"):
        assert _notes(_page(site, path)) == 1, path
    for path in (
        "/kites/club",
        "/kites/members",
        "/kites/remarks",
        "/kites/remarks/cut-string",
        "/kites/remarks_denies",
    ):
        assert _notes(_page(site, path)) == 0, path
    assert "Said by" in _page(site, "/kites/remarks")


@pytest.mark.slow
@pytest.mark.xdist_group("sql-of-statements")
def test_data_are_as_sql_gives_them(site: httpx.Client) -> None:
    sql = "SELECT line AS w FROM heard ORDER BY number LIMIT 1"
    rows = site.get("/kites.json", params={"sql": sql, "_shape": "array"}, follow_redirects=True).json()
    assert rows == [{"w": "Bo Lindwurm did not cut any string."}]
    text = site.get("/kites.csv", params={"sql": sql}, follow_redirects=True).text
    assert text.split() == ["w", *rows[0]["w"].split()]
    whole = "SELECT words, answers FROM remarks WHERE id = 'cut-string'"
    rows = site.get("/kites.json", params={"sql": whole, "_shape": "array"}, follow_redirects=True).json()
    assert "did not cut any string" in rows[0]["answers"]


@pytest.mark.parametrize("form", ["", ".json", ".csv"])
@pytest.mark.parametrize("asked", ["_facet=words", "_facet=WORDS", "_facet_array=words", "_facet=kind&_facet=words"])
def test_words_of_statements_are_not_counted(site: httpx.Client, form: str, asked: str) -> None:
    answer = site.get(f"/kites/remarks{form}?{asked}")
    assert answer.status_code == 400
    assert "without who says it" in answer.text


def test_a_page_of_statements_leads_to_no_count_of_what_they_say(site: httpx.Client) -> None:
    page = site.get("/kites/remarks")
    assert page.status_code == 200
    assert "_facet=kind" in page.text
    assert "_facet=words" not in page.text
    assert site.get("/kites/remarks?_facet=kind").status_code == 200


@pytest.mark.parametrize("asked", ["_col=words", "_nocol=speaker&_nocol=answers&_nocol=paper"])
def test_columns_of_what_statements_say_bring_who_says_it(site: httpx.Client, asked: str) -> None:
    whose = {"speaker", "paper", "page", "denied_by", "answers"}
    rows = site.get(f"/kites/remarks.json?_shape=array&{asked}").json()
    assert rows
    assert all({"words", *whose} <= row.keys() for row in rows)
    head = site.get(f"/kites/remarks.csv?{asked}").text.splitlines()[0].split(",")
    assert {"words", *whose} <= set(head)
    others = site.get("/kites/remarks.json?_shape=array&_col=kind").json()
    assert others[0].keys() == {"id", "kind"}


def test_what_rests_on_statements_brings_who_says_them(opened: Published) -> None:
    said = said_in(opened.site)
    assert said["remarks"].words == ("words",)
    assert "members" not in said
    table = next(one for one in opened.site.tables if one.name == "members")
    column, derived = (replace(table.columns[0], name=name, derived=name == "said_by") for name in ("fined", "said_by"))
    site = replace(opened.site, tables=(replace(table, name="fines", key=("_key",), columns=(column, derived)),))
    chosen = with_attribution(said_in(site), "fines", [("_col", "fined")], ["fined", "said_by"])
    assert chosen == [("_col", "fined"), ("_col", "said_by")]
