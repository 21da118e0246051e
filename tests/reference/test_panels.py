# SPDX-License-Identifier: Apache-2.0
"""What the reference book says for its pages: attribution stays with every claim, on panels too."""

from __future__ import annotations

import re
import sqlite3
from pathlib import Path

import pytest

from sourcebook.book import Script, load_book
from tests.conftest import ROOT

BOOK = load_book(ROOT)
ATTRIBUTION = {"kind", "origin", "source", "locator"}


def test_a_claim_is_a_statement_with_all_that_stands_against_it() -> None:
    claims = BOOK.by_name["claims"]
    assert claims.roles["statement"] == {
        "text": "statement",
        "by": "origin",
        "in": "source",
        "at": "locator",
        "on": "said_on",
        "kind": "kind",
        "hedge": "hedge",
        "denies": "denies[]",
        "contradicts": "contradicts[]",
        "overturns": "overturns[]",
        "corrects": "corrects[]",
        "later_in_case": "later_in_case[]",
        "upholds": "upholds[]",
        "repeats": "repeats[]",
        "supports": "supports[]",
    }
    assert {"statement", "kind", "origin", "source"} <= set(claims.page.summary)
    assert all(not one.page.hide for one in BOOK.collections)


@pytest.mark.parametrize("script", BOOK.queries, ids=lambda script: script.name)
def test_each_question_links_its_claims_and_has_a_place(script: Script) -> None:
    header = script.header
    if "claim" in header["link"]:
        assert header["link"].items() >= {"claim": "claims", "origin": "origins", "source": "sources"}.items()
    else:  # rows of what rests on claims: who says it, where, and what answers it, in words
        assert all(re.search(rf"\b{name}\b", script.sql) for name in ("said_by", "published_in", "answers"))
    assert sorted(one.header["order"] for one in BOOK.queries) == list(range(1, len(BOOK.queries) + 1))


PANELS = [(collection, panel) for collection, panels in BOOK.panels.items() for panel in panels]


@pytest.mark.parametrize(("collection", "panel"), PANELS, ids=lambda one: getattr(one, "name", one))
def test_no_panel_shows_a_claim_without_its_attribution(collection: str, panel: Script, reference_book: Path) -> None:
    sql, header = panel.sql, panel.header
    database = sqlite3.connect(reference_book / "build/suleyman-sah.db")
    try:
        keys = [key for (key,) in database.execute(f"SELECT id FROM {collection}")]
        cursor = database.execute(sql, {"key": keys[0]})
        assert {column[0] for column in cursor.description} >= {
            *ATTRIBUTION,
            "claim",
            "statement",
            "said_by",
            "answers",
        }
        assert header["link"].items() >= {"claim": "claims", "origin": "origins", "source": "sources"}.items()
        assert sum(len(database.execute(sql, {"key": key}).fetchall()) for key in keys) > 0
    finally:
        database.close()
