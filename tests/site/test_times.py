# SPDX-License-Identifier: Apache-2.0
"""The timeline and charts in a browser: read with keys, without a script, on a telephone and on paper."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from tests.chromium import MARKS
from tests.served import PYTHONS
from tests.site import looking
from tests.site.conftest import Site
from tests.site.looking import HIGH, NARROW, WIDE

pytestmark = MARKS
NIGHT = "Night on which barrels are said to have been taken away, as alleged and as denied"

# Texts of charts that do not lie within their picture, of those that are to be seen whole.
_CUT = """
() => [...document.querySelectorAll('.chart svg[role=img] text')].filter(one => {
  const inner = one.getBoundingClientRect(), outer = one.closest('svg').getBoundingClientRect();
  return inner.left < outer.left - 1 || inner.right > outer.right + 1;
}).map(one => one.textContent.trim())
"""
# The sum of red, green and blue of the colour of a thing, in the order of what is asked for.
_LIGHT = """
names => names.map(([one, property]) => getComputedStyle(document.querySelector(one))[property]
  .match(/\\d+/g).slice(0, 3).reduce((sum, part) => sum + Number(part), 0))
"""


@pytest.fixture(scope="module")
def page(browser: Browser) -> Iterator[Page]:
    page = browser.new_page(viewport={"width": WIDE, "height": HIGH})
    yield page
    page.close()


@pytest.fixture(params=list(PYTHONS))
def base(request: pytest.FixtureRequest, site: Site) -> str:
    return site("harbour", request.param)


def test_marks_are_reached_by_keys_say_when_and_light_their_rows(page: Page, base: str) -> None:
    page.goto(f"{base}/timeline")
    first = page.locator("a.mark").first
    first.focus()
    tip = page.locator("figure.picture .tip").inner_text()
    assert tip.startswith(NIGHT)
    assert "between February 1911 and 12 March 1911" in tip
    assert "Before the second Sunday of March" in tip
    assert NIGHT in page.locator("tr.lit").inner_text()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url(f"{base}/events/day-of-the-ruling", timeout=5_000)


def test_a_form_narrows_the_timeline_down(page: Page, base: str) -> None:
    page.goto(f"{base}/timeline")
    page.get_by_label("From").fill("1912")
    page.get_by_label("From").press("Enter")
    page.wait_for_url("**from=1912**")
    assert page.locator("a.mark").count() == 1
    assert page.locator("section.twin tbody tr").count() == 1
    assert page.get_by_label("From").input_value() == "1912"


@pytest.mark.parametrize("address", ["/timeline", "/events/night-of-the-barrels", "/questions/differing-figures"])
def test_without_a_script_all_is_there(browser: Browser, base: str, address: str) -> None:
    with browser.new_context(java_script_enabled=False, viewport={"width": NARROW, "height": HIGH}) as context:
        page = context.new_page()
        page.goto(base + address)
        if "questions" in address:
            assert page.locator(".chart rect.bar").count() == 2
            assert "denied" in page.locator(".chart").inner_text()
        else:
            assert page.locator("[data-picture=timeline] a.mark").first.is_visible()
            if "events" in address:
                page.locator("details:has(#small-timeline-twin) > summary").click()
            assert NIGHT in page.locator("section.twin", has_text="In order of time").inner_text()


@pytest.mark.parametrize("width", [WIDE, NARROW, looking.A4])
@pytest.mark.parametrize("question", ["differing-figures", "murder-charge", "who-met-whom"])
def test_no_text_of_a_chart_is_cut(page: Page, site: Site, question: str, width: int) -> None:
    page.set_viewport_size({"width": width, "height": HIGH})
    page.goto(f"{site('reference', 'datasette-0')}/questions/{question}")
    assert page.locator(".chart text").count() > 4
    assert page.evaluate(_CUT) == []
    page.set_viewport_size({"width": WIDE, "height": HIGH})


def test_paper_is_light_whatever_the_screen_is(page: Page, base: str) -> None:
    page.goto(f"{base}/questions/differing-figures")
    seen = [[".chart text", "fill"], [".chart .bar", "fill"], ["body", "backgroundColor"]]
    page.emulate_media(media="screen", color_scheme="dark")
    text, bar, paper = page.evaluate(_LIGHT, seen)
    assert min(text, bar) > paper + 200
    page.emulate_media(media="print", color_scheme="dark")
    text, bar, paper = page.evaluate(_LIGHT, seen)
    assert max(text, bar) < paper - 200
    page.goto(f"{base}/timeline")
    text, bar, paper = page.evaluate(_LIGHT, [[".picture text", "fill"], [".picture .bar", "fill"], seen[2]])
    assert max(text, bar) < paper - 200
    page.emulate_media(media="screen", color_scheme="light")


def test_a_chart_is_seen_where_colours_are_forced(browser: Browser, base: str) -> None:
    with browser.new_context(forced_colors="active", viewport={"width": WIDE, "height": HIGH}) as context:
        page = context.new_page()
        page.goto(f"{base}/questions/differing-figures")
        bar, paper = page.evaluate(_LIGHT, [[".chart .bar", "fill"], ["body", "backgroundColor"]])
        assert abs(bar - paper) > 200
