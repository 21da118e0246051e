# SPDX-License-Identifier: Apache-2.0
"""The network in a browser: lines that are reached by keys, say what they rest on, and need no script."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from tests.chromium import MARKS
from tests.site import looking
from tests.site.conftest import Site
from tests.site.looking import HIGH, NARROW, WIDE

pytestmark = MARKS


@pytest.fixture(scope="module")
def page(browser: Browser) -> Iterator[Page]:
    page = browser.new_page(viewport={"width": WIDE, "height": HIGH})
    yield page
    page.close()


@pytest.fixture
def at_network(page: Page, site: Site) -> Page:
    page.goto(site("harbour", "datasette-0") + "/network")
    return page


def test_a_line_says_what_it_rests_on_and_lights_its_row(at_network: Page) -> None:
    tip = at_network.locator("figure.picture .tip")
    line = at_network.locator("a.mark.line[data-row$=clerk-and-keeper]")
    line.focus()
    assert tip.is_visible()
    said = tip.inner_text()
    assert "worked in the same office" in said
    assert "said by" in said
    assert "Contradicted" in said or "cannot" in said or "forty barrels" in said
    assert "worked in the same office" in at_network.locator("tr.lit").inner_text()
    line.press("Enter")
    assert at_network.url.endswith("/ties/clerk-and-keeper")


def test_a_line_is_met_near_to_it(at_network: Page) -> None:
    """A line is thin, and what answers the pointer is wider."""
    line = at_network.locator("a.mark.line").first
    edge, hit = (
        float(line.locator(one).evaluate("one => Number.parseFloat(getComputedStyle(one).strokeWidth)"))
        for one in ("path.edge", "path.hit")
    )
    assert hit >= 9
    assert edge < 3


def test_from_all_to_one_record_and_on_to_its_page(at_network: Page) -> None:
    at_network.locator("a.mark:not(.line)", has_text="Işıl Fener-Çakıl").or_(
        at_network.get_by_role("link", name="Işıl Fener-Çakıl (People)")
    ).first.press("Enter")
    assert "around=people" in at_network.url
    assert at_network.locator("a.mark.line").count() == 1
    at_network.get_by_role("link", name="Two steps").click()
    assert at_network.locator("a.mark.line").count() == 2
    at_network.get_by_role("link", name="All of the network").click()
    assert at_network.url.endswith("/network")


def test_without_a_script_all_is_there(browser: Browser, site: Site) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(site("harbour", "datasette-0") + "/network")
    assert page.locator("a.mark.line").count() == 2
    assert page.locator("section.twin tbody tr").count() == 2
    assert not page.locator(".zoom").is_visible()
    context.close()


@pytest.mark.skipif(not looking.AXE.exists(), reason="axe-core is not installed: scripts/test does it")
@pytest.mark.parametrize("width", [WIDE, NARROW])
def test_a_network_made_larger_keeps_nobody_out(at_network: Page, width: int) -> None:
    at_network.set_viewport_size({"width": width, "height": HIGH})
    at_network.get_by_role("button", name="Larger").click()
    at_network.locator("a.mark").first.focus()
    looking.hold([*looking.judged(at_network), *looking.sideways(at_network)])
    at_network.set_viewport_size({"width": WIDE, "height": HIGH})


def test_a_long_choice_makes_no_field_wider_than_a_narrow_page(at_network: Page) -> None:
    at_network.set_viewport_size({"width": 360, "height": HIGH})
    ends = at_network.evaluate(
        """() => {
          const chosen = document.querySelector('.ask select');
          chosen.append(new Option('an office of a harbour that has a very long name '.repeat(3)));
          const found = [chosen, document.querySelector('h1')].map(one => one.getBoundingClientRect().right);
          chosen.lastChild.remove();
          return found;
        }"""
    )
    at_network.set_viewport_size({"width": WIDE, "height": HIGH})
    assert ends[0] <= ends[1]
