# SPDX-License-Identifier: Apache-2.0
"""Workbooks as programs save them: edited, damaged, forged; and CSV in what encodings and forms it comes."""

from __future__ import annotations

import random
import re
import shutil
import time
import zipfile
from collections.abc import Callable
from contextlib import suppress
from datetime import date
from pathlib import Path
from typing import Any

import pytest

import sourcebook
from sourcebook.edit.model import Refused
from sourcebook.errors import UsageError
from sourcebook.sheets.reading import read_any
from tests.toolkit.sheets_books import edit, quay, rows, write

openpyxl = pytest.importorskip("openpyxl")
pytest.importorskip("python_calamine")


@pytest.fixture
def book(tmp_path: Path) -> Path:
    return quay(tmp_path)


def sent(book: Path, kind: str = "xlsx") -> Path:
    file = book.parent / f"boats.{kind}"
    sourcebook.export(book, "boats", file)
    return file


def resaved(file: Path, change: Callable[[Any], None]) -> Path:
    """The workbook as another program saves it, with a change."""
    workbook = openpyxl.load_workbook(file)
    change(workbook)
    workbook.save(file)
    return file


def lines(proposal: sourcebook.Proposal) -> list[str]:
    return [one for one in proposal.diff().splitlines() if one[:1] in "+-" and not one.startswith(("+++", "---"))]


# --- what is written ------------------------------------------------------------------------------------------------


def test_a_workbook_is_locked_but_for_values_and_says_what_may_be_written(book: Path) -> None:
    workbook = openpyxl.load_workbook(sent(book))
    assert workbook.sheetnames[:4] == ["boats", "boats_tags", "boats_crew", "boats_names"]
    assert [one.title for one in workbook.worksheets if one.sheet_state == "hidden"] == ["_sourcebook"]
    sheet = workbook["boats"]
    header = [cell.value for cell in sheet[1]]
    assert header[:3] == ["id", "name", "kind"]
    assert header[header.index("owner") + 1] == "owner (label)"
    by_name = dict(zip(header, sheet[2], strict=True))
    assert by_name["owner (label)"].value == "Ayla Nehir"
    assert {name for name, cell in by_name.items() if cell.protection.locked and cell.value} == {"id", "owner (label)"}
    assert sheet.protection.sheet
    assert by_name["code"].data_type == "s"
    assert by_name["code"].value == "007"
    assert by_name["code"].number_format == "@"
    assert by_name["length"].value == 21.5
    about = sheet.cell(1, header.index("name") + 1).comment.text
    assert about == "Name. As painted on her. Every record has it."
    rules = {str(one.sqref).split(":")[0]: one.formula1 for one in sheet.data_validations.dataValidation}
    assert '"ferry,lugger,tug"' in rules.values()
    assert '"ayla,bo"' in rules.values()
    assert [cell.value for cell in workbook["boats_tags"][1]] == ["_parent", "_parent (label)", "_position", "_value"]


def test_texts_are_never_formulas(book: Path) -> None:
    sheet = openpyxl.load_workbook(sent(book))["boats"]
    assert (sheet["B4"].value, sheet["B4"].data_type) == ("=Wren", "s")
    file = sent(book, "csv")
    assert rows(file)[3][1] == "'=Wren"
    assert sourcebook.import_(book, file).changes == ()
    edit(file, "teal", "name", "'-Teal")
    assert lines(sourcebook.import_(book, file)) == ["-name: 'The Teal: a lugger'", "+name: '-Teal'"]


def test_the_same_book_gives_the_same_bytes(book: Path) -> None:
    for kind in ("xlsx", "csv"):
        first = sent(book, kind).read_bytes()
        (book.parent / f"boats.{kind}").unlink()
        for file in book.parent.glob("boats.*.csv"):
            file.unlink()
        time.sleep(1.1)
        assert sent(book, kind).read_bytes() == first


def test_a_file_that_is_there_is_not_written_over(book: Path) -> None:
    file = sent(book)
    with pytest.raises(Refused, match="is there already"):
        sourcebook.export(book, "boats", file)
    sourcebook.export(book, "boats", file, force=True, keys=["teal"])
    assert openpyxl.load_workbook(file)["boats"].max_row == 2


