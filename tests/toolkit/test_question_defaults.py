# SPDX-License-Identifier: Apache-2.0
"""Defaults for the parameters of queries: the same rows on our pages, in files and on Datasette's."""

from __future__ import annotations

import csv
import io
import json
import re
import shutil
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import httpx
import pytest

import sourcebook
from sourcebook.site import routes
from sourcebook.site.answer import Answer, Asked
from sourcebook.site.datasette.defaults import filled_in
from sourcebook.site.published import Published
from tests.served import BOOKS, PYTHONS, serving

JOINED = """\
-- title: Who joined since when?
-- link: {member: members}
-- parameters: {since: {default: "2012"}, most: {default: 2}}
SELECT number AS member, name, joined FROM members
WHERE coalesce(joined, '') >= :since AND number <= :most ORDER BY number
"""
HALF = JOINED.replace(", most: {default: 2}", "")
# By what is asked, the numbers of the members: 1 joined in May 2011, 2 in September 2012, of 7 it is not known.
ROWS = {"": [2], "since=2013": [], "since=2000": [1, 2], "since=": [1, 2], "most=1": [], "since=2000&most=1": [1]}


def changed(folder: Path, text: str, name: str = "joined") -> Path:
    (folder / f"scripts/queries/{name}.sql").write_text(text)
    return folder


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = Path(shutil.copytree(BOOKS / "questions", tmp_path_factory.mktemp("defaults") / "book"))
    changed(changed(folder, JOINED), HALF, "half")
    assert sourcebook.build(folder).release
    return folder


@pytest.fixture(scope="module")
def opened(folder: Path) -> Iterator[Published]:
    with closing(Published((folder / "build/current").resolve())) as opened:
        yield opened


def page(opened: Published, name: str, query: str = "") -> Answer:
    pairs = dict(part.split("=") for part in query.split("&") if part)
    return routes.answer(opened, Asked(("questions", name), {name: (value,) for name, value in pairs.items()}))


@pytest.mark.parametrize("query", ROWS)
def test_pages_and_files_have_the_rows_that_are_expected(opened: Published, query: str) -> None:
    html = page(opened, "joined", query).body.decode()
    assert [int(one) for one in re.findall(r'<a href="/members/(\d+)"', html)] == ROWS[query]
    asked = {"since": "2012", "most": "2", **dict(part.split("=") for part in query.split("&") if part)}
    for name, value in asked.items():
        assert f'name="{name}" value="{value}"' in html
    assert [row["member"] for row in json.loads(page(opened, "joined.json", query).body)["rows"]] == ROWS[query]
    rows = list(csv.DictReader(io.StringIO(page(opened, "joined.csv", query).body.decode("utf-8-sig"))))
    assert [int(row["member"]) for row in rows] == ROWS[query]


def test_addresses_say_what_is_no_default(opened: Published) -> None:
    assert 'href="/questions/joined.csv"' in page(opened, "joined").body.decode()
    assert 'href="/questions/joined.csv"' in page(opened, "joined", "since=2012&most=2").body.decode()
    assert 'href="/questions/joined.csv?since=2000&amp;most=2"' in page(opened, "joined", "since=2000").body.decode()


def test_what_has_no_default_is_asked_for(opened: Published) -> None:
    html = page(opened, "half").body.decode()
    assert 'name="since" value="2012" dir="auto">' in html
    assert 'name="most" value="" dir="auto" required>' in html
    assert "<table" not in html
    refused = page(opened, "half.json")
    assert refused.status == 400
    assert b"needs a value for most, in the address: ?most=" in refused.body
    assert [row["member"] for row in json.loads(page(opened, "half.json", "most=7").body)["rows"]] == [2]


def test_programs_are_told_of_defaults(opened: Published) -> None:
    described = json.loads(routes.answer(opened, Asked(("openapi.json",), {})).body)
    parameters = described["paths"]["/questions/joined.json"]["get"]["parameters"]
    assert [(one["name"], one["required"], one["schema"]["default"]) for one in parameters] == [
        ("since", False, "2012"),
        ("most", False, "2"),
    ]


