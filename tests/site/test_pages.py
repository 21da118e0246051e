# SPDX-License-Identifier: Apache-2.0
"""Every type of page, as it comes: nothing from elsewhere, nothing that keeps people out, nothing cut."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.chromium import MARKS
from tests.conftest import ROOT
from tests.served import PYTHONS
from tests.site import looking
from tests.site.conftest import Site
from tests.site.looking import HIGH, NARROW, WIDE, Watched, hold
from tests.site.pages import DATASETTES, SUBJECTS, Subject, addresses

pytestmark = MARKS
PICTURES = ROOT / ".screenshots"
needs_axe = pytest.mark.skipif(not looking.AXE.exists(), reason="axe-core is not installed: scripts/test does it")


def _looked_at(subject: Subject, version: str) -> Iterator[str]:
    """Datasette's pages of the reference book alone: those of other books differ in their data."""
    for name in addresses(subject, version):
        if subject.name == "reference" or name not in DATASETTES:
            yield name


EACH = [
    pytest.param(book, version, name, id=f"{book}-{version}-{name}")
    for book, subject in SUBJECTS.items()
    for version in PYTHONS
    for name in _looked_at(subject, version)
]


@pytest.fixture(scope="module")
def watched(browser: Browser) -> Iterator[Watched]:
    page = browser.new_page()
    yield Watched(page)
    page.close()


@pytest.fixture(scope="module")
def judged() -> dict[bytes, Path]:
    """The pages that were looked at, as they came, and their pictures: Sourcebook's own are the same bytes on both
    versions of Datasette, and need no second look.
    """
    return {}


@needs_axe
@pytest.mark.parametrize(("book", "version", "name"), EACH)
def test_a_page_is_for_everybody(
    watched: Watched, site: Site, judged: dict[bytes, Path], book: str, version: str, name: str
) -> None:
    base = site(book, version)
    answer = watched.open(base + addresses(SUBJECTS[book], version)[name])
    status = {"missing": 404, "withdrawn": 410, "sql-mistake": 400 if version == "datasette-0" else 200}.get(name, 200)
    wrong = [] if answer.status == status else [f"answers {answer.status}, not {status}"]
    wrong += watched.external(base) + watched.complaints
    pictures = PICTURES / book / version
    if name not in DATASETTES:
        wrong += watched.weight()
        port = base.rpartition(":")[2].encode()  # which addresses in citations have
        same = judged.setdefault(answer.body().replace(port, b""), pictures / name)
        if same != pictures / name:
            pictures.mkdir(parents=True, exist_ok=True)
            for picture in same.parent.glob(f"{name}.*.png"):
                shutil.copy(picture, pictures)
            hold(wrong)
            return
    wrong += looking.strange_links(watched.page)
    wrong += _at_every_width(watched, pictures / name, all_pictures=book == "reference")
    wrong += looking.lost_in_print(watched.page)
    hold(wrong)


def _at_every_width(watched: Watched, picture: Path, *, all_pictures: bool) -> list[str]:
    """What is wrong at each width and with each set of colours. The colours alone change none but what axe says of
    contrast, and half the width at the same size of text is what a reader has who doubles it.
    """
    page = watched.page
    found = []
    for width in (WIDE, NARROW):
        page.set_viewport_size({"width": width, "height": HIGH})
        found += [f"{width} px: {told}" for told in (*looking.sideways(page), *looking.judged(page))]
        page.emulate_media(color_scheme="dark")
        found += [f"{width} px, dark: {told}" for told in looking.judged(page, "color-contrast")]
        for scheme in ("dark", "light"):
            page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
            if all_pictures or (width == WIDE) == (scheme == "light"):
                looking.photographed(page, f"{picture}.{width}-{scheme}.png")
    page.set_viewport_size({"width": WIDE // 2, "height": HIGH // 2})
    found += [f"at 200 %: {told}" for told in looking.sideways(page)]
    page.set_viewport_size({"width": WIDE, "height": HIGH})
    return found


def test_no_line_of_formats_begins_with_the_dot_between_them(site: Site, watched: Watched) -> None:
    page = watched.page
    page.set_viewport_size({"width": NARROW, "height": HIGH})
    page.goto(site("harbour", next(iter(PYTHONS))) + "/downloads")
    told = page.evaluate(
        """() => [...document.querySelectorAll("#collections + dl .taken")].map((one) => [
            getComputedStyle(one, "::before").content,
            getComputedStyle(one, "::after").content,
            one.nextElementSibling?.className === "taken",
        ])"""
    )
    assert len(told) > 20
    assert {tuple(one) for one in told} == {("none", '" ·"', True), ("none", "none", False)}
