# SPDX-License-Identifier: Apache-2.0
"""Home, search, citations and what is not there, over HTTP, on both versions of Datasette."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

import sourcebook
from tests.harbour import BOOK
from tests.served import PYTHONS, serving

pytestmark = pytest.mark.xdist_group("serve")


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = Path(shutil.copytree(BOOK, tmp_path_factory.mktemp("reader") / "book"))
    assert sourcebook.build(folder).release
    return folder


@pytest.fixture(scope="module", params=PYTHONS.values(), ids=PYTHONS)
def site(request: pytest.FixtureRequest, built: Path) -> Iterator[httpx.Client]:
    if not Path(request.param).exists():
        pytest.skip("the environment of the other Datasette is not set up: scripts/test makes it")
    with serving(request.param, built) as client:
        yield client


@pytest.mark.parametrize(
    "path", ["/", "/search?q=barrels", "/search", "/people/isil-fener", "/claims/oil-forty-barrels"]
)
def test_every_link_that_stays_on_the_site_answers(site: httpx.Client, path: str) -> None:
    page = site.get(path).text
    inside = {link.partition("#")[0] for link in re.findall(r'(?:href|src|action)="(/[^"]*)"', page)}
    assert len(inside) > 5
    codes = {link: site.get(link.replace("&amp;", "&"), follow_redirects=True).status_code for link in inside}
    assert {link: code for link, code in codes.items() if code != 200} == {}


def test_the_script_is_served_for_ever_and_nothing_is_inline(site: httpx.Client) -> None:
    page = site.get("/")
    (script,) = re.findall(r'<script src="([^"]*)"', page.text)
    assert page.text.count("<script") == 1 + page.text.count('<script type="application/ld+json">')  # which is no code
    assert "style=" not in page.text
    answer = site.get(script)
    assert answer.headers["content-type"].startswith("text/javascript")
    assert "immutable" in answer.headers["cache-control"]
    assert "script-src 'self'" in page.headers["content-security-policy"]


@pytest.mark.parametrize(
    ("path", "accept", "status", "kind"),
    [
        ("/nothing", "text/html,*/*", 404, "text/html"),
        ("/nothing", "application/json", 404, "application/json"),
        ("/people/nobody.json", "text/html", 404, "application/json"),
        ("/people/bystander", "text/html,application/xhtml+xml", 410, "text/html"),
        ("/people/bystander", "application/json", 410, "application/json"),
        ("/people/bystander.json", "*/*", 410, "application/json"),
        ("/search.json?q=oil", "*/*", 200, "application/json"),
        ("/people/isil-fener.bib", "*/*", 200, "application/x-bibtex"),
        ("/people/isil-fener.yaml", "*/*", 200, "application/yaml"),
    ],
)
def test_status_and_type(site: httpx.Client, path: str, accept: str, status: int, kind: str) -> None:
    answer = site.get(path, headers={"accept": accept})
    assert (answer.status_code, answer.headers["content-type"].partition(";")[0]) == (status, kind)
    if status >= 400:
        assert "accept" in ", ".join(answer.headers.get_list("vary"))
        assert "etag" not in answer.headers
        assert answer.headers["x-content-type-options"] == "nosniff"


def test_what_is_asked_for_as_data_is_not_kept_from_those_who_ask_for_a_page(site: httpx.Client) -> None:
    for accept, kind in (("application/json", "application/json"), ("text/html", "text/html")) * 2:
        answer = site.get("/people/bystander", headers={"accept": accept})
        assert answer.headers["content-type"].startswith(kind)
