# SPDX-License-Identifier: Apache-2.0
"""What Datasette refuses, on both of its versions: a status that is right, a short answer, one line of the log."""

from __future__ import annotations

import asyncio
import http.client
import json
import logging
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

import httpx
import pytest
from datasette.database import Database

import sourcebook
from sourcebook.site.shown import Shown
from tests.served import BOOKS, PYTHONS, address_of, running, wait_for

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("refusals")]

# Of Datasette's own address space, and of nobody's. What is not ASCII is sent as browsers send it.
NOT_THERE = [
    *("/orchard/nosuch", "/orchard/varieties/nokey", "/orchard/nosuch.html", "/orchard/varieties/nokey.html"),
    *("/-/nosuch", "/-/nosuch/at/any/depth", "/orchard/varieties/-/nosuch", "/nosuch", "/nosuch.db", "/nosuch.html"),
    *("/.well-known/security.txt", "/a/b/c/d", "/a/b/c/d/e/f.tar.gz", "/..%2f..%2fetc%2fpasswd"),
    *("/../../etc/passwd", "/%00", "/a%2Fb", "/%C3%A9/%C3%BC", "/%ff%fe", "/%", "/%zz"),
    *("/a'b\"c<d>", "/{{7*7}}", "/{a}.html", "/pages/{a}", "/\\host/", "/%2F%2Fhost/", "/~", "/~00", "/~zz/~"),
    *("/" + "a" * 7_000, "/" + "a/" * 3_000, "/" + "a." * 3_000, "/orchard/varieties/" + "a.b" * 2_000),
]
WRONG = [
    *("_sort=nosuch", "_sort=name&_sort_desc=name", "_size=x", "_facet=nosuch", "_col=nosuch", "_where=nosuch"),
    *("_timelimit=x", "_through=x", "_through={}", "_through=[]", "_search_nosuch=1"),
]
# How the thread of a Datasette before 1.0 is ended.
ENDED = pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")


class Site(NamedTuple):
    client: httpx.Client
    log: Callable[[], str]

    def get(self, target: str, **headers: str) -> tuple[int, str, str]:
        """Status, media type and body of what is at ``target``, which is sent as it is."""
        connection = http.client.HTTPConnection(urlsplit(str(self.client.base_url)).netloc, timeout=30)
        connection.request("GET", target, headers=headers)
        answer = connection.getresponse()
        found = answer.status, answer.headers["content-type"] or "", answer.read().decode()
        connection.close()
        return found

    def lines(self, target: str) -> list[str]:
        """What is written to the log when ``target`` is asked for."""
        before = len(self.log())
        self.get(target)
        return self.log()[before:].splitlines()


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = shutil.copytree(BOOKS / "orchard", tmp_path_factory.mktemp("refusals") / "orchard")
    sourcebook.build(folder)
    return folder


@pytest.fixture(scope="module", params=PYTHONS.values(), ids=PYTHONS)
def site(request: pytest.FixtureRequest, built: Path) -> Iterator[Site]:
    if not Path(request.param).exists():
        pytest.skip("the environment of the other Datasette is not set up: scripts/test makes it")
    command = [request.param, "-m", "sourcebook.cli", "serve", "--book", str(built), "--port", "0"]
    with running(command) as output, httpx.Client(base_url=address_of(output), trust_env=False) as client:
        wait_for(client, "/")
        yield Site(client, output)


def test_what_is_not_there_is_404_and_one_line_of_the_log(site: Site) -> None:
    for target in NOT_THERE:
        before = len(site.log())
        status, media_type, body = site.get(target)
        assert (status, media_type) == (404, "text/html; charset=utf-8"), target
        assert len(body) < 4_000, target
        assert "<h1>" in body, target
        (line,) = site.log()[before:].splitlines()
        assert line.startswith("404 GET "), target
        assert len(line) < 300, target


