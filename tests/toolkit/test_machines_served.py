# SPDX-License-Identifier: Apache-2.0
"""What the served site tells programs over HTTP, on both versions of Datasette: headers, preflights, errors as data."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

import sourcebook
from tests.harbour import BOOK
from tests.served import PYTHONS, serving

pytestmark = pytest.mark.xdist_group("serve")
DATABASE = "/lantern-harbour"


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = Path(shutil.copytree(BOOK, tmp_path_factory.mktemp("machines") / "harbour"))
    assert sourcebook.build(folder).release
    return folder


@pytest.fixture(scope="module", params=PYTHONS.values(), ids=PYTHONS)
def site(request: pytest.FixtureRequest, built: Path) -> Iterator[httpx.Client]:
    if not Path(request.param).exists():
        pytest.skip("the environment of the other Datasette is not set up: scripts/test makes it")
    with serving(request.param, built) as client:
        yield client


PUBLIC = (
    "/",
    "/claims",
    "/claims.json",
    "/claims.csv",
    "/claims/oil-forty-barrels",
    "/claims/oil-forty-barrels.json",
    "/claims/oil-forty-barrels.bib",
    "/search.json?q=oil",
    "/questions/denied-claims.json",
    "/downloads.json",
    "/sitemap.xml",
    "/sitemap-1.xml",
    "/robots.txt",
    "/llms.txt",
    "/feed.atom",
    "/-/downloads/csv/claims.csv",
    "/-/downloads/datapackage.json",
    "/-/sourcebook/nothing.css",
    f"{DATABASE}/claims.json?_shape=array",
    f"{DATABASE}/claims/oil-denied.json?_shape=array",
    f"{DATABASE}/claims.csv",
    f"{DATABASE}/nothing.json",
    "/nothing/here.json",
)


@pytest.mark.parametrize("path", PUBLIC)
def test_pages_of_other_sites_may_read_all_that_is_public(site: httpx.Client, path: str) -> None:
    answer = site.get(path, headers={"origin": "https://elsewhere.example"})
    assert answer.headers.get_list("access-control-allow-origin") == ["*"]
    assert "ETag" in answer.headers["access-control-expose-headers"]
    assert "access-control-allow-credentials" not in answer.headers
    for one in ("x-content-type-options", "referrer-policy", "x-frame-options"):
        assert len(answer.headers.get_list(one)) == 1
    tag = answer.headers.get("etag")
    if tag and answer.status_code == 200:
        again = site.get(path, headers={"if-none-match": tag})
        assert again.status_code == 304
        assert again.headers.get_list("access-control-allow-origin") == ["*"]


@pytest.mark.parametrize("path", PUBLIC)
def test_browsers_are_told_that_they_may_ask(site: httpx.Client, path: str) -> None:
    asked = {
        "origin": "https://elsewhere.example",
        "access-control-request-method": "GET",
        "access-control-request-headers": "if-none-match, range",
    }
    answer = site.options(path, headers=asked)
    assert answer.status_code == 204
    assert answer.content == b""
    assert answer.headers.get_list("access-control-allow-origin") == ["*"]
    assert answer.headers["access-control-allow-methods"] == "GET, HEAD, OPTIONS"
    allowed = {one.strip().lower() for one in answer.headers["access-control-allow-headers"].split(",")}
    assert {"if-none-match", "range"} <= allowed


def test_nobody_is_told_that_datasette_may_be_written_to(site: httpx.Client) -> None:
    asked = {"origin": "https://elsewhere.example", "access-control-request-method": "POST"}
    answer = site.options(f"{DATABASE}/-/create", headers=asked)
    assert "POST" not in answer.headers.get("access-control-allow-methods", "")


LONG = "/claims.json?" + "q=a&" * 3_000


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/nothing.json", 404),
        ("GET", "/people/nobody.json", 404),
        ("GET", "/people/-?key=nobody&form=json", 404),
        ("GET", "/people/bystander.json", 410),
        ("GET", "/claims.json?colour=red", 400),
        ("GET", "/claims.json?sort=colour", 400),
        ("GET", "/questions/nothing.json", 404),
        ("GET", LONG, 414),
        ("POST", "/claims.json", 405),
        ("DELETE", "/people/isil-fener.json", 405),
        ("GET", "/sitemap-9.json", 404),
        ("GET", f"{DATABASE}/nothing.json", 404),
        ("GET", f"{DATABASE}/claims/nothing.json", 404),
        ("GET", f"{DATABASE}/claims.json?_sort=nothing", 400),
    ],
)
def test_who_asks_for_json_is_refused_in_json(site: httpx.Client, method: str, path: str, status: int) -> None:
    answer = site.request(method, path, follow_redirects=True)
    assert answer.status_code == status, answer.text[:300]
    assert answer.headers["content-type"].startswith("application/json")
    data = answer.json()
    assert data["ok"] is False
    assert data["error"]
    assert data["status"] == status


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/nothing", 404),
        ("GET", "/people/bystander", 410),
        ("GET", "/claims?colour=red", 400),
        ("GET", "/claims?page=900", 404),
        ("GET", "/claims.csv?colour=red", 400),
        ("GET", "/claims?" + "q=a&" * 3_000, 414),
        ("PUT", "/", 405),
    ],
)
def test_by_the_header_too(site: httpx.Client, method: str, path: str, status: int) -> None:
    asked = {"accept": "application/json"}
    answer = site.request(method, path, headers=asked)
    assert answer.status_code == status
    assert answer.headers["content-type"].startswith("application/json")
    assert answer.json()["status"] == status
    assert "accept" in answer.headers["vary"].lower()
    plain = site.request(method, path, headers={"accept": "text/html"})
    assert plain.status_code == status
    assert not plain.headers["content-type"].startswith("application/json")
    if status == 405:
        assert answer.headers["allow"] == "GET, HEAD, OPTIONS"


def test_the_feed_and_the_map_name_the_host_that_was_asked(site: httpx.Client) -> None:
    asked = {"host": "book.example"}
    assert "<loc>http://book.example/sitemap-1.xml</loc>" in site.get("/sitemap.xml", headers=asked).text
    assert 'href="http://book.example/feed.atom"' in site.get("/feed.atom", headers=asked).text
    assert "Sitemap: http://book.example/sitemap.xml" in site.get("/robots.txt", headers=asked).text
    behind = {"host": "book.example", "x-forwarded-proto": "https"}
    assert (
        "Sitemap: http://book.example/sitemap.xml" in site.get("/robots.txt", headers=behind).text
    )  # anyone can say so
    for path in ("/feed.atom", "/sitemap.xml", "/sitemap-1.xml"):
        refused = site.get(path, headers={"host": 'evil"/><x'})
        assert refused.status_code == 400
        assert "evil" not in refused.text
