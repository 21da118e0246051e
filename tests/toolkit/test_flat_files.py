# SPDX-License-Identifier: Apache-2.0
"""Flat CSV, workbooks, Parquet and GeoJSON of a release, opened by programs that are not ours.

``tests/books/odd-values`` has what programs take for something else: formulas, dates, long numbers, control characters.
"""

from __future__ import annotations

import csv
import io
import json
import re
import shutil
import sqlite3
import subprocess
import sys
import tarfile
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import sourcebook
from sourcebook.content.flat import xlsx
from sourcebook.content.flat.columns import json_sql
from sourcebook.content.flat.csv_lines import csv_lines
from sourcebook.content.flat.rows import in_chunks
from sourcebook.content.flat.sheet import fitting, letters
from sourcebook.content.opened import Opened
from sourcebook.exact import dumps, loads, same
from sourcebook.extract import cell_text
from sourcebook.formats.flat_files import flat_of, keys_of, write_flat
from sourcebook.formats.model import File
from sourcebook.sqlite import quote
from sourcebook.verify.sheets import as_kept, workbook_rows
from tests.conftest import BOOKS, ROOT

CORPUS = ROOT.parent / "shared/corpora/awesome-selfhosted.tar.xz"
FORMATS = ["flat", "xlsx", "parquet", "geojson"]
Built = Path


def built(book: Path) -> Path:
    made = sourcebook.build(book, formats=FORMATS)
    assert made.release, "\n".join(map(str, made.checked.findings))
    return made.release