def test_what_was_asked_wrongly_is_400_and_one_line(site: Site) -> None:
    for query in WRONG:
        for form in ("", ".json"):
            target = f"/orchard/varieties{form}?{query}"
            site.get(target)  # Python warns once of what Datasette 0.65 leaves undone
            before = len(site.log())
            status, media_type, body = site.get(target)
            assert (status, media_type.partition(";")[0]) == (400, "application/json" if form else "text/html"), target
            assert len(site.log()[before:].splitlines()) == 1, target
            if form:
                assert json.loads(body)["ok"] is False


def test_refusals_are_json_where_that_was_asked_for(site: Site) -> None:
    for target, headers in (
        ("/orchard/nosuch.json", {}),
        ("/orchard/varieties/nokey.json", {}),
        ("/orchard/a/b/c/d.json", {}),
        ("/orchard/nosuch?_format=json", {}),
        ("/orchard/nosuch", {"Accept": "application/json"}),
    ):
        status, media_type, body = site.get(target, **headers)
        assert (status, media_type.partition(";")[0]) == (404, "application/json"), target
        told = json.loads(body)
        assert (told["ok"], told["status"]) == (False, 404)
        assert told.get("errors", [told["error"]]) == [told["error"]]
    assert site.get("/orchard/nosuch.csv")[:2] == (404, "text/plain; charset=utf-8")


def test_what_is_about_the_server_is_404_and_one_line(site: Site) -> None:
    (line,) = site.lines("/-/permissions")
    assert line.startswith("404 GET '/-/permissions'")
    status, media_type, _ = site.get("/-/permissions", Accept="application/json")
    assert (status, media_type.partition(";")[0]) == (404, "application/json")


def test_an_address_cannot_write_to_the_page_or_the_log(site: Site) -> None:
    assert "<script" not in site.get("/orchard/<script>alert(1)</script>")[2]
    (line,) = site.lines("/orchard/varieties?_sort=%0a500%20GET%20/forged")
    assert line.startswith("400 GET /orchard/varieties?_sort=%0a500")


def test_datasettes_redirects_are_kept_and_lead_nowhere_else(site: Site) -> None:
    for target, location in (
        ("/orchard/", "/orchard"),
        ("/orchard/varieties/", "/orchard/varieties"),
        ("/orchard/varieties_trials/red-lantern%2Ftrials%2F0", "/orchard/varieties_trials/red-lantern~2Ftrials~2F0"),
    ):
        answer = site.client.get(target, follow_redirects=False)
        assert (answer.status_code, answer.headers["location"]) == (302, location)
    for target in ("/\\host/", "//host/a/", "/%5Chost/", "/nosuch/"):
        assert site.get(target)[0] == 404, target


@ENDED
def test_a_fault_of_the_server_is_500_with_its_traceback_and_says_nothing_of_it(
    built: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async def broken(*_: object, **__: object) -> None:
        raise RuntimeError("what only the log may tell")

    async def asked() -> httpx.Response:
        shown = Shown(built / "build" / "current")
        await shown.start()
        async with httpx.AsyncClient(transport=httpx.ASGITransport(shown.app), base_url="http://localhost") as client:
            monkeypatch.setattr(Database, "table_exists", broken)
            monkeypatch.setattr(Database, "execute", broken)
            answer = await client.get("/orchard/varieties")
            monkeypatch.undo()
        await shown.stop()
        return answer

    with caplog.at_level(logging.WARNING, "sourcebook.site"):
        answer = asyncio.run(asked())
    assert answer.status_code == 500
    assert "only the log" not in answer.text
    (record,) = caplog.records
    assert record.exc_info
    assert "what only the log may tell" in record.getMessage()


@ENDED
def test_other_databases_in_the_process_are_left_alone(built: Path) -> None:
    from datasette.app import Datasette

    async def asked() -> str:
        other = Datasette([], memory=True)
        return (await other.client.get("/nosuch")).text

    Shown(built / "build" / "current").close()
    page = asyncio.run(asked())
    assert "app.css" in page  # Datasette's own page