@pytest.mark.parametrize(
    ("collection", "name", "told"),
    [("boat", "a.xlsx", "did you mean 'boats'"), ("boats", "a.doc", "must end in"), ("boats", "no/a.csv", "no folder")],
)
def test_what_cannot_be_sent_out_is_refused(book: Path, collection: str, name: str, told: str) -> None:
    with pytest.raises(UsageError, match=told):
        sourcebook.export(book, collection, book.parent / name)


@pytest.mark.parametrize(("kind", "module", "extra"), [("xlsx", "xlsxwriter", "xlsx"), ("ods", "odfdo", "ods")])
def test_a_library_that_is_missing_is_named(
    book: Path, monkeypatch: pytest.MonkeyPatch, kind: str, module: str, extra: str
) -> None:
    import importlib.util

    there = importlib.util.find_spec
    monkeypatch.setattr("sourcebook.sheets.sending.find_spec", lambda name: None if name == module else there(name))
    with pytest.raises(Refused, match=re.escape(f"{module} is needed: pip install 'sourcebook[{extra}]'")):
        sent(book, kind)


# --- what comes back from programs ------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["xlsx", "ods", "csv"])
def test_what_comes_back_as_it_was_changes_nothing(book: Path, kind: str) -> None:
    assert sourcebook.import_(book, sent(book, kind)).changes == ()


def test_what_another_program_saved_is_read(book: Path) -> None:
    def change(workbook: Any) -> None:
        workbook["boats"]["D3"] = 1889
        workbook["boats_crew"].append(["teal", None, None, "ayla", "cook", 3.5])

    proposal = sourcebook.import_(book, resaved(sent(book), change))
    assert lines(proposal) == ["-built: 1888", "+built: 1889", "+  - who: ayla", "+    role: cook", "+    pay: 3.5"]


def test_rows_may_be_sorted_and_columns_moved(book: Path) -> None:
    file = sent(book, "csv")
    some = rows(file)
    write(file, [list(reversed(some[0])), *(list(reversed(row)) for row in reversed(some[1:]))])
    assert sourcebook.import_(book, file).changes == ()


def test_a_column_or_a_sheet_that_is_missing_is_left_as_it_is(book: Path) -> None:
    def change(workbook: Any) -> None:
        workbook["boats"].delete_cols(14)
        workbook["boats"]["D3"] = 1889
        del workbook["boats_crew"]

    proposal = sourcebook.import_(book, resaved(sent(book), change), remove=True)
    assert lines(proposal) == ["-built: 1888", "+built: 1889"]
    told = "\n".join(proposal.told)
    assert "boats has no column" in told
    assert "the sheet of boats_crew is missing" in told


DAMAGE: list[tuple[Callable[[Any], None], str]] = [
    (lambda book: book["boats"].merge_cells("B2:C3"), r"boats!B2: merged with others"),
    (lambda book: book["boats"].__setitem__("D2", "=1930+1"), r"boats!D2: a formula"),
    (lambda book: book["boats"].__setitem__("H2", 7), r"boats!H2: the zeros before it are lost: '007' became 7"),
    (lambda book: book["boats"].__setitem__("G2", date(1931, 4, 5)), r"boats!G2: the program made a date"),
    (lambda book: book["boats"].__setitem__("D2", 1234567890123456789), r"boats!D2: a number of more than 15 digits"),
    (lambda book: book["boats"].__setitem__("B2", "The\u00a0Heron"), r"boats!B2: a space in it"),
    (lambda book: book["boats"].__setitem__("B2", "#REF!"), r"boats!B2: "),
    (lambda book: book["boats"].__setitem__("F2", "VRAI"), r"boats!F2: 'VRAI' is how a program"),
    (lambda book: book["boats"].__setitem__("A3", "heron"), r"boats!A3: the key 'heron' is there twice"),
    (lambda book: book["boats"].__setitem__("C1", "name"), r"boats!C1: the header 'name' is there twice"),
    (
        lambda book: book["boats"].__setitem__("C1", "knd"),
        r"boats!C1: the table boats has no column 'knd': did you mean",
    ),
    (lambda book: book["boats"].delete_cols(1), r"the column id is missing"),
    (lambda book: book["boats_tags"].delete_cols(3), r"the column _position is missing"),
    (
        lambda book: book["boats_tags"].append(["nobody", None, None, "x"]),
        r"boats_tags!A6: no row has the key 'nobody'",
    ),
    (lambda book: book["boats_tags"].append(["heron", None, 1, "x"]), r"boats_tags!6: another row before it"),
    (lambda book: book["boats_tags"].append(["heron", None, "first", "x"]), r"boats_tags!C6: 'first' is no position"),
    (lambda book: book["boats_names"].append(["heron", None, None, "x"]), r"boats_names!C4: the entry has no name"),
    (lambda book: book.remove(book["_sourcebook"]), r"has lost its sheet _sourcebook"),
    (lambda book: book.remove(book["boats"]), r"no sheet of the records of boats"),
]


