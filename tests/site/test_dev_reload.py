# SPDX-License-Identifier: Apache-2.0
"""A preview in a browser: a page that is open shows what is saved, by itself, and what is wrong."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.chromium import ALONE, CHROMIUM, MARKS
from tests.toolkit.harbours import DATA, harbours
from tests.toolkit.test_dev import Previewed, previewing

pytestmark = MARKS

_SOON = 10_000  # milliseconds


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ALONE)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def preview(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Previewed, Path]]:
    top = tmp_path_factory.mktemp("reload")
    folder = harbours(top / "book")
    with previewing(folder, top, "--editor", "vscode") as one:
        yield one, folder


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    page = browser.new_page()
    wrong: list[str] = []
    page.on(
        "console",
        lambda said: wrong.append(said.text) if said.type == "error" and "ERR_CONNECTION" not in said.text else None,
    )
    page.on("pageerror", lambda error: wrong.append(str(error)))
    yield page
    page.close()
    assert wrong == []


def test_an_open_page_shows_what_is_saved(preview: tuple[Previewed, Path], page: Page) -> None:
    one, folder = preview
    page.goto(f"{one.client.base_url}files/long-quay")
    expect(page.locator("h1")).to_have_text("The Long Quay")
    for name in ("First Quay", "Second Quay", "Third Quay"):
        text = DATA["data/files/long-quay.yaml"].replace("The Long Quay", name)
        (folder / "data/files/long-quay.yaml").write_text(text)
        expect(page.locator("h1")).to_have_text(name, timeout=_SOON)


def test_what_is_wrong_appears_and_goes(preview: tuple[Previewed, Path], page: Page) -> None:
    one, folder = preview
    page.goto(f"{one.client.base_url}listed/b")
    told = page.locator("#sourcebook-dev")
    (folder / "data/listed.yaml").write_text("- {id: b, name: New, kind: boat}\n")
    expect(told).to_contain_text("1 edit before", timeout=_SOON)
    expect(page.locator("h1")).to_have_text("Öyster")
    link = told.locator("a").first
    assert str(link.get_attribute("href")) == f"vscode://file{folder}/data/listed.yaml:1:28"
    (folder / "data/listed.yaml").write_text(DATA["data/listed.yaml"].replace("Öyster", "Oyster"))
    expect(page.locator("h1")).to_have_text("Oyster", timeout=_SOON)
    expect(told).to_have_class("well", timeout=_SOON)


def test_the_end_of_a_preview_is_told(tmp_path: Path, page: Page) -> None:
    folder = harbours(tmp_path / "book")
    with previewing(folder, tmp_path) as one:
        page.goto(str(one.client.base_url))
        expect(page.locator("#sourcebook-dev")).to_contain_text("shows your files")
    expect(page.locator("#sourcebook-dev.gone")).to_have_count(1, timeout=_SOON)
