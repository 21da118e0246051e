# SPDX-License-Identifier: Apache-2.0
"""What a browser makes of what programs are told: data in pages, and pages of other sites that ask for it."""

from __future__ import annotations

import functools
import json
import threading
from collections.abc import Iterator
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from tests.served import PYTHONS
from tests.site.conftest import Site
from tests.site.pages import SUBJECTS, addresses

pytestmark = [pytest.mark.xdist_group("browser"), pytest.mark.slow]


class Silent(SimpleHTTPRequestHandler):
    """Files of a folder, without a word."""

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture(scope="module")
def elsewhere(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A page of another site."""
    folder: Path = tmp_path_factory.mktemp("elsewhere")
    (folder / "index.html").write_text("<!DOCTYPE html><title>Elsewhere</title>", encoding="utf-8")
    with ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Silent, directory=str(folder))) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    page = browser.new_page()
    yield page
    page.close()


_DATA = "[...document.querySelectorAll('script[type=\"application/ld+json\"]')].map(one => one.textContent)"


@pytest.mark.parametrize("version", PYTHONS)
@pytest.mark.parametrize("subject", ["reference", "harbour"])
def test_data_in_pages_is_read_and_nothing_is_refused(site: Site, page: Page, subject: str, version: str) -> None:
    told: list[str] = []
    page.on("console", lambda message: told.append(message.text))
    page.on("pageerror", lambda error: told.append(str(error)))
    found = addresses(SUBJECTS[subject], version)
    types = {"home": "Dataset", "entity": "WebPage", "statement": "Claim", "listing": "", "downloads": ""}
    for name, type_ in types.items():
        page.goto(site(subject, version) + found[name])
        data = [json.loads(text) for text in page.evaluate(_DATA)]
        kinds = [one["@type"] for one in data]
        assert kinds == ([type_] if type_ else []) or (type_ == "Claim" and kinds == [["Claim", "Comment"]]), name
        assert page.locator("link[rel=canonical]").count() == 1
    assert told == []


_ASK = """async ([address, headers]) => {
    const answer = await fetch(address, {headers});
    return [answer.status, answer.headers.get('etag') || '', await answer.text()];
}"""


@pytest.mark.parametrize("version", PYTHONS)
def test_pages_of_other_sites_read_what_is_public(site: Site, page: Page, elsewhere: str, version: str) -> None:
    base = site("harbour", version)
    page.goto(elsewhere)
    for path in ("/claims.json", "/people/isil-fener.json", "/index.json", "/lantern-harbour/claims.json?_shape=array"):
        status, tag, text = page.evaluate(
            _ASK, [base + path, {"if-none-match": '"nothing"'}]
        )  # not without a preflight
        assert (status, bool(json.loads(text))) == (200, True), path
        assert tag, path
    status, _, text = page.evaluate(_ASK, [f"{base}/-/downloads/csv/claims.csv", {"range": "bytes=0-1"}])
    assert (status, text) == (206, "id")
    status, _, text = page.evaluate(_ASK, [f"{base}/claims.json?colour=red", {}])
    assert (status, json.loads(text)["status"]) == (400, 400)