@pytest.fixture(scope="module")
def odd(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The release of the odd market."""
    return built(Path(shutil.copytree(BOOKS / "odd-values", tmp_path_factory.mktemp("odd") / "book")))


@pytest.fixture(
    scope="module",
    params=[
        "odd-values",
        "listings",
        "layouts",
        pytest.param("harbour", marks=pytest.mark.slow),
        pytest.param("reference", marks=pytest.mark.slow),
        pytest.param(
            "corpus", marks=[pytest.mark.slow, pytest.mark.skipif(not CORPUS.is_file(), reason="not at hand here")]
        ),
    ],
)
def release(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Releases of several books, of others' records too."""
    above = tmp_path_factory.mktemp("flat")
    if request.param == "reference":
        reference = request.getfixturevalue("reference_book")
        book = Path(shutil.copytree(reference, above / "book", ignore=shutil.ignore_patterns("build")))
    elif request.param == "corpus":
        with tarfile.open(CORPUS) as archive:
            archive.extractall(above, filter="data")
        book = above / CORPUS.name.partition(".")[0]
        shutil.copy(ROOT / "examples" / book.name / "datapackage.yaml", book)
    else:
        of = ROOT / "tests/site/book" if request.param == "harbour" else BOOKS / request.param
        book = Path(shutil.copytree(of, above / "book"))
    yield built(book)
    shutil.rmtree(above)


@pytest.fixture
def opened(release: Path) -> Iterator[Opened]:
    with closing(Opened(release)) as found:
        yield found


def rows_of(opened: Opened, collection: str) -> tuple[list[str], list[list[Any]]]:
    """A collection as flat rows, made one record at a time."""
    flat = flat_of(opened, collection)
    chunks = flat.chunks([key] for key in keys_of(opened, collection))
    return flat.header, [[column[0] for column in some.columns] for some in chunks]


# --- flat CSV ---------------------------------------------------------------------------------------------------------


def test_a_flat_csv_has_the_rows_of_its_collection(release: Path, opened: Opened) -> None:
    for one in opened.site.collections:
        header, rows = rows_of(opened, one.name)
        data = (release / f"flat/{one.name}.csv").read_bytes()
        csv.field_size_limit(2**31 - 1)
        found = list(csv.reader(io.StringIO(data.decode(), newline=""), strict=True))
        assert found == [header, *([cell_text(cell) for cell in row] for row in rows)]
        assert (release / f"spreadsheet/{one.name}.csv").read_bytes() == b"\xef\xbb\xbf" + data


def test_a_flat_row_has_the_values_of_the_tables(release: Path, opened: Opened) -> None:
    for one in opened.site.collections:
        header, rows = rows_of(opened, one.name)
        cursor = opened.connection.execute(f"SELECT * FROM {quote(one.table)} ORDER BY {one.order}")
        names = [name for name, *_ in cursor.description]
        (note,) = (table for table in opened.site.tables if table.name == one.table)
        derived = {column.name for column in note.columns if column.derived}  # which a flat row has in its own form
        stored = [dict(zip(names, row, strict=True)) for row in cursor]
        assert len(stored) == len(rows)
        for row, wanted in zip(rows, stored, strict=True):
            found = dict(zip(header, row, strict=True))
            for name in names:  # what may lead to several collections has the key of the record that is meant
                if (
                    name in found
                    and f"{name}_collection" not in found
                    and not name.startswith("_")
                    and name not in derived
                ):
                    assert (found[name], type(found[name])) == (wanted[name], type(wanted[name])), name


def test_where_a_record_is_stands_in_full_where_the_book_says_where_its_site_is(odd: Path) -> None:
    with closing(Opened(odd)) as opened:
        header, rows = rows_of(opened, "stalls")
        assert rows[0][header.index("page")] == "https://market.example/book/stalls/formula"
        assert rows[-1][header.index("page")] == "https://market.example/book/stalls/=cmd%7C'%20%2FC%20calc'!A0"


def test_a_statement_is_never_without_who_says_it(tmp_path: Path) -> None:
    release = built(Path(shutil.copytree(ROOT / "tests/site/book", tmp_path / "book")))
    with (release / "flat/claims.csv").open(encoding="utf-8", newline="") as file:
        claims = {row["id"]: row for row in csv.DictReader(file)}
    assert all(row["said_by"] and row["published_in"] for row in claims.values())
    assert any(row["denied_by"] and "said by" in row["denied_by_text"] for row in claims.values())
    with (release / "flat/events.csv").open(encoding="utf-8", newline="") as file:
        labels = [row["claims_label"] for row in csv.DictReader(file)]
    assert all("said by" in label for label in labels if label)


def test_chunks_of_any_size_give_the_same_rows(opened: Opened) -> None:
    for one in opened.site.collections:
        flat = flat_of(opened, one.name)
        keys = keys_of(opened, one.name)[:200]
        for size in (7, 200):
            chunks = flat.chunks(in_chunks(keys, size))
            rows = [list(row) for some in chunks for row in zip(*some.columns, strict=True)]
            assert rows == rows_of(opened, one.name)[1][:200]


def test_keys_of_no_record_are_passed_over(odd: Path) -> None:
    with closing(Opened(odd)) as opened:
        (some,) = flat_of(opened, "keepers").chunks([["bo", "nobody", "ayla"]])
        assert list(some.keys) == ["bo", "ayla"]
        assert list(some.columns[0]) == ["bo", "ayla"]
        (none,) = flat_of(opened, "stalls").chunks([["nobody"]])
        assert [len(column) for column in none.columns] == [0] * len(flat_of(opened, "stalls").header)


def test_texts_that_are_kept_for_references_may_be_forgotten(odd: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with closing(Opened(odd)) as opened:
        wanted = rows_of(opened, "stalls")
        monkeypatch.setattr("sourcebook.content.flat.references._MOST", 0)
        assert rows_of(opened, "stalls") == wanted


VALUES = st.none() | st.text(st.characters(exclude_categories=["Cs"])) | st.integers(-(2**63), 2**63 - 1)
NUMBERS = st.floats(allow_nan=False, allow_infinity=False)
COLUMNS = st.integers(1, 4).flatmap(
    lambda count: st.lists(st.tuples(*[VALUES | NUMBERS] * count), max_size=8).map(
        lambda rows: [list(column) for column in zip(*rows, strict=True)] or [[] for _ in range(count)]
    )
)


@given(COLUMNS)
def test_lines_are_those_that_the_csv_module_writes(columns: list[list[Any]]) -> None:
    wanted = io.StringIO(newline="")
    csv.writer(wanted).writerows([cell_text(cell) for cell in row] for row in zip(*columns, strict=True))
    assert csv_lines(columns) == wanted.getvalue()


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**30), 10**30)
    | NUMBERS
    | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=12,
)


