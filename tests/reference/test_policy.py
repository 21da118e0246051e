# SPDX-License-Identifier: Apache-2.0
"""The policy of the reference book promises what checks and tests hold: each that it names is there, and is run."""

from __future__ import annotations

import re

import pytest

from sourcebook.book import load_book
from tests.conftest import ROOT

POLICY = (ROOT / "docs/policy.md").read_text("utf-8")
NAMED = re.findall(r"`(checks/[\w-]+|(?:tests/[\w/]+\.py)?(?:::\w+)?)`", POLICY)


def test_each_promise_has_what_holds_it() -> None:
    promised = {int(number) for number in re.findall(r"\((\d+)\)", POLICY)}
    held = [int(number) for number in re.findall(r"(?m)^\| (\d+) \|", POLICY)]
    assert held == sorted(promised) == list(range(1, len(held) + 1))


@pytest.mark.parametrize("name", sorted({name for name in NAMED if name.startswith("checks/")}))
def test_a_check_that_is_named_is_run(name: str) -> None:
    assert name.removeprefix("checks/") in {check.name for check in load_book(ROOT).checks}


def test_a_test_that_is_named_is_there() -> None:
    path = ""
    for name in NAMED:
        if name.startswith("checks/"):
            continue
        file, _, test = name.partition("::")
        path = file or path
        assert (ROOT / path).is_file(), name
        assert not test or f"def {test}(" in (ROOT / path).read_text("utf-8"), name


def test_no_check_of_people_is_lowered() -> None:
    book = load_book(ROOT)
    assert [check.name for check in book.checks if check.header.get("level", "error") != "error"] == []
