# SPDX-License-Identifier: Apache-2.0
"""Pictures in a browser: made larger by buttons, keys and wheel; marks that say what they are; and without a script."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

import sourcebook.site
from tests.chromium import MARKS
from tests.site import looking
from tests.site.conftest import Site
from tests.site.looking import HIGH, NARROW, WIDE

pytestmark = MARKS
_STATIC = Path(sourcebook.site.__file__).parent / "static"


@pytest.fixture(scope="module")
def page(browser: Browser) -> Iterator[Page]:
    page = browser.new_page(viewport={"width": WIDE, "height": HIGH})
    yield page
    page.close()


@pytest.fixture
def at_map(page: Page, site: Site) -> Page:
    page.goto(site("harbour", "datasette-0") + "/map")
    return page


def box(page: Page) -> list[float]:
    found = page.get_attribute("figure.picture svg[viewBox]", "viewBox")
    assert found
    return [float(one) for one in found.split()]


def test_the_script_is_small() -> None:
    assert (_STATIC / "pictures.js").stat().st_size + (_STATIC / "site.js").stat().st_size < 10_000


def test_buttons_make_a_picture_larger_and_move_it(at_map: Page) -> None:
    whole = box(at_map)
    at_map.get_by_role("button", name="Larger").click()
    larger = box(at_map)
    assert larger[2] == pytest.approx(whole[2] / 1.6, abs=0.1)
    assert larger[0] == pytest.approx((whole[2] - larger[2]) / 2, abs=0.1)
    at_map.get_by_role("button", name="To the left").click()
    assert box(at_map)[0] < larger[0]
    for _ in range(9):
        at_map.get_by_role("button", name="To the left").click()
    assert box(at_map)[0] == 0  # and no further
    at_map.get_by_role("button", name="Whole").click()
    assert box(at_map) == whole


def test_keys_do_the_same(at_map: Page) -> None:
    whole = box(at_map)
    at_map.focus("figure.picture svg[viewBox]")
    at_map.keyboard.press("+")
    assert box(at_map)[2] < whole[2]
    before = box(at_map)
    at_map.keyboard.press("ArrowRight")
    assert box(at_map)[0] > before[0]
    at_map.keyboard.press("0")
    assert box(at_map) == whole
    at_map.keyboard.press("ArrowRight")  # of the whole there is nothing further right: the page keeps its key
    assert box(at_map) == whole


def test_the_wheel_turns_pages_and_with_ctrl_pictures(at_map: Page) -> None:
    whole = box(at_map)
    at_map.hover("figure.picture svg[viewBox]")
    at_map.mouse.wheel(0, -100)
    at_map.wait_for_timeout(100)
    assert box(at_map) == whole
    at_map.keyboard.down("Control")
    at_map.mouse.wheel(0, -100)
    at_map.keyboard.up("Control")
    at_map.wait_for_function(
        "whole => !document.querySelector('figure svg').getAttribute('viewBox').endsWith(whole)",
        arg=f"{whole[2]:.0f} {whole[3]:.0f}",
    )
    assert box(at_map)[2] < whole[2]


def test_a_mark_keeps_its_size(at_map: Page) -> None:
    wide = "document.querySelector('.dot').getBoundingClientRect().width"
    before = at_map.evaluate(wide)
    size = "Number.parseFloat(getComputedStyle(document.querySelector('.picture text')).fontSize)"
    text = at_map.evaluate(size)
    at_map.get_by_role("button", name="Larger").click()
    assert at_map.evaluate(wide) == pytest.approx(before, abs=0.5)
    assert at_map.evaluate(size) == pytest.approx(text / 1.6, abs=0.1)


def test_a_mark_says_what_it_is_and_lights_its_row(at_map: Page) -> None:
    tip = at_map.locator("figure.picture .tip")
    assert not tip.is_visible()
    mark = at_map.locator("a.mark").first
    mark.focus()
    assert tip.is_visible()
    assert tip.inner_text() == "The old light / İhtiyar Fener"
    row = at_map.locator("tr.lit")
    assert "The old light" in row.inner_text()
    at_map.keyboard.press("Escape")
    assert not tip.is_visible()
    assert not at_map.locator("tr.lit").count()
    row = at_map.locator("section.twin tbody tr").first
    row.hover()
    assert at_map.locator("a.mark.lit").get_attribute("aria-label") == row.locator("a").first.inner_text()


def test_marks_have_names_and_lead_on(at_map: Page) -> None:
    at_map.get_by_role("link", name="The old light / İhtiyar Fener").first.press("Enter")
    assert at_map.url.endswith("/places/old-light")


def test_without_a_script_all_is_there(browser: Browser, site: Site) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(site("harbour", "datasette-0") + "/map")
    assert page.locator("a.mark").count() == 2
    assert not page.locator(".zoom").is_visible()
    assert page.get_by_role("link", name="The old light / İhtiyar Fener").count() == 2  # the mark, and the row
    page.locator("a.mark").first.click()
    assert page.url.endswith("/places/old-light")
    context.close()


def test_marks_are_seen_where_colours_are_forced(browser: Browser, site: Site) -> None:
    context = browser.new_context(forced_colors="active", viewport={"width": WIDE, "height": HIGH})
    page = context.new_page()
    page.goto(site("harbour", "datasette-0") + "/map")
    colours = (
        "one => [getComputedStyle(document.querySelector(one)).fill, getComputedStyle(document.body).backgroundColor]"
    )
    dot, ground = page.evaluate(colours, ".dot")
    assert dot != ground
    assert "none" not in dot
    context.close()


@pytest.mark.skipif(not looking.AXE.exists(), reason="axe-core is not installed: scripts/test does it")
@pytest.mark.parametrize("width", [WIDE, NARROW])
def test_a_picture_made_larger_keeps_nobody_out(at_map: Page, width: int) -> None:
    at_map.set_viewport_size({"width": width, "height": HIGH})
    at_map.get_by_role("button", name="Larger").click()
    at_map.locator("a.mark").first.focus()
    looking.hold([*looking.judged(at_map), *looking.sideways(at_map)])
    at_map.set_viewport_size({"width": WIDE, "height": HIGH})
