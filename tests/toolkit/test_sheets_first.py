# SPDX-License-Identifier: Apache-2.0
"""A table of somebody's own: where its columns go is proposed and kept, and its rows become records."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path
from typing import Any

import pytest

import sourcebook
from sourcebook.edit.carry_out import judged
from sourcebook.edit.carry_out import write as write_proposal
from sourcebook.edit.model import Refused
from sourcebook.sheets.opened import Opened
from tests.conftest import ROOT
from tests.toolkit.sheets_books import LAYOUTS, quay

TABLE = """\
Boat;Name;Kind;Built;Since;Afloat;Owner;Tags;Width;Remarks
swan;The Swan;Ferry;2001;31.12.2001;yes;Ayla Nehir;wood, red;3.5;none
gull;The Gull;tug;1999;01.02.1999;no;bo;;;
"""

MAPPING = """\
# How list.csv becomes records of boats: a column a line, and where it goes.
# `sourcebook import` proposed it, and reads it the next time: change what is wrong.
collection: boats
key: {from: Boat}
columns:
  Name: {to: name}
  Kind: {to: kind, values: {Ferry: ferry}}
  Built: {to: built}
  Since: {to: since, date: d.m.y}
  Afloat: {to: afloat, values: {"yes": true, "no": false}}
  Owner: {to: owner, by: label}
  Tags: {to: "tags[]", split: ","}
  Width: {to: size.width}
  Remarks: {}
