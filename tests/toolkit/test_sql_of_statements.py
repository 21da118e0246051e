# SPDX-License-Identifier: Apache-2.0
"""What a reader makes of statements by SQL: the page says what it lacks, by whatever name it was asked for."""

from __future__ import annotations

import re
import shutil
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

import sourcebook
from sourcebook.site.datasette.read_by_sql import statements_read
from sourcebook.site.published import Published
from tests.served import BOOKS, PYTHONS, serving

NOTE = "without who says it: that, and what answers it, stands in"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The book of kites with views whose names and columns tell nothing."""
    folder = shutil.copytree(BOOKS / "questions", tmp_path_factory.mktemp("sql-of-statements") / "kites")
    views = folder / "scripts" / "views"
    views.mkdir()
    (views / "heard.sql").write_text("-- title: Heard\nSELECT id AS number, words AS line FROM remarks\n")
    (views / "heard_again.sql").write_text("-- title: Heard again\nSELECT upper(line) AS loud FROM heard\n")
    (views / "club.sql").write_text("-- title: The club\nSELECT number, name FROM members\n")
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
