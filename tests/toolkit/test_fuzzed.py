# SPDX-License-Identifier: Apache-2.0
"""What mutants found, as the rule that now holds; the inputs themselves are in the corpus of ``tests/hostile/fuzz``."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from sourcebook.book import scripts_of
from sourcebook.book.descriptor import collection_of
from sourcebook.finding import Finding
from sourcebook.parse import Limits
from sourcebook.records import in_file
from sourcebook.records.layout import parse_data
from sourcebook.records.model import Source
from sourcebook.verify import data_package

LIST = collection_of(
    {"name": "boats", "sourcebook": {"records": "boats.yaml", "layout": "list", "key": "id"}}, ("resources", 0)
)


def test_lines_of_json_lines_are_those_of_any_file() -> None:
    found = parse_data(b'1\r\n\rx\n"o",\n{"a":\r1}\n]\n', "f.jsonl", Limits()).findings
    assert [(one.line, one.column) for one in found] == [(3, 1), (4, 4), (7, 1)]


def test_a_file_of_records_without_a_key_is_read_once_more(monkeypatch: pytest.MonkeyPatch) -> None:
    read = []
    original = in_file.parse_file

    def counted(*arguments: Any, **asked: Any) -> Any:
        read.append(asked)
        return original(*arguments, **asked)

    monkeypatch.setattr(in_file, "parse_file", counted)
    data = b"- name: Heron\n" * 300
    held = in_file.held(Source(LIST, "boats.yaml", ((),)), data, Limits())
    assert [one.line for one in held.findings] == list(range(1, 301))
    assert len(read) == 2


def test_numbers_that_say_more_are_those_of_their_record() -> None:
    data = b"- {id: a, n: [1.10, 2.50]}\n- {id: b, n: 1}\n- {id: c, m: {n: 007}}\n"
    records = in_file.held(Source(LIST, "boats.yaml", ((),)), data, Limits()).records
    told = [[(one.path, one.text) for one in record.lossy] for record in records]
    assert told == [[(("n", 0), "1.10"), (("n", 1), "2.50")], [], [(("m", "n"), "007")]]


@pytest.mark.parametrize("break_", ["\u2028", "\u2029", "\x85", "\x0b", "\x0c", "\x1c"])
def test_a_comment_ends_where_it_does_for_sqlite(tmp_path: Path, break_: str) -> None:
    """What a reviewer, an editor and SQLite take for a comment is never run."""
    file = tmp_path / "scripts/checks/one.sql"
    file.parent.mkdir(parents=True)
    file.write_text(f"-- title: a # {break_}SELECT 1;\nSELECT 2\n", "utf-8")
    findings: list[Finding] = []
    scripts = scripts_of(tmp_path, "checks", findings)
    assert [one.sql for one in scripts] in ([], ["SELECT 2\n"])
    assert scripts or findings
    assert [one.line for one in scripts] in ([], [2])


@pytest.mark.parametrize(
    ("text", "line"), [("-- title: x", 1), ("-- title: x\n", 2), ("", 1), ("-- title: x\nSELECT 1", 2)]
)
def test_a_script_begins_within_its_file(tmp_path: Path, text: str, line: int) -> None:
    file = tmp_path / "scripts/checks/one.sql"
    file.parent.mkdir(parents=True)
    file.write_text(text, "utf-8")
    (script,) = scripts_of(tmp_path, "checks", [])
    assert script.line == line


def test_what_frictionless_fails_at_is_told(tmp_path: Path) -> None:
    odd = {"name": "x", "resources": [{"name": "a", "path": "a.csv", "schema": {"fields": [["id"]]}}]}
    (problem,) = data_package._told(odd, tmp_path, {})
    assert problem.message.startswith("it cannot read descriptors of such a form: AttributeError: ")