@settings(deadline=None)
@given(st.dictionaries(st.text(st.characters(exclude_categories=["Cs"]), max_size=4), JSON, max_size=4))
def test_sqlite_finds_what_stands_in_a_document_letter_for_letter(document: dict[str, Any]) -> None:
    with closing(sqlite3.connect(":memory:")) as connection:
        for name, value in document.items():
            sql = json_sql((name,))
            query = f"SELECT {sql} FROM (SELECT ? AS document) AS one"
            (found,) = connection.execute(query, (dumps(document),)).fetchone()
            if sql == "one.document":  # where SQLite has no path for a name
                assert found == dumps(document)
            elif value is None:
                assert found is None
            else:
                assert found in dumps(document)
                assert same(loads(found), value)


# --- workbooks --------------------------------------------------------------------------------------------------------


def kept(cell: Any) -> Any:
    """A cell as a spreadsheet keeps it, with control characters as Excel writes them."""
    if cell is None or cell == "":
        return None
    if isinstance(cell, int | float) and float(f"{cell:.15g}") == cell:
        return cell
    return "".join(_written(letter) for letter in fitting(cell_text(cell)).replace("_x", "_x005F_x"))


def _written(letter: str) -> str:
    return f"_x{ord(letter):04X}_" if (letter < " " and letter not in "\t\n") or letter in "\ufffe\uffff" else letter


def test_openpyxl_reads_the_rows_and_nothing_that_acts(release: Path, opened: Opened) -> None:
    openpyxl = pytest.importorskip("openpyxl")
    for one in opened.site.collections:
        header, rows = rows_of(opened, one.name)
        sheet = openpyxl.load_workbook(release / f"xlsx/{one.name}.xlsx").active
        cells = [list(row) for row in sheet.iter_rows()]
        assert {cell.data_type for row in cells for cell in row} <= {"s", "n"}
        assert not any(cell.hyperlink for row in cells for cell in row)
        found = [[cell.value for cell in row] for row in cells]
        assert [row[: len(header)] for row in found] == [
            [kept(name) for name in header],
            *([_escapes(kept(cell)) for cell in row] for row in rows),
        ]


def _escapes(cell: Any) -> Any:
    """Only what looks like an escape is led by one."""
    if not isinstance(cell, str):
        return cell
    parts = cell.split("_x005F_x")
    odd = [len(one) >= 5 and one[4] == "_" and all(c in "0123456789abcdefABCDEF" for c in one[:4]) for one in parts]
    return parts[0] + "".join(
        ("_x005F_x" if like else "_x") + one for one, like in zip(parts[1:], odd[1:], strict=True)
    )


