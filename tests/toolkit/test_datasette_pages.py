# SPDX-License-Identifier: Apache-2.0
"""Datasette's own pages of a release, on both versions: rows first, who says it, and help to write SQL."""

from __future__ import annotations

import asyncio
import html
import re
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import httpx
import pytest

import sourcebook
from tests.served import BOOKS, PYTHONS, serving

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("datasette-pages")]

ROWS = '<tbody id="rows">'


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = shutil.copytree(BOOKS / "questions", tmp_path_factory.mktemp("datasette-pages") / "kites")
    sourcebook.build(folder)
    return folder


@pytest.fixture(scope="module", params=PYTHONS.values(), ids=PYTHONS)
def site(request: pytest.FixtureRequest, built: Path) -> Iterator[httpx.Client]:
    if not Path(request.param).exists():
        pytest.skip("the environment of the other Datasette is not set up: scripts/test makes it")
    with serving(request.param, built) as client:
        yield client


def page(site: httpx.Client, path: str, status: int = 200, **parameters: str) -> str:
    answer = site.get(path, params=parameters or None, follow_redirects=True)
    assert answer.status_code == status, answer.text[:500]
    return answer.text


def rows(text: str) -> list[str]:
    """The rows of the table that a page shows."""
    body = re.split("<tbody[^>]*>", text, maxsplit=1)[-1]
    return re.findall(r"<tr>.*?</tr>", body.partition("</tbody>")[0], re.DOTALL)


def words(markup: str) -> str:
    return " ".join(html.unescape(re.sub("<[^>]*>", " ", markup)).split())


def typed(text: str) -> str:
    (found,) = re.findall(r'<textarea id="sql-editor"[^>]*>(.*?)</textarea>', text, re.DOTALL)
    return html.unescape(found)


# --- rows -------------------------------------------------------------------------------------------------------------


def test_no_row_of_a_statement_is_without_who_says_it_and_what_answers_it(site: httpx.Client) -> None:
    shown = {re.findall('href="/remarks/([^"]*)"', row)[0]: row for row in rows(page(site, "/kites/remarks"))}
    assert len(shown) == len(site.get("/kites/remarks.json", params={"_shape": "array"}).json()) > 4
    for row in shown.values():
        assert "Said by" in words(row)
        assert 'href="/papers/' in row
    accused = words(shown["cut-string"])
    assert "Said by Ayla Rüzgâr" in accused
    assert "Denied by Bo Lindwurm did not cut any string. denies: Bo Lindwurm" in accused
    assert "Minutes of the kite club" in accused
    assert "Contradicted by" in accused
    assert "Denied by" not in words(shown["fine-weather"])


def test_a_reference_to_a_statement_shows_who_says_it(site: httpx.Client) -> None:
    for row in rows(page(site, "/kites/remarks_denies")):
        assert "cut the string" in words(row)
        assert "accuses: Ayla Rüzgâr" in words(row)
        assert "Denied by Bo Lindwurm did not cut any string." in words(row)


def test_each_row_leads_to_the_page_of_its_record_and_to_itself(site: httpx.Client) -> None:
    row = rows(page(site, "/kites/remarks", kind="accuses"))[0]
    for address in ("/remarks/cut-string", "/kites/remarks/cut-string"):
        assert f'href="{address}"' in row
        page(site, address)
    assert 'href="/remarks"' in page(site, "/kites/remarks")
    assert 'href="/remarks"' in page(site, "/kites/remarks_denies")  # the collection that it is a list within


def test_a_row_says_where_its_answers_stand_and_has_labels_for_keys(site: httpx.Client) -> None:
    text = page(site, "/kites/remarks/cut-string")
    assert '<a href="/remarks/cut-string">This statement with who says it and what answers it</a>' in text
    assert text.index("Denied by") < text.index("<code>words</code>")
    assert '<a href="/members/1" dir="auto">Ayla Rüzgâr</a>' in text
    assert '<a href="/papers/gazette" dir="auto">The Windward Gazette</a>' in text
    other = page(site, "/kites/members/2")
    assert '<a href="/members/2">The page of this record' in other
    assert 'href="/kites/remarks?speaker=2"' in other


def test_data_are_shown_as_text(site: httpx.Client) -> None:
    for path in ("/kites/remarks", "/kites/remarks/fine-weather", "/kites?sql=select+words+from+remarks"):
        text = page(site, path)
        assert "<b>fine</b>" not in text
        assert "&lt;b&gt;fine" in text


def test_rows_come_first(site: httpx.Client) -> None:
    text = page(site, "/kites/remarks", _facet="kind")
    assert text.index(ROWS) < text.index("facet-results") < text.index('name="_col"') < text.index("CREATE TABLE")
    assert len(words(text[text.index("<main") : text.index("<thead>")])) < 700