"""


def table(folder: Path, text: str = TABLE, name: str = "list.csv") -> Path:
    file = folder / name
    file.write_text(text, "utf-8")
    return file


def boats(book: Path) -> dict[str, Any]:
    return {key: one.value for key, one in Opened(book, "boats").own.items()}


@pytest.mark.parametrize("layout", LAYOUTS)
def test_rows_become_records_by_a_mapping_that_is_proposed_and_kept(tmp_path: Path, layout: str) -> None:
    book = quay(tmp_path, layout)
    before = boats(book)
    file = table(tmp_path, TABLE.replace("Boat;", "id;"))
    proposal = sourcebook.import_(book, file, into="boats")
    assert proposal.what == "import list.csv into boats: 2 added, 0 changed"
    assert judged(proposal) == ()
    write_proposal(proposal)
    after = boats(book)
    named = {} if layout == "map" else {"id": "swan"}
    swan = after.pop("swan")
    if layout == "front-matter":
        assert swan.pop("text") == ""
    assert swan == {
        **named,
        "name": "The Swan",
        "kind": "ferry",
        "built": 2001,
        "since": "2001-12-31",
        "afloat": True,
        "owner": "ayla",
        "size": {"width": 3.5},
        "tags": ["wood", "red"],
    }
    assert after.pop("gull")["owner"] == "bo"
    assert after == before
    again = sourcebook.import_(book, file, into="boats")
    assert again.changes == ()
    assert "2 records are in the book already, and left as they are (--update takes the values)" in again.told


def test_the_mapping_is_a_file_that_people_read(tmp_path: Path) -> None:
    book = quay(tmp_path)
    proposal = sourcebook.import_(book, table(tmp_path), into="boats", map_only=True)
    (change,) = proposal.changes
    assert (change.path, change.before) == ("curation/imports/list.yaml", None)
    assert change.after is not None
    assert change.after.decode() == MAPPING
    told = "\n".join(proposal.told)
    assert "'Remarks' goes nowhere: no property is called so" in told
    assert "'Boat' names the records: what stands in it looks like their keys" in told
    write_proposal(proposal)
    write_proposal(sourcebook.import_(book, table(tmp_path), into="boats"))
    assert boats(book)["swan"]["name"] == "The Swan"


def test_keys_are_made_of_labels_where_no_column_has_them(tmp_path: Path) -> None:
    book = quay(tmp_path)
    text = "Name;Built on\nThe Swan;2001\nÇığlık & Łódź;2002\n"
    proposal = sourcebook.import_(book, table(tmp_path, text), into="boats")
    assert "keys are made of 'Name', in small letters with hyphens" in proposal.told
    write_proposal(proposal)
    assert boats(book)["the-swan"] == {"id": "the-swan", "name": "The Swan"}
    assert "ciglik-lodz" in boats(book)


def test_columns_are_found_by_near_names_by_descriptions_and_by_how_keys_look(tmp_path: Path) -> None:
    book = tmp_path / "library"
    shutil.copytree(ROOT / "examples/library", book)
    loans = (book / "incoming/loans.csv").read_text("utf-8").split("\n", 1)[1]
    file = table(tmp_path, f"Ledger no.,Book,Card,Lent on,State\n{loans}", "loans.csv")
    proposal = sourcebook.import_(book, file, into="loans")
    assert proposal.what == "import loans.csv into loans: 55 added, 0 changed"
    assert "'Lent on' goes to out, which is described so: look whether that is right" in proposal.told
    assert "'Ledger no.' names the records: what stands in it looks like their keys" in proposal.told
    pytest.importorskip("python_calamine")
    proposal = sourcebook.import_(book, book / "incoming/bequest.xlsx", into="books")
    assert "'Year' has numbers, taken as their digits: the texts that the book has there are such" in proposal.told
    assert '+  year: "1939"' in proposal.diff()


def test_a_mapping_that_was_changed_is_followed(tmp_path: Path) -> None:
    book = quay(tmp_path)
    kept = book / "curation/imports/list.yaml"
    kept.parent.mkdir(parents=True)
    kept.write_text(MAPPING.replace("Remarks: {}", "Remarks: {to: notes}"))
    proposal = sourcebook.import_(book, table(tmp_path), into="boats")
    write_proposal(proposal)
    assert boats(book)["swan"]["notes"] == "none"
    text = table(tmp_path, TABLE.replace("2001;31", "2002;31"))
    proposal = sourcebook.import_(book, text, into="boats", update=True)
    assert proposal.what == "import list.csv into boats: 0 added, 1 changed"
    assert [one for one in proposal.diff().splitlines() if one[:2] in ("+b", "-b")] == ["-built: 2001", "+built: 2002"]


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ("Name: {to: nam}", "no property has the path 'nam': did you mean 'name'"),
        ("Name: {too: name}", "of a column is said"),
        ("Name: {to: name, date: x}", "dates stand as"),
        ("Name: {to: [", "curation/imports/list.yaml:6:9"),
    ],
)
def test_a_mapping_that_is_wrong_is_refused(tmp_path: Path, change: str, told: str) -> None:
    book = quay(tmp_path)
    kept = book / "curation/imports/list.yaml"
    kept.parent.mkdir(parents=True)
    kept.write_text(MAPPING.replace("Name: {to: name}", change))
    with pytest.raises(Refused, match=told):
        sourcebook.import_(book, table(tmp_path), into="boats")


WRONG = [
    ("Ayla Nehir", "Nobody", r"list!G2: no record of people is called 'Nobody'"),
    ("2001;31", "two;31", r"list!D2: 'two' is no number"),
    ("31.12.2001", "2001", r"nothing"),
    ("gull;The Gull", "swan;The Swan", r"list!B3: the key 'the-swan' is that of row 2 too"),
    ("Boat;Name", "Name;Name", r"list!B1: the header 'Name' is there twice"),
    ("3.5;", "=1+1;", r"list!I2: a formula"),
    ("3.5;", "#REF!;", r"list!I2: #REF! is an error"),
    ("2001;31.12.2001", "1,5E+12;31.12.2001", r"list!D2"),
]


@pytest.mark.parametrize(("old", "new", "told"), WRONG)
def test_what_cannot_be_placed_is_told_at_its_cell(tmp_path: Path, old: str, new: str, told: str) -> None:
    book = quay(tmp_path)
    file = table(tmp_path, TABLE.replace(old, new, 1).replace(";bo;", ";Bo Strand;"))
    if told == "nothing":
        assert sourcebook.import_(book, file, into="boats").changes
        return
    with pytest.raises(Refused, match=told):
        sourcebook.import_(book, file, into="boats")


def test_a_row_that_is_longer_than_the_header_is_refused(tmp_path: Path) -> None:
    book = quay(tmp_path)
    with pytest.raises(Refused, match=r"list\.csv:3: the row has \d+ cells, and the header \d+"):
        sourcebook.import_(book, table(tmp_path, TABLE.replace("The Gull", "The Gull" + ";x" * 4, 1)), into="boats")


def test_dates_that_may_be_read_in_two_ways_are_asked_for(tmp_path: Path) -> None:
    book = quay(tmp_path)
    file = table(tmp_path, TABLE.replace("31.12.2001", "03/04/2001").replace("01.02.1999", "05/06/1999"))
    with pytest.raises(Refused, match=r"list!E2: '03/04/2001' is a date as a program shows it, and may be read in two"):
        sourcebook.import_(book, file, into="boats")
    proposal = sourcebook.import_(book, file, into="boats", map_only=True)
    assert any("may be read as d.m.y or m/d/y: say which" in one for one in proposal.told)


def test_two_records_of_one_label_are_not_chosen_between(tmp_path: Path) -> None:
    book = quay(tmp_path)
    people = book / "data/people.yaml"
    people.write_text(people.read_text("utf-8") + "ayla-2: {name: Ayla Nehir}\n", "utf-8")
    file = table(tmp_path, TABLE.replace(";bo;", ";Bo Strand;"))
    with pytest.raises(Refused, match="several records of people are called 'Ayla Nehir': write the key"):
        sourcebook.import_(book, file, into="boats")


def test_a_workbook_of_ones_own(tmp_path: Path) -> None:
    openpyxl = pytest.importorskip("openpyxl")
    pytest.importorskip("python_calamine")
    book = quay(tmp_path)
    workbook = openpyxl.Workbook()
    sheet = workbook.active
    sheet.title = "Fleet"
    sheet.append(["id", "name", "built", "since", "code", "afloat"])
    sheet.append(["swan", "The Swan", 2001, date(2001, 12, 31), "x1", True])
    workbook.create_sheet("notes").append(["x"])
    workbook.save(tmp_path / "fleet.xlsx")
    proposal = sourcebook.import_(book, tmp_path / "fleet.xlsx", into="boats")
    assert "only the sheet Fleet is read, not notes" in proposal.told
    assert "'since' has dates of the program, taken as in 2026-11-30" in proposal.told
    write_proposal(proposal)
    swan = {"id": "swan", "name": "The Swan", "built": 2001, "since": "2001-12-31", "code": "x1", "afloat": True}
    assert boats(book)["swan"] == {**swan}
    sheet.append(["gull", "The Gull", 1999, date(1999, 2, 1), 7, False])
    workbook.save(tmp_path / "fleet.xlsx")
    with pytest.raises(Refused, match=r"Fleet!E3: the number 7 in a column of texts: zeros before it"):
        sourcebook.import_(book, tmp_path / "fleet.xlsx", into="boats")


def test_a_table_without_what_names_records_is_refused(tmp_path: Path) -> None:
    book = quay(tmp_path)
    with pytest.raises(Refused, match="no column names the records: have one with the header 'id', or one for name"):
        sourcebook.import_(book, table(tmp_path, "Built,Kind\n1999,tug\n"), into="boats")