def test_a_workbook_is_the_same_bytes_each_time(odd: Path, tmp_path: Path) -> None:
    for name in ("site.json", "odd-market.db"):
        shutil.copy(odd / name, tmp_path)
    (file,) = write_flat(tmp_path, "stalls", "stalls", ["xlsx"])
    assert (tmp_path / file.path).read_bytes() == (odd / "xlsx/stalls.xlsx").read_bytes()
    assert file == File("xlsx/stalls.xlsx", "xlsx", "stalls", file.bytes, file.sha256, 10)
    with zipfile.ZipFile(tmp_path / file.path) as archive:
        assert {one.date_time for one in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert b"2024-02-29" in archive.read("docProps/core.xml")
        assert b'<sheet name="Stalls   odd    \'plain"' in archive.read("xl/workbook.xml")


def test_more_rows_than_a_sheet_holds_go_on_in_another(odd: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    openpyxl = pytest.importorskip("openpyxl")
    monkeypatch.setattr(xlsx, "MOST_ROWS", 4)
    with closing(Opened(odd)) as opened:
        flat = flat_of(opened, "stalls")
        data = b"".join(xlsx.workbook(flat, keys_of(opened, "stalls"), "Stalls"))
    book = openpyxl.load_workbook(io.BytesIO(data))
    assert book.sheetnames == ["Stalls", "Stalls (2)", "Stalls (3)"]
    assert [sheet.max_row for sheet in book.worksheets] == [5, 5, 3]
    assert all([cell.value for cell in sheet[1]] == flat.header for sheet in book.worksheets)
    assert all(cell.font.bold for sheet in book.worksheets for cell in sheet[1])
    keys = [sheet.cell(row, 1).value for sheet in book.worksheets for row in range(2, sheet.max_row + 1)]
    assert keys == [row[0] for row in rows_of(Opened(odd), "stalls")[1]]
    assert len([*workbook_rows(io.BytesIO(data))]) == 1 + len(keys)  # several sheets are as they are written


def test_more_columns_than_a_sheet_holds_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    openpyxl = pytest.importorskip("openpyxl")
    monkeypatch.setattr(xlsx, "MOST_COLUMNS", 3)
    file = io.BytesIO()
    with xlsx.Workbook(file, "Wide", ["a", "b", "c", "d"]) as book:
        book.add([["1"], ["2"], ["3"], ["4"]])
    rows = [[cell.value for cell in row] for row in openpyxl.load_workbook(file).active.iter_rows()]
    assert rows == [["a", "b", "(2 columns more are in the CSV)"], ["1", "2", None]]


def test_columns_are_called_as_spreadsheets_call_them() -> None:
    assert [letters(place) for place in (0, 25, 26, 701, 702, 16_383)] == ["A", "Z", "AA", "ZZ", "AAA", "XFD"]


@pytest.mark.slow
@settings(max_examples=100, deadline=None)
@given(COLUMNS)
def test_cells_of_any_values_are_read_by_openpyxl(columns: list[list[Any]]) -> None:
    openpyxl = pytest.importorskip("openpyxl")

    file = io.BytesIO()
    header = [f"column {number}" for number in range(len(columns))]
    with xlsx.Workbook(file, "Any", header) as book:
        book.add(columns)
    assert openpyxl.load_workbook(file).active.title == "Any"
    rows = zip(*columns, strict=True)
    found = list(workbook_rows(file))
    while found[-1:] == [[None] * len(columns)]:
        found.pop()
    wanted = [header, *map(as_kept, rows)]
    while wanted[-1:] == [[None] * len(columns)]:
        wanted.pop()
    assert found == wanted


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed")
def test_libreoffice_shows_what_the_csv_says(release: Path, opened: Opened, tmp_path: Path) -> None:
    tables = in_libreoffice(sorted((release / "xlsx").glob("*")), tmp_path)
    assert set(tables) == {one.name for one in opened.site.collections}
    for name, shown in tables.items():
        header, rows = rows_of(opened, name)
        assert shown[0] == header
        assert len(shown) == len(rows) + 1
        for cells, row in zip(shown[1:], rows, strict=True):
            assert [text for text, cell in zip(cells, row, strict=True) if not _shows(text, cell)] == []


def in_libreoffice(files: Sequence[Path], folder: Path) -> dict[str, list[list[str]]]:
    """The cells of workbooks of one sheet as LibreOffice writes them, formulas as such."""
    options = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,false,true,false,false"
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    command = ["soffice", profile, "--headless", "--convert-to", options, "--outdir", str(folder), *map(str, files)]
    subprocess.run(command, check=True, capture_output=True, timeout=300)
    csv.field_size_limit(2**31 - 1)
    found = {}
    for file in files:
        with (folder / f"{file.stem}.csv").open(encoding="utf-8", newline="") as text:
            found[file.stem] = list(csv.reader(text, strict=True))
    return found


def _shows(text: str, cell: Any) -> bool:
    if isinstance(cell, float) and isinstance(kept(cell), float):
        return float(text) == cell  # written in another way
    return text == re.sub("\r\n?", "\n", fitting(cell_text(cell)))  # its lines end alike


# --- Parquet ----------------------------------------------------------------------------------------------------------


def stored(release: Path, opened: Opened) -> Iterator[tuple[Path, list[str], list[tuple[Any, ...]]]]:
    """The Parquet of each table, with the names of its columns and its rows: true and false as they are meant."""
    files = [one for one in loads((release / "index.json").read_bytes())["files"] if one["format"] == "parquet"]
    notes = {note.name: note for note in opened.site.tables}
    assert {one["of"] for one in files} == set(notes)
    for one in files:
        note = notes[one["of"]]
        cursor = opened.connection.execute(f"SELECT * FROM {quote(note.name)} ORDER BY rowid")
        sql = opened.connection.execute("SELECT sql FROM main.sqlite_master WHERE name = ?", (note.name,)).fetchone()[0]
        names = [name for name, *_ in cursor.description]
        flags = [f"CHECK ({quote(name)} IN (0, 1))" in sql for name in names]
        rows = [
            tuple(bool(cell) if flag and cell is not None else cell for cell, flag in zip(row, flags, strict=True))
            for row in cursor
        ]
        yield release / one["path"], names, rows


def test_pyarrow_reads_the_rows_of_the_database(release: Path, opened: Opened) -> None:
    parquet = pytest.importorskip("pyarrow.parquet")
    for path, names, rows in stored(release, opened):
        table = parquet.read_table(path)
        assert table.column_names == names
        found = list(zip(*(column.to_pylist() for column in table.columns), strict=True))
        assert found == rows
        assert [list(map(type, row)) for row in found] == [list(map(type, row)) for row in rows]


def test_polars_reads_the_rows_of_the_database(release: Path, opened: Opened) -> None:
    polars = pytest.importorskip("polars")
    pytest.importorskip("pyarrow")
    for path, names, rows in stored(release, opened):
        frame = polars.read_parquet(path)
        assert frame.columns == names
        assert frame.rows() == rows


def test_duckdb_reads_the_rows_of_the_database(release: Path, opened: Opened) -> None:
    duckdb = pytest.importorskip("duckdb")
    pytest.importorskip("pyarrow")
    for path, names, rows in stored(release, opened):
        with closing(duckdb.connect()) as connection:
            cursor = connection.execute("SELECT * FROM read_parquet(?)", [str(path)])
            assert [name for name, *_ in cursor.description] == names
            assert cursor.fetchall() == rows


def test_pandas_reads_the_rows_of_the_database(release: Path, opened: Opened) -> None:
    pandas = pytest.importorskip("pandas")
    pytest.importorskip("pyarrow")
    for path, names, rows in stored(release, opened):
        frame = pandas.read_parquet(path, dtype_backend="pyarrow")
        assert list(frame.columns) == names
        found = [tuple(None if pandas.isna(cell) else cell for cell in row) for row in frame.itertuples(index=False)]
        assert found == rows


def test_a_column_says_what_it_is(odd: Path) -> None:
    parquet = pytest.importorskip("pyarrow.parquet")
    schema = parquet.read_schema(odd / "parquet/stalls.parquet")
    kinds = {field.name: (str(field.type), field.nullable) for field in schema}
    assert kinds["id"] == ("string", False)
    assert kinds["visitors"] == ("int64", True)
    assert kinds["weight"] == ("double", True)
    assert kinds["open"] == ("bool", True)
    assert kinds["anything"] == ("string", True)
    assert schema.field("name").metadata == {b"title": b"Name", b"description": b"What is written above the stall."}
    assert schema.field("opened").metadata == {b"format": b"date"}
    assert schema.field("chief").metadata == {b"reference": b"keepers"}
    assert schema.metadata[b"primaryKey"] == b'["id"]'


def test_no_value_is_told_from_the_empty_text(odd: Path) -> None:
    parquet = pytest.importorskip("pyarrow.parquet")
    rows = {row["id"]: row for row in parquet.read_table(odd / "parquet/stalls.parquet").to_pylist()}
    assert (rows["empty"]["note"], rows["empty"]["since"]) == ("", None)
    assert rows["formula"]["visitors"] == 9007199254740993
    tags = parquet.read_table(odd / "parquet/stalls_tags.parquet").to_pylist()
    assert [row["_value"] for row in tags if row["_parent"] == "formula"] == ["=1", "a; b", "null", None, ""]


# --- CSV by other programs --------------------------------------------------------------------------------------------


def test_pandas_polars_and_duckdb_read_the_same_of_the_flat_csv(release: Path, opened: Opened) -> None:
    pandas, polars, duckdb = (pytest.importorskip(name) for name in ("pandas", "polars", "duckdb"))
    for one in opened.site.collections:
        header, rows = rows_of(opened, one.name)
        wanted = [tuple(map(cell_text, row)) for row in rows]
        path = release / f"flat/{one.name}.csv"
        frame = pandas.read_csv(path, dtype=str, keep_default_na=False)
        assert (list(frame.columns), list(frame.itertuples(index=False, name=None))) == (header, wanted)
        frame = polars.read_csv(path, infer_schema=False, has_header=False).fill_null("")
        assert frame.rows() == [tuple(header), *wanted]
        with closing(duckdb.connect()) as connection:
            options = "header = true, all_varchar = true, max_line_size = 10000000, quote = '\"', escape = '\"'"
            cursor = connection.execute(f"SELECT * FROM read_csv(?, {options})", [str(path)])
            assert [name for name, *_ in cursor.description] == header
            assert [tuple(cell or "" for cell in row) for row in cursor.fetchall()] == wanted


@pytest.mark.parametrize(("engine", "module"), [("openpyxl", "openpyxl"), ("calamine", "python_calamine")])
def test_pandas_reads_a_workbook(odd: Path, engine: str, module: str) -> None:
    pandas = pytest.importorskip("pandas")
    pytest.importorskip(module)
    path = odd / "xlsx/stalls.xlsx"
    frame = pandas.read_excel(path, engine=engine, dtype=object, keep_default_na=False, na_values=[""])
    assert list(frame["code"])[:3] == ["-1", "00123", "1E5"]
    assert list(frame["name"])[:3] == ["=1+1", "12345678901234567890", "1/2/2020"]


# --- GeoJSON ----------------------------------------------------------------------------------------------------------


def test_a_feature_a_record(odd: Path) -> None:
    with closing(Opened(odd)) as opened:
        header, rows = rows_of(opened, "stalls")
    found = json.loads((odd / "geojson/stalls.geojson").read_bytes())
    assert found["type"] == "FeatureCollection"
    assert [one["properties"] for one in found["features"]] == [dict(zip(header, row, strict=True)) for row in rows]
    places = {one["id"]: one["geometry"] and one["geometry"]["coordinates"] for one in found["features"]}
    assert places["formula"] == [10.75, 59.9]  # longitude first
    assert places["digits"] == [180, -90]
    assert places["dates"] is None  # 91 degrees north
    assert places["empty"] is None
    assert places["long"] is None  # of which one is missing
    assert found["counts"] == {"features": 10, "without_coordinates": 5, "out_of_range": 2}
    assert {one["geometry"]["type"] for one in found["features"] if one["geometry"]} == {"Point"}
    assert not (odd / "geojson/keepers.geojson").exists()


def test_the_geojson_library_finds_every_file_valid(release: Path) -> None:
    geojson = pytest.importorskip("geojson")
    for path in (release / "geojson").glob("*"):
        found = geojson.loads(path.read_text("utf-8"))
        assert found.is_valid, found.errors()
        assert len(found.features) == found["counts"]["features"]


# --- damage -----------------------------------------------------------------------------------------------------------


def told(folder: Path) -> dict[str, list[str]]:
    """What differs, by file, but for the checksums and the lists of them."""
    found: dict[str, list[str]] = {}
    for one in sourcebook.verify(folder).differences:
        if "SHA256SUMS" not in one.message:
            found.setdefault(one.file, []).append(one.message)
    return {file: messages for file, messages in found.items() if "/" in file}


@pytest.fixture
def damaged(odd: Path, tmp_path: Path) -> Path:
    """A copy of the book of the odd market, to be damaged."""
    return Path(shutil.copytree(odd.parent.parent.parent, tmp_path / "book", symlinks=True))


def test_what_was_built_is_as_it_must_be(release: Path) -> None:
    verified = sourcebook.verify(release.parent.parent.parent)
    assert verified.differences == ()
    assert not any("unverifiable" in line and "not installed" in line for line in verified.ledger.lines())


@pytest.mark.slow
@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"00123", b"00124"),
        (b"9007199254740993", b"9007199254740992"),
        (b",chief,", b",chef,"),
        (b"digits,", b'"digits",'),
        (b"\r\ndates", b"\n\r\ndates"),
    ],
)
def test_another_cell_of_a_csv_is_found(damaged: Path, old: bytes, new: bytes) -> None:
    for folder in ("flat", "spreadsheet"):
        path = damaged / f"build/current/{folder}/stalls.csv"
        data = path.read_bytes()
        path.write_bytes(data.replace(old, new, 1))
        found = told(damaged)
        path.write_bytes(data)
        if old == b"digits," and folder == "flat":
            assert list(found) == ["spreadsheet/stalls.csv"]  # whose bytes are then others
        else:
            assert f"{folder}/stalls.csv" in found


