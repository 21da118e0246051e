# SPDX-License-Identifier: Apache-2.0
"""Pages are used by keyboard alone, and are whole where no script runs."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect

from tests.chromium import MARKS
from tests.served import PYTHONS
from tests.site.conftest import Site
from tests.site.looking import HIGH, WIDE, hold, text_of
from tests.site.pages import DATASETTES, SUBJECTS, addresses

pytestmark = MARKS
NEAR = 12  # keys to press from the top of a page to what one came for


@pytest.fixture(scope="module")
def page(browser: Browser) -> Iterator[Page]:
    page = browser.new_page(viewport={"width": WIDE, "height": HIGH})
    yield page
    page.close()


@pytest.mark.parametrize("version", PYTHONS)
def test_the_first_key_leads_past_what_all_pages_have(page: Page, site: Site, version: str) -> None:
    page.goto(site("reference", version))
    page.keyboard.press("Tab")
    skip = page.locator(":focus")
    expect(skip).to_have_text("Skip to the content")
    expect(skip).to_be_in_viewport()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('main') !== null"), "the next key is not in the content"


@pytest.mark.parametrize("name", ["listing", "search", "table"])
@pytest.mark.parametrize("version", PYTHONS)
def test_the_first_row_is_near(page: Page, site: Site, version: str, name: str) -> None:
    page.goto(site("reference", version) + addresses(SUBJECTS["reference"], version)[name])
    passed = []
    for _ in range(NEAR):
        page.keyboard.press("Tab")
        passed.append(page.evaluate(_FOCUSED))
        if passed[-1].startswith("row: "):
            return
        if passed[-1].startswith("Skip to the "):
            page.keyboard.press("Enter")
    hold([f"{NEAR} keys reach no row, but {', '.join(passed)}"])


# What has the focus, in words: whether that is a link to a record, in a row or an entry of a list of the content.
_FOCUSED = """
() => {
  const at = document.activeElement;
  const row = at.closest('main article, main tbody tr, main li:has(article)');
  const name = at.innerText?.trim() || at.getAttribute('aria-label') || at.name || at.tagName;
  return row && at.href ? `row: ${name}` : name;
}
"""


@pytest.mark.parametrize("book", SUBJECTS)
def test_nothing_is_lost_without_scripts(browser: Browser, page: Page, site: Site, book: str) -> None:
    without = browser.new_context(java_script_enabled=False, viewport={"width": WIDE, "height": HIGH}).new_page()
    base, wrong = site(book, "datasette-0"), []
    for name, address in addresses(SUBJECTS[book], "datasette-0").items():
        if name not in DATASETTES and "<script" in httpx.get(base + address, trust_env=False).text:
            for one in (page, without):
                one.goto(base + address)
            there = text_of(without)
            wrong += [f"{name}: only by a script: {text[:80]}" for text in text_of(page) if text not in there]
            wrong += [f"{name}: a button that does nothing: {text}" for text in _idle_buttons(without)]
    without.context.close()
    hold(wrong)


def _idle_buttons(page: Page) -> list[str]:
    """Buttons that can be seen and are in no form: only a script could make them do anything."""
    buttons = page.locator("button:visible").all()
    return [one.inner_text() for one in buttons if not one.evaluate("one => one.form !== null")]
