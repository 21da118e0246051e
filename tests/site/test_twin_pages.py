# SPDX-License-Identifier: Apache-2.0
"""Pages of a static twin in a browser: each type of page keeps nobody out, asks no other host, and needs no script."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlencode

import pytest
from lxml import html
from playwright.sync_api import Browser, Page, expect

from tests.chromium import MARKS
from tests.site import looking
from tests.site.conftest import Twins
from tests.site.looking import HIGH, NARROW, WIDE, Watched

pytestmark = MARKS

PAGES = {
    "home": "",
    "entity": "people/isil-fener/",
    "statement": "claims/oil-forty-barrels/",
    "listing": "people/",
    "statements": "claims/",
    "questions": "questions/",
    "question": "questions/denied-claims/",
    "charted": "questions/differing-figures/",
    "schema": "schema/",
    "downloads": "downloads/",
    "map": "map/",
    "timeline": "timeline/",
    "network": "network/",
    "changes": "changes/",
    "changes-of-one": "changes/-/collection/claims/",
    "history": "claims/oil-forty-barrels/history/",
    "releases": "releases/",
    "release": "releases/1.0.0/",
    "missing": "404.html",
}
IN_THE_BROWSER = {
    "search": "search/?" + urlencode({"q": "fener"}),
    "search-nothing": "search/?" + urlencode({"q": 'nowhere "AND ('}),
    "sql": "sql/?" + urlencode({"sql": "select * from people limit 10"}),
    "sql-mistake": "sql/?" + urlencode({"sql": "select * form people"}),
    "table": "sql/?table=people",
}


@pytest.fixture(scope="module")
def watched(browser: Browser) -> Iterator[Watched]:
    page = browser.new_page(viewport={"width": WIDE, "height": HIGH})
    yield Watched(page)
    page.close()


@pytest.mark.skipif(not looking.AXE.exists(), reason="axe-core is not installed: scripts/test does it")
@pytest.mark.parametrize("name", [*PAGES, *IN_THE_BROWSER])
def test_a_page_keeps_nobody_out_and_asks_nobody_else(watched: Watched, twins: Twins, name: str) -> None:
    twin = twins("harbour")
    answer = watched.open(f"{twin.address}/{ {**PAGES, **IN_THE_BROWSER}[name] }")
    assert answer.status == 200
    if name in IN_THE_BROWSER:
        watched.page.wait_for_load_state("networkidle")
    wrong = [*watched.external(twin.address), *watched.complaints, *looking.strange_links(watched.page)]
    wrong += looking.judged(watched.page)
    watched.page.set_viewport_size({"width": NARROW, "height": HIGH})
    wrong += looking.sideways(watched.page)
    looking.hold(wrong)


def test_the_engine_comes_only_where_it_is_asked_for(watched: Watched, twins: Twins) -> None:
    """SQLite is a megabyte, and no page is to bring it that only shows what it says."""
    twin = twins("harbour")
    for name, page in PAGES.items():
        watched.open(f"{twin.address}/{page}")
        assert [one.url for one in watched.requests if "wasm" in one.url or "sqlite3" in one.url] == [], name
    watched.open(f"{twin.address}/search/?q=fener")
    watched.page.wait_for_load_state("networkidle")
    assert any(one.url.endswith(".wasm") for one in watched.requests)


@pytest.fixture
def plain(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(java_script_enabled=False, accept_downloads=True)
    yield context.new_page()
    context.close()


def test_without_a_script_a_page_says_the_same(plain: Page, watched: Watched, twins: Twins) -> None:
    twin = twins("harbour")
    for name, page in PAGES.items():
        watched.open(f"{twin.address}/{page}")
        plain.goto(f"{twin.address}/{page}")
        with_script, without = (set(looking.text_of(one)) for one in (watched.page, plain))
        assert len(without) > 3, name
        lost = {one for one in with_script - without if "Copy" not in one}
        assert lost == set(), f"{name} says it only with a script"


def test_without_a_script_readers_come_from_the_home_page_to_a_source_and_a_file(plain: Page, twins: Twins) -> None:
    plain.goto(f"{twins('harbour').address}/")
    plain.get_by_role("main").get_by_role("link", name="Claims", exact=True).first.click()
    with plain.expect_download() as started:
        plain.get_by_role("main").get_by_role("link", name="CSV").first.click()
    assert started.value.suggested_filename == "claims.csv"
    plain.get_by_role("link", name="A clerk of the harbour office whom The Quay Gazette does not name").first.click()
    expect(plain.get_by_role("main")).to_contain_text("Denied by")
    assert plain.locator("main a[href='https://gazette.example/1911/lamp-oil']").count()


@pytest.mark.parametrize("name", ["search", "sql"])
def test_without_a_script_search_and_sql_say_what_they_need(twins: Twins, name: str) -> None:
    """By the source: a browser that is driven reads what is for those without a script as if it had one."""
    page = html.parse(twins("harbour").folder / name / "index.html")
    (said,) = page.xpath("//main//noscript")
    assert "in your browser" in said.text_content()
    assert page.xpath("//main//a[starts-with(@href, '/repo/')]")
