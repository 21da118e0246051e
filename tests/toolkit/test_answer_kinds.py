# SPDX-License-Identifier: Apache-2.0
"""Each way to answer a statement is told in its own words, in order, and of no ruling is said too much."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from sourcebook.book import ANSWER_KINDS, load_book
from sourcebook.check.check import check_book
from sourcebook.site.published import Published
from tests.harbour import get, opened, text
from tests.served import BOOKS

BOOK = BOOKS / "ferry-case"
ANSWERED = {
    "sank-it": [("Denied by", "never-sank"), ("Contradicted by", "was-ashore")],
    "was-ashore": [("Contradicted by", "sank-it")],
    "fined": [("Overturned by", "fine-set-aside")],
    "forty": [("Corrected by", "fourteen")],
    "charged": [("Later in the same case", "acquitted"), ("Later in the same case", "acquittal-stands")],
    "acquitted": [
        ("Later in the same case", "acquittal-stands"),
        ("Upheld by", "acquittal-stands"),
        ("It comes later in the case of", "charged"),
    ],
    "fourteen": [("Replaced by", "thirteen"), ("It corrects", "forty")],
    "never-sank": [("It denies", "sank-it")],
}


@pytest.fixture(scope="module")
def ferry(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Published]:
    with opened(tmp_path_factory.mktemp("ferry"), book=BOOK) as found:
        yield found


@pytest.mark.parametrize("key", ANSWERED)
def test_each_is_told_in_its_words_and_in_order(ferry: Published, key: str) -> None:
    answers = get(ferry, f"/claims/{key}.json", data=True).body.decode()
    told = [(one["how"], one["key"]) for one in json.loads(answers)["answers"]]
    assert told == ANSWERED[key]


def test_a_later_stage_sets_nothing_aside(ferry: Published) -> None:
    page = text(get(ferry, "/claims/acquitted"))
    assert "Later in the same case" in page
    for words in ("Replaced", "Overturned", "Corrected", "Denied"):
        assert words not in page
    title = get(ferry, "/claims/acquitted").body.decode().partition("</title>")[0]
    assert "(later in the same case, upheld)" in title


def test_no_two_kinds_have_words_or_a_column_in_common() -> None:
    for name in ("part", "forward", "backward", "short", "column"):
        assert len({getattr(one, name) for one in ANSWER_KINDS}) == len(ANSWER_KINDS)


def test_what_a_statement_is_about_is_a_list_of_paths(tmp_path: Path) -> None:
    claims = load_book(BOOK).by_name["claims"]
    assert claims.about == ("people[]", "boats[]")
    assert "about" not in claims.roles["statement"]
    folder = Path(shutil.copytree(BOOK, tmp_path / "book"))
    descriptor = folder / "datapackage.yaml"
    descriptor.write_text(descriptor.read_text("utf-8").replace('about: ["people[]"', 'about: [statement, "peple[]"'))
    found = check_book(load_book(folder)).findings
    assert [one.message for one in found] == [
        "'statement' is no reference, so it names nothing that a statement is about",
        "no property has the path 'peple[]'",
    ], found
