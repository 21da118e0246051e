# SPDX-License-Identifier: Apache-2.0
"""What spreadsheet programs do to values by themselves, each at a cell that differs; and what people may write."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any

import pytest

from sourcebook.sheets.cells import EMPTY_TEXT, Unreadable, normal, shown, value_of
from sourcebook.sheets.damage import damage
from sourcebook.sheets.headings import Heading

TEXT, WHOLE, NUMBER = (Heading("x", 0, encoding) for encoding in ("text", "integer", "number"))
TRUTH = Heading("x", 0, "boolean")
DAY = Heading("x", 0, "text", form="date")
CHOICE = Heading("x", 0, "text", choices=("a", "b"))

DAMAGED: list[tuple[Any, Any, Heading, str]] = [
    (date(2014, 3, 2), "2014-03-01", DAY, "made a date"),
    (datetime.fromisoformat("2014-03-02T01:00"), "2014-03-01T00:00", TEXT, "made a date"),
    (time(1, 2), "1:2", TEXT, "made a date or a time"),
    (41699.0, "2014-03-01", TEXT, "how a spreadsheet counts 2014-03-01|column of texts"),
    ("41699", "2014-03-02", TEXT, "how a spreadsheet counts 2014-03-01"),
    ("41699", None, DAY, "how a spreadsheet counts"),
    ("01.03.2014", "2014-03-01", TEXT, "read in two ways"),
    ("3/1/14", None, DAY, "read in two ways"),
    ("2014/03/01", "2014-03-01", TEXT, "read in two ways"),
    ("01-Mar-14", "2014-03-01", TEXT, "read in two ways"),
    ("1. März 2014", "2014-03-01", DAY, "read in two ways"),
    ("2014-03-01 00:00:00", "2014-03-01", TEXT, "read in two ways"),
    ("1-Mar", "MARCH1", TEXT, "made the date"),
    ("02. Jan", "1-2", TEXT, "made the date"),
    ("Jan 02", "1/2", TEXT, "made the date"),
    (7.0, "007", TEXT, "zeros before it are lost"),
    ("7", "007", TEXT, "zeros before it are lost"),
    (7.0, None, TEXT, "a column of texts"),
    (1.1, "1.10", TEXT, "made a number of the text '1.10'"),
    ("100000", "1E5", TEXT, "made a number of the text '1E5'"),
    ("1.23457E+18", "1234567890123456789", TEXT, "made a number of the text"),
    ("1,23457E+18", "1234567890123456789", TEXT, "how a program shortens"),
    ("1234567890123450000", "1234567890123456789", TEXT, "digits past the 15th"),
    (1.23456789012345e18, "1234567890123456789", TEXT, "digits past the 15th"),
    (1.23456789012345e18, None, WHOLE, "more than 15 digits"),
    ("2.5E+11", None, TEXT, "how a program shortens"),
    ("1,5", 1.2, NUMBER, "a comma for the point"),
    ("1.234.567", 5, WHOLE, "digits grouped"),
    ("1 234", 5, WHOLE, "digits grouped"),
    (True, "true", TEXT, "truth value"),
    ("WAHR", "true", TEXT, "truth value"),
    ("WAHR", False, TRUTH, "write true"),
    ("Falsch", True, TRUTH, "write false"),
    (True, 3, WHOLE, "truth value"),
    ("#REF!", "x", TEXT, "an error"),
    ("#N/A", None, NUMBER, "an error"),
    ("#BEZUG!", "x", TEXT, "an error"),
    ("#NAME?", "x", TEXT, "an error"),
    ("Err:502", 1, NUMBER, "an error"),
    ("########", "x", TEXT, "an error"),
    ("two\u00a0words", "two words", TEXT, "does not break"),
    ("word\u00a0", "w", TEXT, "does not break"),
    ("a\u00a0", None, CHOICE, "does not break"),
    ("a_x000D_b", "a b", TEXT, "_x000D_"),
    ("a\rb", "a b", TEXT, "carriage return"),
]  # fmt: skip


@pytest.mark.parametrize(("cell", "old", "heading", "told"), DAMAGED)
def test_damage_is_told(cell: Any, old: Any, heading: Heading, told: str) -> None:
    why = damage(cell, old, heading)
    assert why is not None
    assert any(part in why for part in told.split("|")), why


WELL: list[tuple[Any, Any, Heading, Any]] = [
    ("2014-03-02", "2014-03-01", DAY, "2014-03-02"),
    ("2014", "2014-03-01", DAY, "2014"),
    ("008", "007", TEXT, "008"),
    ("1.11", "1.10", TEXT, "1.11"),
    ("1E6", "1E5", TEXT, "1E6"),
    ("May 12", "May 11", TEXT, "May 12"),
    ("a house", "the house", TEXT, "a house"),
    ("« oui »".replace(" ", "\u00a0"), "« non »".replace(" ", "\u00a0"), TEXT, "« oui »".replace(" ", "\u00a0")),
    (8.0, 7, WHOLE, 8),
    ("8", 7, WHOLE, 8),
    ("1234567890123456789", None, WHOLE, 1234567890123456789),
    (2.5, 1.0, NUMBER, 2.5),
    (3.0, 1.5, NUMBER, 3),
    ("-0.5", None, NUMBER, -0.5),
    ("TRUE", False, TRUTH, True),
    (False, True, TRUTH, False),
    (EMPTY_TEXT, "x", TEXT, ""),
    ("new", "old\n", TEXT, "new\n"),
    ("#1", "x", TEXT, "#1"),
]


@pytest.mark.parametrize(("cell", "old", "heading", "value"), WELL)
def test_what_people_write_is_taken(cell: Any, old: Any, heading: Heading, value: Any) -> None:
    assert damage(cell, old, heading) is None
    found = value_of(cell, heading.encoding, old)
    assert (type(found), found) == (type(value), value)


@pytest.mark.parametrize(
    ("cell", "encoding"), [("x", "integer"), ("1.5", "integer"), ("x", "number"), ("yes", "boolean"), ("{", "json")]
)
def test_what_a_column_cannot_hold_is_told(cell: str, encoding: Any) -> None:
    with pytest.raises(Unreadable):
        value_of(cell, encoding, None)


def test_a_value_and_what_it_became_are_one_where_nothing_is_lost() -> None:
    assert normal(shown(1.0, "number").cell, "number") == normal("1", "number") == normal(1.0, "number")
    assert normal(shown(True, "boolean").cell, "boolean") == normal("TRUE", "boolean")
    assert normal(shown("2014-03-01", "text").cell, "text") == normal(date(2014, 3, 1), "text")
    assert normal(shown("007", "text").cell, "text") != normal(7.0, "text")
    assert normal(shown("1.10", "text").cell, "text") != normal(1.1, "text")


@pytest.mark.parametrize(
    "text", ["a" * 40_000, "a\x07b", "\ud800", "<r>x</r>", "灯" * 33_000, "a\ufffeb"], ids=["long", *"bcdef"]
)
def test_what_no_cell_holds_is_shown_as_far_as_it_may_be(text: str) -> None:
    found = shown(text, "text")
    assert found.lacks
    assert len(str(found.cell).encode("utf-16-le")) <= 32_767 * 2