@pytest.mark.parametrize(("change", "told"), DAMAGE, ids=[told[:30] for _, told in DAMAGE])
def test_what_cannot_be_taken_is_told_at_its_cell(book: Path, change: Callable[[Any], None], told: str) -> None:
    with pytest.raises(Refused, match=told):
        sourcebook.import_(book, resaved(sent(book), change))


def test_the_rest_is_taken_where_that_is_asked_for(book: Path) -> None:
    def change(workbook: Any) -> None:
        workbook["boats"]["D2"] = "=1930+1"
        workbook["boats"]["H2"] = 7
        workbook["boats"]["B2"] = "Heron"

    proposal = sourcebook.import_(book, resaved(sent(book), change), skip=True)
    assert lines(proposal) == ["-name: The Heron", "+name: Heron"]
    assert "not taken, and left as it is in the book (2):" in proposal.told


def test_macros_and_links_to_other_files_are_told_and_not_looked_at(book: Path) -> None:
    file = sent(book)
    with zipfile.ZipFile(file, "a") as archive:
        archive.writestr("xl/vbaProject.bin", b"x")
        archive.writestr("xl/externalLinks/externalLink1.xml", b"<externalLink/>")
    told = sourcebook.import_(book, file).told
    assert "boats.xlsx has macros, which are not looked at" in told
    assert "boats.xlsx has links to other files, which are not looked at" in told


def test_a_sheet_of_another_book_or_collection_is_refused(book: Path, tmp_path: Path) -> None:
    file = sent(book)
    other = tmp_path / "other"
    shutil.copytree(book, other)
    descriptor = other / "datapackage.yaml"
    descriptor.write_text(descriptor.read_text("utf-8").replace("name: quay", "name: pier"), "utf-8")
    with pytest.raises(Refused, match="it is of the book 'quay', and this is 'pier'"):
        sourcebook.import_(other, file)
    descriptor.write_text(
        descriptor.read_text("utf-8").replace("pier", "quay").replace("boats\n", "ships\n", 1), "utf-8"
    )
    with pytest.raises(Refused, match="it is of the collection 'boats', which this book has not"):
        sourcebook.import_(other, file)


# --- files that are forged, or too large ------------------------------------------------------------------------------


def forged(file: Path, part: str, change: Callable[[bytes], bytes], **more: bytes) -> Path:
    """The workbook with another part."""
    with zipfile.ZipFile(file) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    parts[part] = change(parts[part])
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in {**parts, **more}.items():
            archive.writestr(name, data)
    return file


def sheet_of(rows: int, cells: str) -> bytes:
    text = "".join(f'<row r="{number}">{cells.replace("#", str(number))}</row>' for number in range(1, rows + 1))
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    return f'<worksheet xmlns="{main}"><sheetData>{text}</sheetData></worksheet>'.encode()


@pytest.mark.slow
def test_a_sheet_that_is_full_to_its_last_row_is_refused_in_little_time(book: Path) -> None:
    full = sheet_of(1_048_576, '<c r="A#" t="inlineStr"><is><t>x</t></is></c>')
    file = forged(sent(book), "xl/worksheets/sheet1.xml", lambda _: full)
    begin = time.process_time()
    with pytest.raises(Refused, match=r"the sheet boats has cells in 600,001 rows, and 600,000 are read"):
        sourcebook.import_(book, file)
    assert time.process_time() - begin < 10


