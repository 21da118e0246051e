# SPDX-License-Identifier: Apache-2.0
"""The reference book in a real browser, as a reader would use it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect, sync_playwright

from tests.chromium import ALONE, CHROMIUM, MARKS
from tests.served import PYTHONS, serving

pytestmark = MARKS


@pytest.fixture(scope="module", params=PYTHONS.values(), ids=PYTHONS)
def page(request: pytest.FixtureRequest, reference_book: Path) -> Iterator[Page]:
    with serving(request.param, reference_book) as client, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ALONE)
        context = browser.new_context(base_url=str(client.base_url))
        page = context.new_page()
        errors: list[str] = []
        page.on("pageerror", lambda error: errors.append(str(error)))
        yield page
        browser.close()
        assert errors == []


def test_from_the_home_page_to_a_claim_and_its_source(page: Page) -> None:
    page.goto("/")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Who said what")
    expect(page.locator("main")).to_contain_text("It does not say that an allegation is true")
    page.get_by_role("link", name="Claims", exact=True).first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Claims")
    page.get_by_role("link", name="All columns, SQL").click()
    for column in ("statement", "kind", "origin", "source", "locator"):
        expect(page.locator(f"th[data-column={column}]")).to_be_visible()
    page.goto("/suleyman-sah/claims/nm2020-p03-three-meetings")
    row = page.get_by_role("main")
    for words in ("sources allege", "alleges", "paragraph 3", "nm2020-sources", "nordic-monitor-2020-01"):
        expect(row).to_contain_text(words)
    page.goto("/suleyman-sah/claims?id=nm2020-p03-three-meetings")
    page.get_by_role("table").get_by_role("link", name="Several sources of Nordic Monitor").first.click()
    expect(page.get_by_role("main")).to_contain_text("stay anonymous for security reasons")


def test_searching_without_accents(page: Page) -> None:
    page.goto("/suleyman-sah/claims")
    page.locator("input[name=_search]").fill("sah firat")
    page.locator("input[name=_search]").press("Enter")
    expect(page.locator("td.col-statement", has_text="Şah Fırat").first).to_be_visible()
    expect(page.locator("td.col-statement", has_text="Mesut")).to_have_count(0)
    expect(page.locator("td.col-origin").first).not_to_be_empty()
    expect(page.locator("td.col-source").first).not_to_be_empty()


def test_a_question_is_one_click_away(page: Page) -> None:
    page.goto("/")
    page.get_by_role("link", name="Which claims were denied, and by whom?").click()
    expect(page.get_by_role("main")).to_contain_text("Ministry of Foreign Affairs")


def test_a_download_is_the_file(page: Page, reference_book: Path) -> None:
    page.goto("/")
    with page.expect_download() as started:
        page.locator("a[href$='csv/claims.csv']").first.click()
    assert Path(started.value.path()).read_bytes() == (reference_book / "build/csv/claims.csv").read_bytes()
