# SPDX-License-Identifier: Apache-2.0
"""A twin on a stick: opened from its files, in a folder of any name, without a server; and on one if there is one."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote, urldefrag, urljoin, urlsplit
from urllib.request import url2pathname

import pytest
from playwright.sync_api import Browser, Page, expect

import sourcebook
from tests.chromium import MARKS
from tests.site.conftest import Folders
from tests.site.looking import HIGH, WIDE, Watched, hold
from tests.site.test_links import ELSEWHERE, Links
from tests.site.twins import handed_out, pages_of

pytestmark = MARKS


@pytest.fixture(scope="module")
def stick(folders: Folders, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("a stick") / "the book, 2 #1 (50%)"
    sourcebook.freeze(folders("harbour"), folder, base_url="./")
    return folder


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    page = browser.new_page(viewport={"width": WIDE, "height": HIGH})
    page.set_default_timeout(5_000)
    yield page
    page.close()


def test_every_link_leads_from_file_to_file(stick: Path) -> None:
    home = (stick / "index.html").as_uri()
    wrong, ids, places, waiting, met = [], {}, [], [home], {home}
    while waiting:
        address = waiting.pop()
        file = Path(url2pathname(urlsplit(address).path))
        if not file.is_file():
            wrong.append(f"there is no {file}")
        elif file.suffix == ".html":
            links = Links(file.read_text("utf-8"))
            ids[address] = links.ids
            wrong += [f"{address} has the id {one} twice" for one in links.twice]
            for link, _ in links.links:
                to, place = urldefrag(urljoin(address, link))
                if urlsplit(to).scheme != "file":
                    wrong += [] if urlsplit(to).scheme in ELSEWHERE else [f"{address} leads to {link}"]
                    continue
                to = to.partition("?")[0]
                places += [(address, to, unquote(place))] if place else []
                waiting += [] if to in met else [to]
                met.add(to)
    wrong += [f"{on} leads to {to}#{place}" for on, to, place in places if place not in ids.get(to, {place})]
    hold(wrong)
    pages = {file.as_uri() for file in pages_of(stick)}
    assert pages - met == set(), "no way leads to them"
    assert len(pages) > 60


def test_a_reader_comes_from_the_home_page_to_a_source(stick: Path, page: Page) -> None:
    watched = Watched(page)
    watched.open((stick / "index.html").as_uri())
    main = page.get_by_role("main")
    main.get_by_role("link", name="Claims", exact=True).first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Claims")
    page.get_by_role("link", name="A clerk of the harbour office whom The Quay Gazette does not name").first.click()
    expect(main).to_contain_text("Denied by")
    assert main.locator("a[href='https://gazette.example/1911/lamp-oil']").count()
    styled = "() => getComputedStyle(document.querySelector('nav.sections, header nav, nav')).display"
    assert page.evaluate(styled) != "inline"
    page.get_by_role("link", name="Timeline", exact=True).first.click()
    expect(page.locator("figure.picture svg").first).to_be_visible()
    page.get_by_role("link", name="Network", exact=True).first.click()
    page.locator("a.mark.line").first.focus()
    expect(page.locator("figure.picture .tip")).to_be_visible()
    assert [one.url for one in watched.requests if not one.url.startswith(stick.parent.as_uri())] == []
    assert watched.complaints == []


def test_search_says_that_it_needs_a_server_and_works_on_one(stick: Path, page: Page) -> None:
    said = page.locator("#unserved")
    page.goto((stick / "index.html").as_uri())
    box = page.get_by_role("searchbox").first
    box.fill("isil fen")
    box.press("Enter")
    expect(said).to_contain_text("This page needs a server")
    with handed_out(stick) as (host, _):
        page.goto(f"{host}/search/index.html?q=isil+fen")
        expect(page.get_by_role("main").get_by_role("link", name="Işıl Fener-Çakıl").first).to_be_visible()
        expect(said).to_have_count(0)
        page.goto(f"{host}/sql/?sql=select+count(*)+from+people")
        expect(page.locator("#answer td").first).to_be_visible()
