# SPDX-License-Identifier: Apache-2.0
"""In which formats a book is published: what its descriptor says, and what is asked for once."""

from __future__ import annotations

from pathlib import Path

import pytest

import sourcebook
from sourcebook.errors import UsageError
from sourcebook.files import all_files

BOOK = """\
name: lamps
{}resources:
- name: lamps
  path: build/csv/lamps.csv
  schema: build/tableschema/lamps.json
  sourcebook: {{records: data/*.yaml}}
"""


def book(folder: Path, downloads: str = "") -> Path:
    (folder / "data").mkdir(parents=True)
    (folder / "data/one.yaml").write_text("name: One\n")
    (folder / "datapackage.yaml").write_text(
        BOOK.format(f"sourcebook: {{downloads: {downloads}}}\n" if downloads else "")
    )
    return folder


def folders(folder: Path) -> set[str]:
    return {name.partition("/")[0] for name in all_files(folder / "build/current") if "/" in name}


USUAL = {"csv", "json", "tableschema"}


def test_without_a_word_it_is_csv_and_json(tmp_path: Path) -> None:
    assert sourcebook.build(book(tmp_path / "book")).release
    assert folders(tmp_path / "book") == USUAL


def test_a_descriptor_says_which(tmp_path: Path) -> None:
    assert sourcebook.build(book(tmp_path / "book", "[ndjson, flat]")).release
    assert folders(tmp_path / "book") == {*USUAL, "ndjson", "flat", "spreadsheet"}


def test_what_is_asked_for_once_is_so_once(tmp_path: Path) -> None:
    folder = book(tmp_path / "book", "[ndjson]")
    sourcebook.build(folder, formats=["flat", "ndjson"])
    assert folders(folder) == {*USUAL, "ndjson", "flat", "spreadsheet"}
    assert not sourcebook.build(folder, formats=["flat"]).unchanged
    assert folders(folder) == {*USUAL, "flat", "spreadsheet"}
    assert sourcebook.build(folder, formats=["flat"]).unchanged
    assert not sourcebook.build(folder).unchanged
    assert folders(folder) == {*USUAL, "ndjson"}
    assert sourcebook.build(folder, formats=()).unchanged  # the database is there


@pytest.mark.parametrize("said", ["~", "5", "true", "csv", "[xslx]", "[ALL]", "[all, csv]", "{flat: true}", "[[flat]]"])
def test_what_is_no_format_is_a_finding_at_its_line(said: str, tmp_path: Path) -> None:
    built = sourcebook.build(book(tmp_path / "book", said))
    assert built.release is None
    (finding,) = [one for one in built.checked.findings if one.rule == "descriptor"]
    assert finding.line == 2
    assert "write all, by itself, or a list of csv, json" in finding.hint


def test_an_unknown_name_is_refused_where_it_is_asked_for(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="there is no format 'xslx'"):
        sourcebook.build(book(tmp_path / "book"), formats=["xslx"])