@pytest.mark.slow
def test_a_csv_without_its_mark_is_found(damaged: Path) -> None:
    path = damaged / "build/current/spreadsheet/stalls.csv"
    path.write_bytes(path.read_bytes().removeprefix(b"\xef\xbb\xbf"))
    assert told(damaged) == {"spreadsheet/stalls.csv": ["is not the flat/stalls.csv behind a byte order mark"]}


def repacked(path: Path, change: dict[str, tuple[bytes, bytes]]) -> None:
    """A workbook with other parts, and with checksums that fit."""
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            old, new = change.get(name, (b"", b""))
            assert old in data
            archive.writestr(name, data.replace(old, new, 1))
        for name in change.keys() - parts.keys():
            archive.writestr(name, change[name][1])


SHEET = "xl/worksheets/sheet1.xml"


@pytest.mark.slow
@pytest.mark.parametrize(
    "change",
    [
        {SHEET: (b">00123<", b">00124<")},
        {SHEET: (b"<v>999999999999999</v>", b"<v>999999999999998</v>")},
        {SHEET: (b' t="inlineStr"><is><t>=1+1</t></is>', b"><f>1+1</f><v>2</v>")},
        {SHEET: (b' t="inlineStr"><is><t>0</t></is>', b"><v>0</v>")},
        {SHEET: (b'<row r="3">', b'<row r="4">')},
        {SHEET: (b"<t>chief</t>", b"<t>chef</t>")},
        {SHEET: (b"<sheetData>", b"<sheet")},
        {"xl/vbaProject.bin": (b"", b"macro")},
        {"xl/externalLinks/externalLink1.xml": (b"", b"<a/>")},
        {SHEET: (b'<row r="3">', b'<row r="3" hidden="1">')},
        {SHEET: (b'<row r="3">', b'<row r="3" ht="0" customHeight="1">')},
        {SHEET: (b"<sheetData>", b'<cols><col min="2" max="2" hidden="1"/></cols><sheetData>')},
        {SHEET: (b'defaultRowHeight="15"', b'defaultRowHeight="15" zeroHeight="1"')},
        {SHEET: (b"</sheetData>", b'</sheetData><autoFilter ref="A1:B2"/>')},
        {SHEET: (b'<c r="A3"', b'<c r="A3" s="1"')},
        {SHEET: (b"<worksheet ", b'<!DOCTYPE worksheet [<!ENTITY a "b">]><worksheet ')},
        {"xl/workbook.xml": (b' sheetId="1"', b' sheetId="1" state="hidden"')},
        {"xl/workbook.xml": (b"</sheets>", b"</sheets><definedNames/>")},
        {"xl/styles.xml": (b'<color theme="1"/>', b'<color rgb="FFFFFFFF"/>')},
        {"xl/styles.xml": (b'numFmtId="0"', b'numFmtId="49"')},
    ],
    ids=range(20),
)
def test_another_cell_of_a_workbook_is_found(damaged: Path, change: dict[str, tuple[bytes, bytes]]) -> None:
    pytest.importorskip("openpyxl")
    repacked(damaged / "build/current/xlsx/stalls.xlsx", change)
    assert list(told(damaged)) == ["xlsx/stalls.xlsx"]


