# SPDX-License-Identifier: Apache-2.0
"""The benchmark of the site's own pages: whose addresses it takes, what it counts, when a budget is met."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import pytest

import sourcebook
from bench import own_pages
from bench.addresses import MISSING, Compared, compared
from bench.books import Input
from bench.budgets import as_table, exceeded
from bench.load import Load
from bench.own_pages import NOT_CHANGED, Asked, PageType, Weight
from tests.conftest import ROOT


@pytest.fixture(scope="module")
def harbour(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = Path(shutil.copytree(ROOT / "tests/site/book", tmp_path_factory.mktemp("bench") / "harbour"))
    assert sourcebook.build(folder).release is not None
    return folder


def test_addresses_are_those_that_the_release_says(harbour: Path) -> None:
    found = {one.page: one for one in compared((harbour / "build/current").resolve())}
    assert set(found) == {"home", "entity", "listing", "search", "question", MISSING}
    assert (found["home"].own, found["home"].datasette) == (["/"], ["/lantern-harbour"])
    assert len(found["entity"].own) == 8
    assert "/claims/oil-denied" in found["entity"].own
    assert "/lantern-harbour/claims/oil-denied" in found["entity"].datasette
    at = found["listing"].own.index("/documents")  # where the book has its sources
    assert found["listing"].datasette[at] == "/lantern-harbour/sources"
    assert found["question"].own == ["/questions/denied-claims", "/questions/differing-figures"]
    assert all(one.startswith("/search?q=") for one in found["search"].own)
    assert len({len(one.own) - len(one.datasette) for one in found.values()}) == 1
    assert [one.status for one in found.values() if one.status != 200] == [404]


@pytest.mark.slow
@pytest.mark.xdist_group("serve")
def test_every_page_is_measured_on_both_servers(harbour: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(own_pages, "pythons", lambda: {"0.65": sys.executable})

    def few(release: Path) -> list[Compared]:
        return [Compared(one.page, one.own[:2], one.datasette[:2], one.status) for one in compared(release)]

    monkeypatch.setattr(own_pages, "compared", few)
    book = Input("harbour", "Harbour", harbour, 33, ("", ""), "")
    told: list[str] = []
    found = own_pages.own_pages(book, 1, 0.1, told.append, tmp_path)
    assert [one.page for one in found] == ["home", "entity", "listing", "search", "question", MISSING, NOT_CHANGED]
    for one in found:
        for asked in (*one.own, *one.datasette):
            assert asked.first.answers, one.page
            assert asked.first.failures == asked.again.failures == asked.many.failures == 0, one.page
    home, *_, missing, unchanged = found
    assert home.weight is not None
    assert home.weight.requests >= 2  # the style sheet is counted
    assert home.weight.bytes > home.own[0].first.bytes > 0
    assert missing.weight is None
    assert unchanged.datasette == []
    assert unchanged.own[0].many.bytes == 0
    assert len(told) == 6


def asked(first: float, rate: float, failures: int = 0, again: float = 0.1) -> Asked:
    return Asked(
        Load(1, first, first, 1, 0, 900), Load(1, again, again, 1, 0, 900), Load(rate, 1, 1, 2, failures, 1800)
    )


def test_a_budget_is_met_or_said_to_be_exceeded_by_what() -> None:
    light, heavy = Weight(3, 30_000, 10_000), Weight(4, 30_001, 10_001)
    good = PageType("Book", "0.65", "entity", light, [asked(4.9, 1000)] * 3, [asked(20, 90)] * 3)
    slow = PageType("Book", "0.65", "search", heavy, [asked(5.1, 1000, 2)], [asked(20, 200)])
    gone = PageType("Book", "0.65", MISSING, None, [asked(2.1, 1000)], [asked(200, 2)])
    same = PageType("Book", "0.65", NOT_CHANGED, None, [asked(9, 1000, again=0.4)])
    late = PageType("Book", "0.65", NOT_CHANGED, None, [asked(9, 1000, again=0.6)])
    assert exceeded(good) == exceeded(same) == []
    assert exceeded(slow) == [
        "5.10 ms, not 5",
        "5.0 times, not 10",
        "4 requests, not 3",
        "30,001 bytes, not 30,000",
        "10,001 bytes of script, not 10,000",
        "2 failed",
    ]
    assert exceeded(gone) == ["2.10 ms, not 2"]
    assert exceeded(late) == ["0.60 ms, not 0.5"]
    lines = "\n".join(as_table([good, slow, same]))
    assert "### Pages of its own: book, Datasette 0.65" in lines
    assert "| entity | 4.90 | 0.10 | 1,000 | 0.9 | 3: 30.0 KB | 20.0 | 90.0 | 0.9 | 11.1 | met |" in lines
    assert "| search | 5.10 | 0.10 | 1,000 | 0.9 | 4: 30.0 KB | 20.0 | 200 | 0.9 | 5.0 | 5.10 ms, not 5; 5.0 " in lines
