# SPDX-License-Identifier: Apache-2.0
"""Any text through a build: each CSV gives it back letter for letter, and no cell of a workbook acts."""

from __future__ import annotations

import csv
import io
import json
import re
import sqlite3
import tempfile
import zipfile
from contextlib import closing
from pathlib import Path
from xml.etree import ElementTree

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

import sourcebook

pytestmark = pytest.mark.slow

_DESCRIPTOR = """\
name: letters
title: Notes that nobody wrote
licenses: [{name: CC0-1.0}]
resources:
  - name: notes
    path: build/csv/notes.csv
    schema: build/tableschema/notes.json
    sourcebook: {records: data/notes.json, schema: schemas/note.json, key: id, layout: list}
"""
_SCHEMA = {
    "type": "object",
    "required": ["id"],
    "properties": {"id": {"type": "string"}, "first": {"type": "string"}, "second": {"type": "string"}},
}
_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_SPACE = "{http://www.w3.org/XML/1998/namespace}space"

Rows = list[tuple[str | None, str | None]]

_ODD = st.text(
    st.sampled_from("\r\n\t \",;|'=+-@\\_x0\ufeff\u00a0\u2028\x01\x1f\x7f\ufffe\U0001f4a1é\u0301a1"), max_size=9
)
_BEGUN = st.builds("{}{}".format, st.sampled_from("=+-@\t\r"), _ODD)
_ANY = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=20)
_VALUES = st.none() | _ODD | _BEGUN | _ANY
_ROWS = st.lists(st.tuples(_VALUES, _VALUES), min_size=1, max_size=40)
_KNOWN: Rows = [
    ("a\rb", "a\nb"),
    ("\r", "\n"),
    ('"', '""'),
    ('a"b,c\r\nd', ""),
    ("", None),
    (None, None),
    ("  lead", "trail \t"),
    ("=1+1", "+1"),
    ("-1", "@SUM(A1)"),
    ("\t=1", "\r=1"),
    ("\ufeffmark", "_x000D_"),
    ("NULL", "null"),
    ("007", "1e5"),
]


def built(folder: Path, rows: Rows) -> sourcebook.Built:
    (folder / "data").mkdir()
    (folder / "schemas").mkdir()
    (folder / "datapackage.yaml").write_text(_DESCRIPTOR, encoding="utf-8")
    (folder / "schemas/note.json").write_text(json.dumps(_SCHEMA), encoding="utf-8")
    named = [{"id": f"n{number}", "first": first, "second": second} for number, (first, second) in enumerate(rows)]
    records = [{name: value for name, value in record.items() if value is not None} for record in named]
    (folder / "data/notes.json").write_text(json.dumps(records, indent=1), encoding="utf-8")
    return sourcebook.build(folder, formats=("flat", "xlsx"))


@settings(max_examples=10, deadline=None)
@given(_ROWS)
@example(_KNOWN)
def test_any_text_comes_back_from_every_csv_and_acts_in_no_workbook(rows: Rows) -> None:
    with tempfile.TemporaryDirectory() as folder:
        made = built(Path(folder), rows)
        assert made.release, made.checked.findings
        with closing(sqlite3.connect(made.release / "letters.db")) as connection:
            kept = connection.execute("SELECT id, first, second FROM notes").fetchall()
        assert kept == [(f"n{number}", *row) for number, row in enumerate(rows)]
        shown = [[cell or "" for cell in row] for row in kept]  # NULL and the empty text are both empty
        assert read(made.release / "csv/notes.csv") == shown
        assert read(made.release / "flat/notes.csv") == shown
        assert read(made.release / "spreadsheet/notes.csv", mark="\ufeff") == shown
        assert cells(made.release / "xlsx/notes.xlsx", len(rows)) == shown


def read(path: Path, mark: str = "") -> list[list[str]]:
    """The first three cells of the rows of a CSV, as a strict reader finds them; written anew, the same bytes."""
    text = path.read_bytes().decode("utf-8")
    assert text.startswith(f"{mark}id,")
    text = text.removeprefix(mark)
    found = list(csv.reader(io.StringIO(text, newline=""), strict=True))
    again = io.StringIO(newline="")
    csv.writer(again).writerows(found)
    assert again.getvalue() == text
    assert found[0][:3] == ["id", "first", "second"]
    return [row[:3] for row in found[1:]]


def cells(path: Path, count: int) -> list[list[str]]:
    """The first three cells of ``count`` rows of a workbook, each of which is a text and nothing else."""
    with zipfile.ZipFile(path) as file:
        parts = {name: file.read(name) for name in file.namelist() if name.endswith((".xml", ".rels"))}
    assert not any(
        re.search(rb"<(\w+:)?(f|hyperlink|externalReference|oleObject)[ />]", part) for part in parts.values()
    )
    sheet = ElementTree.fromstring(parts["xl/worksheets/sheet1.xml"])  # noqa: S314 # we wrote it
    found = []
    for row in sheet.iter(f"{_MAIN}row"):
        line = ["", "", ""]
        for cell in row.iter(f"{_MAIN}c"):
            place = "ABC".find(re.sub(r"\d", "", cell.attrib["r"]))
            if place < 0 or len(re.sub(r"\d", "", cell.attrib["r"])) > 1:
                continue
            assert cell.attrib["t"] == "inlineStr"
            (text,) = cell.iter(f"{_MAIN}t")
            told = text.text or ""
            assert told == told.strip() or text.get(_SPACE) == "preserve", told
            line[place] = re.sub("_x([0-9A-F]{4})_", lambda escape: chr(int(escape[1], 16)), told)
        found.append(line)
    assert found[0] == ["id", "first", "second"]
    return found[1 : count + 1]


@pytest.mark.parametrize("value", ["a\0b", "\0", "=\0"])
def test_what_no_csv_can_hold_is_found_at_its_line(tmp_path: Path, value: str) -> None:
    made = built(tmp_path, [("fine", None), (None, value)])
    assert made.release is None
    (finding,) = made.checked.findings
    assert (finding.path, finding.line) == ("data/notes.json", 8), finding
