# SPDX-License-Identifier: Apache-2.0
"""Each book under tests/books, through the API and through the command line: the findings are those beside it.

After a change that means to change findings, ``python tests/toolkit/test_books.py`` writes them anew, to be read.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

import sourcebook
from sourcebook.cli import main
from sourcebook.parse import parse
from sourcebook.rules import RULES

BOOKS = sorted((Path(__file__).parent.parent / "books").iterdir())
ALONE = "GIT_CEILING_DIRECTORIES", str(BOOKS[0].parent.resolve())
LONG = ("record-cost", "schema-costly", "sql-time")  # in which limits of time are gone over
PARAMETERS = [pytest.param(one, marks=[pytest.mark.slow] if one.name in LONG else []) for one in BOOKS]


def told(checked: sourcebook.Checked) -> str:
    """What is expected of a book: findings with their hints, and the checks that could not be carried out."""
    lines = []
    for finding in checked.findings:
        lines.append(str(finding))
        lines += [f"    {finding.hint}"] if finding.hint else []
    lines += [f"ledger: {line}" for line in checked.ledger.lines() if "skipped" in line or "unverifiable" in line]
    return "".join(f"{line}\n" for line in lines)


@pytest.fixture(autouse=True)
def _in_no_repository(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is expected of a book is the same in a clone, a shallow one and a folder without git."""
    monkeypatch.setenv(*ALONE)


@pytest.mark.parametrize("folder", PARAMETERS, ids=lambda folder: folder.name)
def test_findings_through_the_api(folder: Path) -> None:
    assert told(sourcebook.check(folder)) == (folder / "expected.txt").read_text("utf-8")


@pytest.mark.parametrize("folder", PARAMETERS, ids=lambda folder: folder.name)
def test_findings_through_the_command_line(folder: Path) -> None:
    result = CliRunner().invoke(main, ["check", "--book", str(folder)])
    expected = [line for line in (folder / "expected.txt").read_text("utf-8").splitlines() if line[:7] != "ledger:"]
    assert result.stdout.splitlines() == expected
    assert result.exit_code == int(any(" error " in line for line in expected if line[:1] != " "))


@pytest.mark.parametrize("folder", PARAMETERS, ids=lambda folder: folder.name)
def test_every_finding_stands_where_its_pointer_leads(folder: Path) -> None:
    """To the value, to its key, or to the object that lacks it; a whole file has no place."""
    for finding in sourcebook.check(folder).findings:
        assert bool(finding.line) == bool(finding.column)
        assert finding.hint or finding.rule in ("schema", "schema-invalid") or finding.rule.startswith("checks/")
        if (
            not finding.path.endswith((".yaml", ".json"))
            or finding.rule.startswith(("yaml-", "json-"))
            or not finding.line
        ):
            continue
        path = tuple(part.replace("~1", "/").replace("~0", "~") for part in finding.pointer.split("/")[1:])
        places = [(1, 1)] if not path else []  # of a file that holds nothing
        for document in parse((folder / finding.path).read_bytes(), finding.path, positions=True).documents:
            assert document.positions is not None
            whole = tuple(_step(document.value, path[:n], part) for n, part in enumerate(path))
            places += [document.positions.value(whole), document.positions.key(whole), (document.line, 1)]
        assert (finding.line, finding.column) in places, str(finding)


def _step(value: Any, path: tuple[str, ...], part: str) -> str | int:
    """A part of a pointer as the key or the index that it is in ``value``."""
    for one in path:
        if isinstance(value, list):
            value = value[int(one)]
        else:
            value = value.get(one) if isinstance(value, dict) else None
    return int(part) if isinstance(value, list) else part


def test_every_rule_has_a_book() -> None:
    """Each rule is found in a book of its own name here, or in one that a test makes, since git cannot keep it."""
    found = {
        (folder.name, line.split(": ")[1].split(" ")[1])
        for folder in BOOKS
        for line in (folder / "expected.txt").read_text("utf-8").splitlines()
        if not line.startswith((" ", "ledger:"))
    }
    elsewhere = {"file-kind", "file-name"}  # test_files.py, test_pages.py
    assert {rule for rule in RULES if (rule, rule) not in found} == elsewhere


if __name__ == "__main__":
    os.environ.update([ALONE])
    for one in BOOKS:
        (one / "expected.txt").write_text(told(sourcebook.check(one)), encoding="utf-8")
    sys.exit(0)
