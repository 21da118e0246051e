# SPDX-License-Identifier: Apache-2.0
"""What two states of a book are told as: no content breaks out of Markdown, and no statement stands by itself."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from sourcebook.cli import main
from sourcebook.diff import Change, Compared, RecordChange, Side, Stand, Statement
from sourcebook.diff.data import diff_schema
from sourcebook.diff.markdown import MOST, code, text
from sourcebook.diff.shown import both, shown
from sourcebook.diff.values import named
from sourcebook.exact import dumps, loads
from sourcebook.finding import printable
from sourcebook.validation.schemas import check
from tests.toolkit.plain_data import values

OLD, NEW = Side("revision", "v1", "1" * 40, "2026-11-30"), Side("working-tree", ".")
HOSTILE = [
    *("a|b", "a\\|b", "`", "``x``", "<script>alert(1)</script>", "@somebody", "#12", "[x](javascript:x)", "\n\n# Big"),
    *("| --- |", "**x**", "&lt;", "a\u202eb", "\\", "a\\", "`|`", "<!-- -->", "</code>", "~~x~~", "http://x.example"),
    *(" ", "", "x ", "  x", "$x$", "::error::x", "a\rb", "\x1b[31m", "```\nx", "_x_", "a@b.example"),
]


def compared(*changed: tuple[str, Any, Any], statement: Statement | None = None) -> Compared:
    records = tuple(
        RecordChange(
            "changed",
            "people",
            key,
            key,
            Stand(f"data/{key}.yaml", 1),
            Stand(f"data/{key}.yaml", 1),
            {key: old},
            {key: new},
            (Change("changed", (key,), (key,), old, new, named("", key)),),
            statement=statement,
        )
        for key, old, new in changed
    )
    return Compared(OLD, NEW, records=records, titles=(("people", "People"),), notes=tuple(k for k, _, _ in changed))


class Seen(HTMLParser):
    """The tags of a page, and the text that stands in none of code."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.bare = ""
        self.coded: list[str] = []
        self._inside = 0
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert all(name == "style" for name, _ in attrs)
        self.tags.append(tag)
        if tag == "code":
            self._inside += 1
            self.coded.append("")

    def handle_endtag(self, tag: str) -> None:
        self._inside -= tag == "code"

    def handle_data(self, data: str) -> None:
        if self._inside:
            self.coded[-1] += data
        else:
            self.bare += data


def rendered(markdown: str) -> Seen:
    reader = pytest.importorskip("markdown_it").MarkdownIt("commonmark").enable(["table", "strikethrough"])
    return Seen(reader.render(markdown))


def test_no_content_breaks_out_of_markdown() -> None:
    page = text(compared(*((one, one, f"{one}2") for one in HOSTILE)))
    harmless = text(compared(*((f"x{n}", "x", "y") for n in range(len(HOSTILE)))))
    assert set(rendered(page).tags) == set(rendered(harmless).tags)
    for tag in ("tr", "td", "li", "table", "code"):
        assert rendered(page).tags.count(tag) == rendered(harmless).tags.count(tag), tag
    assert not re.search(r"[@#<>`|*\[]", rendered(page).bare)
    shown_there = rendered(page).coded
    for one in HOSTILE:
        assert any(printable(one).strip() in there for there in shown_there), one


@settings(max_examples=150)
@given(st.text(alphabet=st.characters(exclude_categories=["Cs"]) | st.sampled_from("|`\\<>@#*_&\n ~"), max_size=12))
def test_a_text_in_code_is_what_it_was(written: str) -> None:
    seen = rendered(f"| a | b |\n| --- | --- |\n| {code(written)} | x |\n")
    assert (seen.tags.count("td"), seen.tags.count("code"), seen.bare.split()) == (2, 1, ["a", "b", "x"])
    assert seen.coded[0] == printable(written)


def test_a_comment_holds_no_more_than_it_may() -> None:
    many = compared(*((f"person-{n}", "ğ" * 500, "ü" * 500) for n in range(2_000)))
    page = text(many)
    assert MOST - 2_000 < len(page.encode()) <= MOST
    rows = page.count("\n| `person-")
    assert f"… and {4_000 - rows:,} more changes" in page, "the notes are counted too"
    assert "… (500 characters)" in page
    assert len(text(many, 500).encode()) <= 500


def test_a_statement_stands_in_no_row_without_who_says_it_and_what_answers_it() -> None:
    said = Statement(("mate",), ("mail",), (("Denied by", "claims/no"),))
    one = compared(("sank", "it sank", "he sank it"), ("sank2", "it sank", "he sank it"), statement=said)
    for row in [line for line in text(one).splitlines() if "he sank it" in line]:
        assert "said by `mate`" in row
        assert "Denied by `claims/no`" in row
    assert "      (said by mate; published in mail; Denied by claims/no)" in list(one.lines())
    silent = compared(("sank", "it sank", "he sank it"), statement=Statement((), ()))
    assert "does not say who says it" in text(silent)


def test_long_values_are_shortened_where_they_differ() -> None:
    old, new = "x" * 500 + "old" + "y" * 500, "x" * 500 + "new" + "y" * 500
    before, after = both(old, new, 60)
    assert before.startswith("…" + "x" * 24 + "oldyyy")
    assert after.startswith("…" + "x" * 24 + "newyyy")
    assert shown("abc" * 100, 10) == "abcabcabca… (300 characters)"


@pytest.mark.parametrize("value", ["true", "1", "", " x", "[x]", "null", "2014-05-01"])
def test_a_text_that_could_be_another_value_has_quotes(value: str) -> None:
    assert shown(value, 100) == dumps(value)


def test_no_line_steers_a_terminal() -> None:
    page = compared(*((one, one, f"{one}2") for one in HOSTILE))
    for line in page.lines():
        assert printable(line) == line
        assert not line.lstrip().startswith("::")


@settings(max_examples=60)
@given(values(), values())
def test_the_json_form_fits_its_schema(old: Any, new: Any) -> None:
    told = loads(dumps(compared(("x", old, new)).as_dict()))
    assert [one.message for one in check(told, diff_schema())] == []


def test_the_schema_refuses_what_is_none() -> None:
    told = compared(("x", 1, 2)).as_dict()
    for wrong in (
        {**told, "format": "another"},
        {**told, "more": 1},
        {**told, "records": [{**told["records"][0], "kind": "else"}]},
        {
            **told,
            "records": [{**told["records"][0], "changes": [{**told["records"][0]["changes"][0], "old_at": None}]}],
        },
    ):
        assert list(check(wrong, diff_schema()))


def test_the_command_tells_what_is_not_there(tmp_path: Path) -> None:
    told = CliRunner().invoke(main, ["diff", "--book", str(tmp_path)])
    assert told.exit_code == 2
    assert "is not a book" in told.stderr


def test_people_are_told_of_an_order_only_where_names_changed_places() -> None:
    def change(old: list[str], new: list[str]) -> Change:
        return Change("order", (), (), old, new, "")

    assert not change(["id", "year"], ["id", "language", "year"]).to_people
    assert not change(["id", "note", "year"], ["id", "year"]).to_people
    assert change(["id", "year"], ["year", "id"]).to_people
    assert change(["id", "year"], ["year", "language", "id"]).to_people
