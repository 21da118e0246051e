# SPDX-License-Identifier: Apache-2.0
"""docs/security.md and attempts.md: every promise names what holds it, a test that is there and how it was counted."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import ROOT

SECURITY = ROOT / "docs/security.md"
ATTEMPTS = ROOT / "tests/hostile/attempts.md"
PROMISES = [*map(str, range(1, 32)), *"ABCDEFGHIJ"]
_TEST = re.compile(r"`(tests/[\w/.-]+\.py)(?:::(\w+))?`")
_MODULE = re.compile(r"`((?:\w+/)*\w+\.(?:py|json)|(?:\w+/)+)(?:::\w+)?`")


def rows(path: Path) -> Iterator[list[str]]:
    """The cells of the rows of promises, and of attempts, in a page."""
    for line in path.read_text("utf-8").splitlines():
        if line.startswith("| ") and not line.startswith(("| ---", "| # |", "| attempt")):
            cells = [cell.strip() for cell in re.split(r"(?<!\\)\|", line.strip().strip("|"))]
            if len(cells) == 4 or cells[0] in PROMISES:
                yield cells


def named_in(cell: str) -> list[tuple[str, str]]:
    return _TEST.findall(cell)


def is_there(path: str, name: str) -> bool:
    file = ROOT / path
    return file.is_file() and (
        not name or re.search(rf"(?m)^(async )?def {name}\(", file.read_text("utf-8")) is not None
    )


def test_every_promise_is_kept_by_a_test_and_counted_by_a_script() -> None:
    found = list(rows(SECURITY))
    assert [row[0] for row in found] == PROMISES
    for number, promise, mechanism, tests, figure in found:
        assert promise, number
        assert mechanism, number
        assert named_in(tests), number
        assert [one for one in named_in(tests) if not is_there(*one)] == [], number
        scripts = re.findall(r"`scripts/([\w-]+)", figure)
        assert scripts, number
        assert [one for one in scripts if not (ROOT / "scripts" / one).is_file()] == [], number
        assert re.search(r"\d", re.sub(r"`[^`]*`", "", figure)), f"{number} has no figure"


@pytest.mark.parametrize("path", [SECURITY, ATTEMPTS, ROOT / "SECURITY.md"], ids=lambda path: path.name)
def test_modules_that_are_named_are_there(path: Path) -> None:
    cells = [row[2] for row in rows(path)]
    named = {one for cell in cells for one in _MODULE.findall(cell) if not one.startswith(("tests/", "scripts/"))}
    there = ["/" + str(one.relative_to(ROOT)) for one in (ROOT / "src/sourcebook").rglob("*")]
    assert [one for one in named if not any(other.endswith("/" + one.rstrip("/")) for other in there)] == []


def test_every_attempt_is_held_by_something_of_ours() -> None:
    found = list(rows(ATTEMPTS))
    assert len(found) >= 60
    assert len({row[0] for row in found}) == len(found)
    for attempt, happened, held, tests in found:
        assert attempt, attempt
        assert happened, attempt
        assert held, attempt
        assert not re.search(r"\bluck", held.casefold()), attempt
        assert named_in(tests), attempt
        assert [one for one in named_in(tests) if not is_there(*one)] == [], attempt
