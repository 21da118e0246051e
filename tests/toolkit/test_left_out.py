# SPDX-License-Identifier: Apache-2.0
"""Data that an adopted book leaves out is told once it could be in: mended files, and folders that came later."""

from __future__ import annotations

from pathlib import Path

import pytest

import sourcebook
from sourcebook.errors import UsageError
from sourcebook.finding import Finding


@pytest.fixture
def crew(tmp_path: Path) -> Path:
    """A folder of people and one file that cannot be read, adopted."""
    for number in range(1, 4):
        _written(tmp_path / f"people/p{number}.yaml", f"name: Person {number}\nphone: {number}00\n")
    _written(tmp_path / "people/bad.yaml", "name: Broken\n  phone: 1\n")
    sourcebook.init(tmp_path, adopt=True)
    assert left_out(tmp_path) == []
    return tmp_path


def _written(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def left_out(book: Path) -> list[Finding]:
    findings = sourcebook.check(book).findings
    assert [one for one in findings if one.level == "error"] == []
    return [one for one in findings if one.rule == "file-left-out"]


def test_a_mended_file_that_is_still_ignored_is_told(crew: Path) -> None:
    _written(crew / "people/bad.yaml", "name: Person 4\nphone: 400\n")
    (told,) = left_out(crew)
    assert (told.path, told.level) == ("people/bad.yaml", "warning")
    assert "ignore" in told.hint
    descriptor = crew / "datapackage.yaml"
    descriptor.write_text(descriptor.read_text("utf-8").replace("people/bad.yaml", "people/_*.yaml"), encoding="utf-8")
    assert left_out(crew) == []
    assert len(sourcebook.check(crew).records) == 4


def test_an_ignored_file_that_fits_nothing_is_named_in_the_ledger(crew: Path) -> None:
    _written(crew / "people/bad.yaml", "settings: [dark]\n")
    assert left_out(crew) == []
    (line,) = (one for one in sourcebook.check(crew).ledger.lines() if one.startswith("file-unclaimed"))
    assert "people/bad.yaml" in line


def test_a_folder_that_no_pattern_reaches_is_told_until_it_is_ignored(crew: Path) -> None:
    _written(crew / "interviews/2026/i1.yaml", "name: First\n")
    _written(crew / "interviews/i2.json", '{"name": "Second"}')
    for path in ("tests/x.yaml", ".cache/x.yaml", "public/x.json", "images/a.png", "node_modules/x/y.json"):
        _written(crew / path, "{}")
    (told,) = left_out(crew)
    assert "interviews, which holds 2 files" in told.message
    descriptor = crew / "datapackage.yaml"
    descriptor.write_text(descriptor.read_text("utf-8").replace("people/bad.yaml", "interviews/**, people/bad.yaml"))
    assert left_out(crew) == []


def test_folders_beside_a_nested_one_are_looked_at_too(tmp_path: Path) -> None:
    for number in range(1, 4):
        _written(tmp_path / f"content/people/p{number}.yaml", f"name: Person {number}\n")
    sourcebook.init(tmp_path, adopt=True)
    assert left_out(tmp_path) == []
    _written(tmp_path / "content/interviews/i1.yaml", "name: First\n")
    assert [told.path for told in left_out(tmp_path)] == ["content/interviews/i1.yaml"]


def test_tables_are_told_with_what_reads_them(tmp_path: Path) -> None:
    _written(tmp_path / "tables/payments.csv", "id;name\n1;A\n")
    _written(tmp_path / ".cache/old.csv", "id;name\n1;A\n")
    with pytest.raises(UsageError, match=r"tables/payments\.csv: left out: a table.* import FILE --into COLLECTION"):
        sourcebook.init(tmp_path, adopt=True)
    for number in range(1, 4):
        _written(tmp_path / f"people/p{number}.yaml", f"name: Person {number}\n")
    _written(tmp_path / "people/more.XLSX", "")
    undecided = sourcebook.init(tmp_path, adopt=True).undecided
    assert sorted(one.split(":")[0] for one in undecided if "a table" in one) == [
        "people/more.XLSX",
        "tables/payments.csv",
    ]
