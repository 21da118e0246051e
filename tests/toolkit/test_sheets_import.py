# SPDX-License-Identifier: Apache-2.0
"""What was edited in a sheet is edited in the files: one changed value is one changed line, in every layout."""

from __future__ import annotations

from pathlib import Path

import pytest
from openpyxl import load_workbook

import sourcebook
from sourcebook.edit.carry_out import judged
from sourcebook.edit.carry_out import write as write_proposal
from sourcebook.edit.model import Proposal, Refused
from sourcebook.sheets.opened import Opened
from tests.toolkit.sheets_books import LAYOUTS, edit, quay, rows, values_of, write


def sent(book: Path, name: str = "boats.csv") -> Path:
    file = book.parent / name
    sourcebook.export(book, "boats", file)
    return file


def changed_lines(proposal: Proposal) -> list[tuple[str, str]]:
    """The lines that a proposal takes out and puts in, without their signs."""
    lines = proposal.diff().splitlines()
    return [(one[0], one[1:].strip()) for one in lines if one[:1] in "+-" and not one.startswith(("+++", "---"))]


def boats(book: Path) -> dict[str, object]:
    return {key: one.value for key, one in Opened(book, "boats").own.items()}


FORMS = [("\n", False, True), ("\r\n", False, True), ("\n", True, True), ("\n", False, False)]


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize(("line_end", "mark", "ended"), FORMS)
def test_one_changed_cell_is_one_changed_line(
    tmp_path: Path, layout: str, line_end: str, mark: bool, ended: bool
) -> None:
    if mark and layout.startswith("json"):
        mark = False
    book = quay(tmp_path, layout, line_end=line_end, mark=mark, ended=ended)
    file = sent(book)
    edit(file, "teal", "built", "1889")
    proposal = sourcebook.import_(book, file)
    taken, put = changed_lines(proposal)
    assert taken[0] == "-"
    assert put[0] == "+"
    assert put[1] == taken[1].replace("1888", "1889")
    (change,) = proposal.changes
    assert change.before is not None
    assert change.after == change.before.replace(b"1888", b"1889")


@pytest.mark.parametrize("layout", LAYOUTS)
def test_every_kind_of_cell_is_read_as_what_its_column_holds(tmp_path: Path, layout: str) -> None:
    book = quay(tmp_path, layout)
    file = sent(book)
    before = boats(book)
    edits = {
        "name": ("The Grey Heron", "The Grey Heron"),
        "kind": ("tug", "tug"),
        "length": ("22.25", 22.25),
        "afloat": ("FALSE", False),
        "since": ("1931-05-05", "1931-05-05"),
        "code": ("008", "008"),
        "owner": ("bo", "bo"),
        "notes": ("She rests.", "She rests.\n"),
        "size_width": ("5.5", 5.5),
        "extra": ('{"log": [1, 3]}', {"log": [1, 3]}),
    }
    for heading, (cell, _) in edits.items():
        edit(file, "heron", heading, cell)
    edit(file.with_name("boats.boats_crew.csv"), "heron#0", "role", "mate")
    edit(file.with_name("boats.boats_names.csv"), "heron#fi", "_value", "Haikara II")
    edit(file.with_name("boats.boats_tags.csv"), "heron#1", "_value", "grey")
    proposal = sourcebook.import_(book, file)
    write_proposal(proposal)
    after = boats(book)
    wished = dict(before["heron"])  # type: ignore[call-overload]
    wished |= {name: value for name, (_, value) in edits.items() if name != "size_width"}
    wished["size"] = {**wished["size"], "width": 5.5}
    wished["crew"] = [{**wished["crew"][0], "role": "mate"}, wished["crew"][1]]
    wished["names"] = {**wished["names"], "fi": "Haikara II"}
    wished["tags"] = ["wood", "grey"]
    assert after == {**before, "heron": wished}
    assert sourcebook.check(book).findings == ()


@pytest.mark.parametrize("layout", LAYOUTS)
def test_rows_are_added_and_taken_out(tmp_path: Path, layout: str) -> None:
    book = quay(tmp_path, layout)
    file = sent(book)
    before = boats(book)
    own = rows(file)
    header = own[0]
    new = ["swan", *[""] * (len(header) - 1)]
    new[header.index("name")], new[header.index("built")], new[header.index("size_depth")] = "The Swan", "2001", "3"
    write(file, [*(row for row in own if row[0] != "wren"), new])
    tags = file.with_name("boats.boats_tags.csv")
    width = len(rows(tags)[0])
    added = [["swan", "", "0", "new"], ["heron", "", "", "loud"]]
    place = rows(tags)[0].index("_position")
    lines = []
    for parent, _, position, value in added:
        line = [""] * width
        line[0], line[place], line[rows(tags)[0].index("_value")] = parent, position, value
        lines.append(line)
    write(tags, [*(row for row in rows(tags) if row[0] != "teal" or row[place] != "0"), *lines])
    told = sourcebook.import_(book, file).told
    assert any("2 rows of the book not in the sheet any more" in one for one in told), told
    proposal = sourcebook.import_(book, file, remove=True)
    assert proposal.what == "import boats.csv into boats: 2 records changed, 1 added, 1 removed"
    write_proposal(proposal)
    after = boats(book)
    assert list(after) == ["heron", "teal", "swan"] or set(after) == {"heron", "teal", "swan"}
    assert after["heron"] == {**before["heron"], "tags": ["wood", "white", "loud"]}  # type: ignore[dict-item]
    assert after["teal"] == {**before["teal"], "tags": ["1.10"]}  # type: ignore[dict-item]
    named = {} if layout == "map" else {"id": "swan"}
    swan = {**named, "name": "The Swan", "built": 2001, "size": {"depth": 3}, "tags": ["new"]}
    body = {"text": ""} if layout == "front-matter" else {}
    assert after["swan"] == {**swan, **body}