def test_filters_facets_columns_and_order_are_datasettes(site: httpx.Client) -> None:
    assert len(rows(page(site, "/kites/remarks", kind="denies"))) == 2
    assert (
        len(rows(page(site, "/kites/remarks", _filter_column="kind", _filter_op="exact", _filter_value="denies"))) == 2
    )
    # Two by their words, and those that stand in the minutes of the kite club.
    assert len(rows(page(site, "/kites/remarks", _search="kite"))) == 5
    counted = words(page(site, "/kites/remarks", _facet="kind").partition("facet-results")[2])
    assert "denies 2" in counted
    again = page(site, "/kites/remarks", _facet="kind")  # which is kept now
    assert words(again.partition("facet-results")[2]) == counted
    few = page(site, "/kites/remarks", _col="kind")
    assert "The Windward Gazette" in few  # who says it is no column
    assert 'data-column="words"' not in few
    assert words(rows(page(site, "/kites/members", _sort_desc="number"))[0]).startswith("7 ")
    assert "_facet=kind" in page(site, "/kites/remarks")


# --- SQL --------------------------------------------------------------------------------------------------------------

SLOW = "with recursive n(i) as (select 1 union all select i + 1 from n) select count(*) from n"


@pytest.mark.parametrize(
    "sql",
    ["selec words from remarks", "select nosuch from remarks", "select '<script>' from", "delete from remarks", SLOW],
)
def test_what_was_typed_is_kept_after_a_mistake(site: httpx.Client, sql: str) -> None:
    answer = site.get("/kites", params={"sql": sql}, follow_redirects=True)
    assert typed(answer.text) == sql
    assert 'class="problem" role="alert"' in answer.text
    assert "<script>'" not in answer.text
    assert answer.status_code in (200, 400)


def test_parameters_are_kept_after_a_mistake(site: httpx.Client) -> None:
    text = site.get("/kites", params={"sql": "selec :who", "who": "Bo"}, follow_redirects=True).text
    assert 'name="who" value="Bo"' in text


def test_an_error_in_json_is_still_json(site: httpx.Client) -> None:
    answer = site.get("/kites.json", params={"sql": "selec 1"}, follow_redirects=True)
    assert answer.status_code == 400
    assert answer.json()["ok"] is False


@pytest.mark.parametrize("path", ["/kites", "/kites?sql=select+1"])
def test_beside_the_editor_stand_tables_joins_examples_and_limits(site: httpx.Client, built: Path, path: str) -> None:
    text = page(site, path)
    assert "may take 1 second, and gives 1,000 rows at most" in text
    assert 'href="/questions/denied"' in text
    joins = [
        html.unescape(line)
        for block in re.findall(r'aria-label="Joins[^>]*><code>(.*?)</code>', text, re.DOTALL)
        for line in block.splitlines()
    ]
    assert "JOIN members ON members.number = remarks.speaker" in joins
    assert "JOIN remarks ON remarks.id = remarks_denies._parent" in joins
    with closing(sqlite3.connect(built / "build/current/kites.db")) as connection:
        for join in joins:
            table = join.rpartition(" = ")[2].partition(".")[0]
            if not join.startswith(f"JOIN {table} "):
                connection.execute(f"SELECT * FROM {table} {join}").fetchall()
        tables = connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE '%_fts%'")
        assert {f"<code>{name}</code>" for (name,) in tables if name[0] != "_" and name[:7] != "sqlite_"} <= set(
            re.findall("<code>[a-z_]+</code>", text)
        )
    assert "_fts" not in text
    page(site, "/kites", sql=typed(text))


def test_a_query_of_the_book_leads_to_the_page_of_its_question(site: httpx.Client) -> None:
    text = page(site, "/kites/denied")
    assert '<a href="/questions/denied">The page of this question</a>' in text
    assert rows(text)
    page(site, "/questions/denied")


# --- all of them ------------------------------------------------------------------------------------------------------

PAGES = [
    "/kites",
    "/kites/remarks",
    "/kites/remarks/cut-string",
    "/kites?sql=select+1",
    "/kites?sql=selec",
    "/kites/denied",
]


@pytest.mark.parametrize("path", PAGES)
def test_nothing_is_fetched_from_elsewhere_and_every_file_is_there(site: httpx.Client, path: str) -> None:
    text = site.get(path, follow_redirects=True).text
    files = re.findall(r'<(?:script|img)[^>]* src="([^"]*)"|<link rel="(?:stylesheet|icon)"[^>]* href="([^"]*)"', text)
    addresses = [first or second for first, second in files]
    assert addresses
    for address in addresses:
        assert address.startswith("/")
        assert site.get(address).status_code == 200


@pytest.mark.parametrize("path", PAGES)
def test_pages_can_be_used_by_the_keyboard_and_read_aloud(site: httpx.Client, path: str) -> None:
    text = site.get(path, follow_redirects=True).text
    assert '<html lang="en">' in text
    assert text.count("<h1") == 1
    assert '<a class="skip" href="#content">' in text
    assert len(re.findall(r"<a |<input |<select|<button|<summary", text.partition("<body")[2].partition(ROWS)[0])) < 60
    for control in re.findall(r"<(?:input|select|textarea)\b[^>]*>", text):
        named = "aria-label" in control or re.search(r'type="(hidden|checkbox)"', control)
        one = re.search(r' id="([^"]*)"', control)
        assert named or (one and f'for="{one[1]}"' in text), control


def test_pages_of_other_databases_are_datasettes(built: Path) -> None:
    from datasette.app import Datasette

    async def asked() -> str:
        return str((await Datasette([], memory=True).client.get("/_memory")).text)

    text = asyncio.run(asked())
    assert "app.css" in text
    assert "datasette.css" not in text