@pytest.mark.slow
def test_a_workbook_with_a_part_twice_is_found(damaged: Path) -> None:
    path = damaged / "build/current/xlsx/stalls.xlsx"
    with zipfile.ZipFile(path, "a") as archive, pytest.warns(UserWarning, match="Duplicate"):
        archive.writestr("xl/workbook.xml", archive.read("xl/workbook.xml"))
    assert list(told(damaged)) == ["xlsx/stalls.xlsx"]


@pytest.mark.slow
def test_a_workbook_that_is_none_is_found(damaged: Path) -> None:
    pytest.importorskip("openpyxl")
    path = damaged / "build/current/xlsx/stalls.xlsx"
    data = path.read_bytes()
    for other in (b"", data[:-40], data[:200] + b"x" + data[201:]):
        path.write_bytes(other)
        assert list(told(damaged)) == ["xlsx/stalls.xlsx"]


@pytest.mark.slow
def test_another_value_type_or_description_of_parquet_is_found(damaged: Path) -> None:
    pyarrow = pytest.importorskip("pyarrow")
    from pyarrow import parquet

    path = damaged / "build/current/parquet/stalls.parquet"
    table = parquet.read_table(path)
    fields = {field.name: number for number, field in enumerate(table.schema)}

    def with_column(name: str, values: list[Any], kind: Any) -> Any:
        number = fields[name]
        field = table.schema.field(number).with_type(kind)
        return table.set_column(number, field, pyarrow.array(values, kind))

    notes = table.column("note").to_pylist()
    empty = notes.index("")
    for other in (
        with_column("note", [*notes[:empty], None, *notes[empty + 1 :]], pyarrow.string()),
        with_column("visitors", [9.0, *table.column("visitors").to_pylist()[1:]], pyarrow.float64()),
        with_column("weight", [0.3, *table.column("weight").to_pylist()[1:]], pyarrow.float64()),
        table.slice(0, 9),
        table.take([1, 0, *range(2, 10)]),
        table.replace_schema_metadata({}),
    ):
        parquet.write_table(other, path)
        assert list(told(damaged)) == ["parquet/stalls.parquet"]
    for data in (b"", path.read_bytes()[:-9], b"PAR1" + bytes(40) + b"PAR1"):
        path.write_bytes(data)
        assert list(told(damaged)) == ["parquet/stalls.parquet"]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"[10.75,59.9]", b"[59.9,10.75]"),
        (b'"note":""', b'"note":null'),
        (b'"out_of_range":2', b'"out_of_range":1'),
        (b'"geometry":null', b'"geometry":{"type":"Point","coordinates":[0,91]}'),
        (b'"id":"digits",', b'"id":"digit",'),
        (b'{"type":"FeatureCollection",', b'{"type":"Features",'),
        (b'{"type":"Feature",', b'{"type":"Feature"'),
    ],
)
def test_another_feature_is_found(damaged: Path, old: bytes, new: bytes) -> None:
    path = damaged / "build/current/geojson/stalls.geojson"
    data = path.read_bytes()
    assert old in data
    path.write_bytes(data.replace(old, new, 1))
    assert list(told(damaged)) == ["geojson/stalls.geojson"]


def test_what_cannot_be_read_here_is_said_to_be_unverifiable(odd: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys.modules["sourcebook.verify.flat"], "find_spec", lambda _: None)
    monkeypatch.setattr(sys.modules["sourcebook.verify.parquet"], "is_there", lambda: False)
    lines = sourcebook.verify(odd.parent.parent.parent).ledger.lines()
    assert "workbooks against database: 0 performed, 3 unverifiable (openpyxl is not installed)" in lines
    assert "Parquet against database: 0 performed, 8 unverifiable (pyarrow is not installed)" in lines
