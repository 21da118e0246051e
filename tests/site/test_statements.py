# SPDX-License-Identifier: Apache-2.0
"""Wherever a statement is shown, it is told who says it and that it is denied: held against the book's own records."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx
import pytest
from playwright.sync_api import Browser, Page

from tests.chromium import MARKS
from tests.served import PYTHONS
from tests.site.conftest import Folders, Site
from tests.site.looking import HIGH, NARROW, WIDE, hold
from tests.site.pages import SUBJECTS, addresses

pytestmark = MARKS
WITH_STATEMENTS = [name for name, subject in SUBJECTS.items() if subject.statement]

# Each statement that a page shows, and what of its attribution is not beside it: in the same article, row or entry of
# a list, or on the page, where it stands by itself. It is shown where its words are, or where a row begins with it.
# What a denial denies may stand within that denial.
_LONELY = """
([source, statements, address]) => {
  const main = new DOMParser().parseFromString(source, 'text/html').querySelector('main');
  const said = one => one.textContent.replace(/\\s+/g, ' ').trim();
  const holders = [...main.querySelectorAll('article, li, tr')].map(one => [one, said(one)]);
  const whole = said(main), found = [];
  for (const {href, words, by, answers, denied_by} of statements) {
    const begins = one => one.querySelector('a')?.getAttribute('href') === href
      && said(one) !== said(one.querySelector('a'));
    let at = holders.filter(([one, text]) => text.includes(words) || begins(one)).map(([one]) => one);
    at = at.filter(one => !at.some(other => other !== one && one.contains(other)));
    if (!at.length && whole.includes(words)) at = [main];
    for (const one of at) {
      const text = said(one).replaceAll(words, '');  // which may name the same people
      if (!text.includes(by)) found.push(`${href} without ${by}: ${text.slice(0, 120)}`);
      const around = [address];
      for (let up = one; up; up = up.parentElement?.closest('article'))
        around.push(up.querySelector(':scope > .said a')?.getAttribute('href'));
      const told = answers.every((answer, i) => around.includes(answer)
        || one.querySelector(`a[href="${answer}"]`) || (/[Dd]enied by/.test(text) && text.includes(denied_by[i])));
      if (!told) found.push(`${href} without its denial by ${answers.join(', ')}: ${text.slice(0, 120)}`);
    }
  }
  return [found, statements.filter(({words}) => whole.includes(words)).length];
}
"""


def _extract(folder: Path, collection: str) -> dict[str, dict[str, Any]]:
    records = json.loads((folder / f"build/json/{collection}.json").read_text("utf-8"))
    return {record["id"]: record for record in (records.values() if isinstance(records, dict) else records)}


def statements(folder: Path) -> list[dict[str, Any]]:
    """The address of each statement of a book, its words, who says it, its denials and who makes them."""
    claims, origins = _extract(folder, "claims"), _extract(folder, "origins")

    def by(claim: dict[str, Any]) -> str:
        return " ".join(str(origins[claim["origin"]]["description"]).split())

    return [
        {
            "href": f"/claims/{key}",
            "words": " ".join(claim["statement"].split()),
            "by": by(claim),
            "answers": [f"/claims/{other}" for other, claim in claims.items() if key in claim.get("denies", ())],
            "denied_by": [by(other) for other in claims.values() if key in other.get("denies", ())],
        }
        for key, claim in claims.items()
    ]


def _pages(folder: Path, book: str, version: str) -> Iterator[str]:
    """Every page of the small book; of another one record of each collection. On the second version of Datasette, where
    the same functions make the pages, one of each type.
    """
    own = addresses(SUBJECTS[book], version)
    for name in ("search", "statements", "statement", "entity", "question"):
        yield own[name]
    if version != "datasette-0":
        return
    site = json.loads((folder / "build/site.json").read_bytes())
    for collection in site["collections"]:
        yield f"/{collection['address']}"
        keys = list(_extract(folder, collection["name"]))
        for key in keys if book == "harbour" else keys[:1]:
            yield f"/{collection['address']}/{quote(key)}"
    for question in site["questions"]:
        yield f"/questions/{question['name']}"


@pytest.fixture(scope="module")
def page(browser: Browser) -> Iterator[Page]:
    page = browser.new_page(viewport={"width": WIDE, "height": HIGH})
    yield page
    page.close()


@pytest.mark.parametrize("version", PYTHONS)
@pytest.mark.parametrize("book", WITH_STATEMENTS)
def test_no_statement_is_shown_without_who_says_it_and_its_denial(
    page: Page, site: Site, folders: Folders, book: str, version: str
) -> None:
    base, known = site(book, version), statements(folders(book))
    assert sum(bool(one["answers"]) for one in known) >= 2
    wrong, shown = [], {}
    with httpx.Client(base_url=base, timeout=30, trust_env=False) as client:
        for address in dict.fromkeys(_pages(folders(book), book, version)):
            lonely, shown[address] = page.evaluate(_LONELY, [client.get(address).text, known, address])
            wrong += [f"{address}: {told}" for told in lonely]
    hold(wrong)
    own = addresses(SUBJECTS[book], version)
    assert all(shown[own[name]] for name in ("search", "statements", "statement", "entity", "question")), shown


@pytest.mark.parametrize("width", [WIDE, NARROW])
@pytest.mark.parametrize("book", WITH_STATEMENTS)
def test_who_says_it_and_who_denies_it_stand_above_the_fold(
    page: Page, site: Site, folders: Folders, book: str, width: int
) -> None:
    subject = SUBJECTS[book]
    page.set_viewport_size({"width": width, "height": HIGH})
    page.goto(site(book, "datasette-0") + addresses(subject, "datasette-0")["statement"])
    (statement,) = (one for one in statements(folders(book)) if one["href"].endswith(f"/{subject.statement[-1]}"))
    above = [_is_above_the_fold(page, words) for words in (statement["words"], statement["by"])]
    assert above == [True, True]
    denials = {words: _is_above_the_fold(page, words) for words in statement["denied_by"]}
    assert any(denials.values()), denials  # where there are several, the first of them


def _is_above_the_fold(page: Page, words: str) -> bool:
    """Whether some place where the words stand begins before one scrolls, with its first lines."""
    boxes = [one.bounding_box() for one in page.get_by_role("main").get_by_text(words).all()]
    return any(box and box["y"] >= 0 and box["y"] + min(box["height"], 60) <= HIGH for box in boxes)