FORGED: list[tuple[str, Callable[[bytes], bytes], str]] = [
    ("xl/worksheets/sheet1.xml", lambda data: data.replace(b'r="A2"', b'r="XFD60000"'), "take up more than"),
    ("xl/worksheets/sheet1.xml", lambda data: data.replace(b'r="A2"', b'r="A0x2"'), "has the place"),
    ("xl/worksheets/sheet1.xml", lambda data: data[: len(data) // 2], "no workbook, or a damaged one"),
    (
        "xl/worksheets/sheet1.xml",
        lambda data: data.replace(b"?>", b'?><!DOCTYPE x [<!ENTITY e "x">]>', 1),
        "document type",
    ),
    ("xl/workbook.xml", lambda data: data.replace(b"?>", b'?><!DOCTYPE x [<!ENTITY e "x">]>', 1), "document type"),
]


@pytest.mark.parametrize(("part", "change", "told"), FORGED)
def test_a_forged_workbook_is_refused(book: Path, part: str, change: Callable[[bytes], bytes], told: str) -> None:
    with pytest.raises(Refused, match=told):
        sourcebook.import_(book, forged(sent(book), part, change))


def test_what_unpacks_to_too_much_is_refused_before_it_is_read(book: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = sent(book)
    monkeypatch.setattr("sourcebook.sheets.scan.MOST_BYTES", 1_000_000)
    with pytest.raises(Refused, match="it unpacks to 2,0"):
        sourcebook.import_(book, forged(file, "docProps/app.xml", lambda _: b" " * 2_000_000))


def test_a_shared_text_that_is_in_many_cells_is_counted_in_each(book: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sourcebook.sheets.measuring.MOST_CHARACTERS", 1_000_000)
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    shared = f'<sst xmlns="{main}"><si><t>{"x" * 30_000}</t></si></sst>'.encode()
    sheet = sheet_of(100, '<c r="A#" t="s"><v>0</v></c>')
    file = forged(sent(book), "xl/worksheets/sheet1.xml", lambda _: sheet, **{"xl/sharedStrings.xml": shared})
    with pytest.raises(Refused, match="more than 1,000,000 characters"):
        sourcebook.import_(book, file)


@pytest.mark.parametrize(
    ("repeated", "told"),
    [
        ('table:number-rows-repeated="1000000"', "cells in 1,000,504 rows"),
        ('table:number-rows-repeated="500000" x="', "take up more than 8,000,000 cells"),
    ],
)
def test_cells_that_are_said_to_repeat_are_counted(book: Path, repeated: str, told: str) -> None:
    def change(data: bytes) -> bytes:
        many = 'table:number-columns-repeated="1000" office:value-type="string"'
        cells = f"<table:table-cell {many}><text:p>x</text:p></table:table-cell>"
        row = f"<table:table-row {repeated.partition(' x=')[0]}>{cells}</table:table-row></table:table>"
        return data.replace(b"</table:table>", row.encode(), 1)

    with pytest.raises(Refused, match=told):
        sourcebook.import_(book, forged(sent(book, "ods"), "content.xml", change))


@pytest.mark.parametrize(
    ("attributes", "told"),
    [
        ('table:formula="of:=1+1" office:value-type="float" office:value="2"', "a formula"),
        ('table:number-columns-spanned="2" office:value-type="string"', "merged"),
    ],
)
def test_formulas_and_merged_cells_of_ods_are_told(book: Path, attributes: str, told: str) -> None:
    def change(data: bytes) -> bytes:
        name = re.escape(b"><text:p>The Heron</text:p>")
        changed, count = re.subn(
            rb"<table:table-cell [^>]*" + name,
            f"<table:table-cell {attributes}><text:p>2</text:p>".encode(),
            data,
            count=1,
        )
        assert count == 1
        return changed

    with pytest.raises(Refused, match=f"boats!B2: {told}"):
        sourcebook.import_(book, forged(sent(book, "ods"), "content.xml", change))


@pytest.mark.parametrize("name", ["boats.xlsx", "boats.ods"])
@pytest.mark.parametrize(
    "data", [b"", b"PK\x03\x04", b"no workbook", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 512]
)
def test_what_is_no_workbook_is_refused(book: Path, name: str, data: bytes) -> None:
    (book.parent / name).write_bytes(data)
    with pytest.raises(Refused):
        sourcebook.import_(book, book.parent / name)


def test_a_part_that_is_longer_than_it_says_is_refused(book: Path) -> None:
    file = forged(sent(book), "docProps/app.xml", lambda _: b" " * 100_000)
    data = file.read_bytes()
    size = (100_000).to_bytes(4, "little")
    assert size in data
    file.write_bytes(data.replace(size, (10).to_bytes(4, "little")))
    with pytest.raises(Refused, match="damaged"):
        sourcebook.import_(book, file)


def test_a_workbook_with_other_bytes_is_refused_or_read(book: Path) -> None:
    """Whatever the bytes are, what is raised is a refusal."""
    chance = random.Random(0)
    for kind in ("xlsx", "ods"):
        file = sent(book, kind)
        whole = file.read_bytes()
        for _ in range(60):
            data = bytearray(whole)
            for _ in range(3):
                data[chance.randrange(len(data))] = chance.randrange(256)
            file.write_bytes(data)
            with suppress(Refused):
                read_any(file, None, None)


# --- CSV ---------------------------------------------------------------------------------------------------------


def recoded(file: Path, encoding: str) -> None:
    for one in file.parent.glob("boats*.csv"):
        if "_sourcebook" not in one.name:
            one.write_bytes(one.read_text("utf-8-sig").encode(encoding))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_encodings_that_a_file_tells_of_are_read(book: Path, encoding: str) -> None:
    file = sent(book, "csv")
    edit(file, "teal", "name", "Der Häger")
    recoded(file, encoding)
    assert lines(sourcebook.import_(book, file)) == ["-name: 'The Teal: a lugger'", "+name: 'Der Häger'"]


def test_an_encoding_that_nothing_tells_of_is_asked_for(book: Path) -> None:
    file = sent(book, "csv")
    edit(file, "teal", "name", "Der Häger")
    recoded(file, "cp1252")
    told = r"boats\.csv:4: it is not in UTF-8 \(byte 0xe4\): as Windows wrote it, say --encoding cp1252 if .*Häger"
    with pytest.raises(Refused, match=told):
        sourcebook.import_(book, file)
    assert lines(sourcebook.import_(book, file, encoding="cp1252"))[-1] == "+name: 'Der Häger'"
    recoded_file = file.read_bytes()
    file.write_bytes(recoded_file.decode("cp1252").encode("utf-16-le"))
    with pytest.raises(Refused, match="utf-16-le"):
        sourcebook.import_(book, file)
    with pytest.raises(Refused, match="no encoding is called"):
        sourcebook.import_(book, file, encoding="nothing")


@pytest.mark.parametrize("separator", [";", "\t", "|"])
def test_separators_are_found(book: Path, separator: str) -> None:
    import csv

    file = sent(book, "csv")
    for one in file.parent.glob("boats*.csv"):
        some = rows(one)
        if "_sourcebook" not in one.name:
            with one.open("w", encoding="utf-8", newline="") as written:
                csv.writer(written, delimiter=separator).writerows(some)
    assert sourcebook.import_(book, file).changes == ()


def test_csv_alone_does_not_say_where_it_came_from(book: Path) -> None:
    file = sent(book, "csv")
    file.with_name("boats._sourcebook.csv").unlink()
    with pytest.raises(Refused, match="--into COLLECTION"):
        sourcebook.import_(book, file)


def test_formulas_in_csv_are_told(book: Path) -> None:
    file = sent(book, "csv")
    edit(file, "teal", "name", "=A1")
    with pytest.raises(Refused, match="boats!B3: a formula"):
        sourcebook.import_(book, file)


def test_a_text_that_is_too_long_for_a_cell_may_not_be_edited_in_it(book: Path) -> None:
    heron = book / "data/boats/heron.yaml"
    long = "word " * 8_000 + "end"
    heron.write_text(heron.read_text("utf-8").replace("name: The Heron", f"name: {long}"), "utf-8")
    file = sent(book, "csv")
    assert sourcebook.import_(book, file).changes == ()
    cut = next(row for row in rows(file) if row[0] == "heron")[1]
    edit(file, "heron", "name", cut.replace("word", "sword", 1))
    with pytest.raises(Refused, match=r"boats!B2: the cell has no room for all of it"):
        sourcebook.import_(book, file)
    edit(file, "heron", "name", "short")
    assert lines(sourcebook.import_(book, file))[-1] == "+name: short"
