# SPDX-License-Identifier: Apache-2.0
"""Each book under tests/books, through the API and through the command line: the findings are those beside it.

After a change that means to change findings, ``python tests/toolkit/test_books.py`` writes them anew, to be read.
"""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

import sourcebook
from sourcebook.cli import main
from sourcebook.rules import RULES

BOOKS = sorted((Path(__file__).parent.parent / "books").iterdir())


def told(checked: sourcebook.Checked) -> str:
    """What is expected of a book: findings with their hints, and the checks that could not be carried out."""
    lines = []
    for finding in checked.findings:
        lines.append(str(finding))
        lines += [f"    {finding.hint}"] if finding.hint else []
    lines += [f"ledger: {line}" for line in checked.ledger.lines() if "skipped" in line or "unverifiable" in line]
    return "".join(f"{line}\n" for line in lines)


@pytest.mark.parametrize("folder", BOOKS, ids=lambda folder: folder.name)
def test_findings_through_the_api(folder: Path) -> None:
    assert told(sourcebook.check(folder)) == (folder / "expected.txt").read_text("utf-8")


@pytest.mark.parametrize("folder", BOOKS, ids=lambda folder: folder.name)
def test_findings_through_the_command_line(folder: Path) -> None:
    result = CliRunner().invoke(main, ["check", "--book", str(folder)])
    expected = [line for line in (folder / "expected.txt").read_text("utf-8").splitlines() if line[:7] != "ledger:"]
    assert result.stdout.splitlines() == expected
    assert result.exit_code == int(any(" error " in line for line in expected if line[:1] != " "))


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
    for one in BOOKS:
        (one / "expected.txt").write_text(told(sourcebook.check(one)), encoding="utf-8")
    sys.exit(0)