def test_what_is_added_to_an_address() -> None:
    defaults = {"joined": {"since": "2012", "most": "a&b"}, "a.b": {"x": "ü"}}
    assert filled_in("kites", defaults, "/kites/joined", b"") == b"since=2012&most=a%26b"
    assert (
        filled_in("kites", defaults, "/kites/joined.json", b"since=&_shape=array") == b"since=&_shape=array&most=a%26b"
    )
    assert filled_in("kites", defaults, "/kites/a~2Eb", b"") == b"x=%C3%BC"
    for path in ("/other/joined", "/kites/else", "/kites", "/", "/kites/joined/more"):
        assert filled_in("kites", defaults, path, b"q=1") == b"q=1"


WRONG = {
    '{simce: {default: "2012"}}': "3:17: error script: the query asks for no :simce\n    did you mean 'since'?",
    '{since: "2012"}': "3:24: error script: of the parameter 'since' a mapping is expected, with its default\n"
    '    -- parameters: {since: {default: "2012"}}',
    "{since: {defaultt: 1}}": "3:25: error script: the property 'defaultt' of a parameter is unknown here\n"
    "    did you mean 'default'?",
    "{since: {default: true}}": "3:34: error script: the default of 'since' is neither text nor a number\n"
    '    -- parameters: {since: {default: "2010"}}',
    "[since]": '3:16: error script: the parameters are not a mapping\n    -- parameters: {since: {default: "2010"}}',
}


@pytest.mark.parametrize("said", WRONG)
def test_what_is_wrong_with_them_is_told_where_it_stands(tmp_path: Path, said: str) -> None:
    folder = Path(shutil.copytree(BOOKS / "questions", tmp_path / "book"))
    changed(folder, JOINED.replace('{since: {default: "2012"}, most: {default: 2}}', said).replace(":most", "9"))
    (finding,) = sourcebook.check(folder).findings
    assert f"{finding}\n    {finding.hint}" == f"scripts/queries/joined.sql:{WRONG[said]}"


def test_a_query_is_tried_with_its_defaults(tmp_path: Path) -> None:
    """With NULL it could not be told whether it fails; with all of its defaults it can."""
    folder = Path(shutil.copytree(BOOKS / "questions", tmp_path / "book"))
    sql = "-- parameters: {path: {default: \"$[\"}}\nSELECT json_extract('{}', coalesce(:path, '$['))\n"
    changed(folder, sql)
    (finding,) = sourcebook.check(folder).findings
    assert finding.rule == "script"
    assert "cannot be run" in finding.message
    changed(folder, sql.partition("\n")[2])
    without = sourcebook.check(folder)
    assert without.findings == ()
    assert without.ledger.as_dict()["script"]["unverifiable"] == 1


@pytest.fixture(scope="module", params=PYTHONS.values(), ids=PYTHONS)
def site(request: pytest.FixtureRequest, folder: Path) -> Iterator[httpx.Client]:
    if not Path(request.param).exists():
        pytest.skip("the environment of the other Datasette is not set up: scripts/test makes it")
    with serving(request.param, folder) as client:
        yield client


@pytest.mark.xdist_group("serve")
@pytest.mark.parametrize("query", ROWS)
def test_datasette_has_the_same_rows(site: httpx.Client, query: str) -> None:
    data = site.get(f"/kites/joined.json?_shape=array{'&' if query else ''}{query}").json()
    assert [row["member"] for row in data] == ROWS[query]
    html = site.get(f"/kites/joined?{query}").text
    rows = re.findall(r'<td[^>]*data-column="member"[^>]*>(\d+)</td>', html)
    assert [int(one) for one in rows] == ROWS[query]
    if not query:
        assert re.search(r'name="since" value="2012"', html)
        assert re.search(r'name="most" value="2"', html)
