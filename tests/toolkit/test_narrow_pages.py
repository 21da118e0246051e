# SPDX-License-Identifier: Apache-2.0
"""On a narrow screen names of tables break between their words, and a network begins at what was asked for."""

from __future__ import annotations

import re
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import sourcebook
from tests.chromium import ALONE, CHROMIUM, MARKS
from tests.harbour import BOOK
from tests.served import serving

pytestmark = [*MARKS, pytest.mark.slow]
_NAME = "lantern-harbour"
_BROKEN = """[...document.querySelectorAll("table td:first-child a")].flatMap((link) => [...link.childNodes])
    .filter((node) => node.nodeType === Node.TEXT_NODE).filter((node) => {
        const range = document.createRange();
        range.selectNodeContents(node);
        return range.getClientRects().length > 1;
    }).map((node) => node.data)"""


@pytest.fixture(scope="module")
def narrow(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """A page of 360 pixels that runs no script of the site."""
    playwright = pytest.importorskip("playwright.sync_api")
    folder = Path(shutil.copytree(BOOK, tmp_path_factory.mktemp("narrow") / "book"))
    assert sourcebook.build(folder, formats=()).release
    with serving(sys.executable, folder) as client, playwright.sync_playwright() as started:
        browser = started.chromium.launch(executable_path=CHROMIUM, args=ALONE)
        size = {"width": 360, "height": 740}
        context = browser.new_context(viewport=size, base_url=str(client.base_url), java_script_enabled=False)
        yield context.new_page()
        browser.close()


def test_names_of_tables_break_between_words(narrow: Any) -> None:
    narrow.goto(f"/{_NAME}")
    assert "claims_contradicts" in narrow.locator("table").first.inner_text().replace("\n", "")
    assert narrow.evaluate(_BROKEN) == []
    assert narrow.evaluate("document.documentElement.scrollWidth") == 360


def test_a_network_around_a_record_begins_in_its_middle(narrow: Any) -> None:
    narrow.goto("/network?around=people/isil-fener")
    narrow.wait_for_timeout(500)
    box = "document.querySelector('.canvas')"
    there, wide, shown = narrow.evaluate(f"[{box}.scrollLeft, {box}.scrollWidth, {box}.clientWidth]")
    assert wide > shown
    assert abs(there - (wide - shown) / 2) < 3
    narrow.evaluate(f"{box}.scrollLeft = 20")
    narrow.wait_for_timeout(300)
    assert narrow.evaluate(f"{box}.scrollLeft") == 20
    narrow.goto("/network")
    assert narrow.evaluate(f"{box}.scrollLeft") == 0


def test_the_page_of_sql_says_so_once(narrow: Any) -> None:
    narrow.goto(f"/{_NAME}?sql=select+1")
    said = re.findall(r"^SQL$", narrow.locator("main").inner_text(), re.MULTILINE)
    assert len(said) == 1