def test_the_sheet_says_what_null_and_the_empty_text_are(tmp_path: Path) -> None:
    book = quay(tmp_path)
    file = sent(book)
    header = rows(file)[0]
    wren = next(row for row in rows(file) if row[0] == "wren")
    assert (wren[header.index("kind")], wren[header.index("code")]) == ("", '""')
    edit(file, "heron", "code", '""')
    edit(file, "teal", "notes", "")
    write_proposal(sourcebook.import_(book, file))
    after = boats(book)
    assert after["heron"] == {**values_of()["heron"], "code": ""}
    assert after["teal"] == {name: one for name, one in values_of()["teal"].items() if name != "notes"}


def test_nothing_that_was_not_edited_is_written_anew(tmp_path: Path) -> None:
    """1.0, "1.10", null and {} stay as they are written, in a record of which another value is edited."""
    book = quay(tmp_path)
    file = sent(book)
    edit(file, "heron", "name", "Heron")
    proposal = sourcebook.import_(book, file)
    assert changed_lines(proposal) == [("-", "name: The Heron"), ("+", "name: Heron")]
    assert judged(proposal) == ()


def test_a_record_that_was_changed_in_the_book_meanwhile_is_refused(tmp_path: Path) -> None:
    book = quay(tmp_path)
    file = sent(book)
    heron = book / "data/boats/heron.yaml"
    heron.write_text(heron.read_text("utf-8").replace("21.5", "21.6"), "utf-8")
    assert (
        "changed in the book since, and not in the sheet: left as they are: heron"
        in sourcebook.import_(book, file).told
    )
    edit(file, "heron", "name", "Heron")
    edit(file, "teal", "built", "1889")
    with pytest.raises(
        Refused, match=r"boats!2: heron: it was changed in the sheet, and in the book meanwhile, since release 1\.2\.0"
    ):
        sourcebook.import_(book, file)
    proposal = sourcebook.import_(book, file, skip=True)
    assert [one.path for one in proposal.changes] == ["data/boats/teal.yaml"]


def test_a_record_that_both_sides_brought_to_the_same_is_left(tmp_path: Path) -> None:
    book = quay(tmp_path)
    file = sent(book)
    heron = book / "data/boats/heron.yaml"
    heron.write_text(heron.read_text("utf-8").replace("21.5", "21.6"), "utf-8")
    edit(file, "heron", "length", "21.6")
    assert sourcebook.import_(book, file).changes == ()


def test_a_record_that_is_gone_from_the_book_is_not_brought_back(tmp_path: Path) -> None:
    book = quay(tmp_path)
    file = sent(book)
    (book / "data/boats/teal.yaml").unlink()
    proposal = sourcebook.import_(book, file)
    assert proposal.changes == ()
    assert "1 record of the sheet not in the book any more, and left so" in proposal.told
    edit(file, "teal", "built", "1889")
    with pytest.raises(Refused, match="the book has it no more, and the sheet was changed"):
        sourcebook.import_(book, file)


def test_a_key_that_was_changed_in_the_sheet_is_told_to_be_a_new_record(tmp_path: Path) -> None:
    book = quay(tmp_path)
    file = sent(book)
    edit(file, "teal", "id", "teal-2")
    for part in ("tags", "crew"):
        there = file.with_name(f"boats.boats_{part}.csv")
        write(there, [row for row in rows(there) if row[0] != "teal"])
    told = "\n".join(sourcebook.import_(book, file).told)
    assert "added: teal-2" in told
    assert "`sourcebook rename` gives a record another key" in told


def test_the_text_of_a_new_page_ends_its_last_line(tmp_path: Path) -> None:
    book = quay(tmp_path, "front-matter")
    file = sent(book)
    some = rows(file)
    new = [""] * len(some[0])
    new[0], new[1], new[some[0].index("text")] = "swan", "The Swan", "Of swan."
    write(file, [*some, new])
    (change,) = sourcebook.import_(book, file).changes
    assert change.after == b"---\nid: swan\nname: The Swan\n---\nOf swan.\n"


def test_what_is_written_where_nothing_is_read_is_told(tmp_path: Path) -> None:
    book = quay(tmp_path, "file")
    file = sent(book)
    header = rows(file)[0]
    shown = next(name for name in header if name.endswith("(label)"))
    assert not any("only shown" in told for told in sourcebook.import_(book, file).told)
    edit(file, "teal", shown, "Somebody else")
    proposal = sourcebook.import_(book, file)
    assert proposal.changes == ()
    (told,) = [one for one in proposal.told if "only shown" in one]
    assert told.startswith("1 cell says otherwise than the book in columns that are only shown, and not read: boats!")


def test_a_row_of_csv_that_ends_too_soon_is_refused(tmp_path: Path) -> None:
    book = quay(tmp_path, "file")
    file = sent(book)
    header, first, *others = file.read_text("utf-8").splitlines()
    file.write_text("\n".join([header, ",".join(first.split(",")[:2]), *others, ""]), encoding="utf-8")
    with pytest.raises(Refused, match=r"boats\.csv:2: the row ends after 2 cells, .*write the separators"):
        sourcebook.import_(book, file)


def test_what_stands_below_no_header_is_told(tmp_path: Path) -> None:
    book = quay(tmp_path, "file")
    file = sent(book, "boats.xlsx")
    workbook = load_workbook(file)
    beyond = workbook["boats"].cell(row=3, column=workbook["boats"].max_column + 2, value="beyond")
    workbook.save(file)
    assert f"below no header, and so not read: boats!{beyond.coordinate}" in sourcebook.import_(book, file).told
