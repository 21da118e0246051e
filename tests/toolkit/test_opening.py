# SPDX-License-Identifier: Apache-2.0
"""The lines that the page of downloads gives for opening files: taken from the page, and run against its site."""

from __future__ import annotations

import csv
import importlib.util
import json
import re
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from html import unescape
from pathlib import Path
from typing import Any

import httpx
import pytest

import sourcebook
from sourcebook.book.formats import FORMATS
from tests.served import ROOT, serving

BOOKS = {"harbour": ROOT / "tests" / "site" / "book", "reference": ROOT}
# pyarrow's threads may abort or hold an interpreter that shuts down after a read (apache/arrow#34314 and #50482, both
# open): what a program printed is what counts here, so it leaves without shutting down. An error still ends it with 1.
LEAVE = "\nimport os, sys\nsys.stdout.flush()\nos._exit(0)"
PARTS = ("data", "schemas", "scripts", "datapackage.yaml")

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("opening")]


@dataclass(frozen=True)
class Site:
    """A served book with its release, and the lines of its page: by title, language and code.

    ``collection`` is the one that the lines open, ``key`` the column of its keys.
    """

    client: httpx.Client
    release: Path
    lines: dict[str, tuple[str, str]]
    text: str
    name: str
    collection: str
    key: str


@pytest.fixture(scope="module", params=BOOKS.values(), ids=BOOKS)
def site(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    folder = tmp_path_factory.mktemp("opening")
    for part in PARTS:
        copy = shutil.copytree if (request.param / part).is_dir() else shutil.copy
        copy(request.param / part, folder / part)
    release = sourcebook.build(folder, formats=("all",)).release
    assert release
    said = json.loads((release / "site.json").read_text("utf-8"))
    first = said["collections"][0]
    with serving(sys.executable, folder) as client:
        text = client.get("/downloads").text
        yield Site(client, release, lines_of(text), text, said["name"], first["name"], first["key"])


def lines_of(text: str) -> dict[str, tuple[str, str]]:
    form = r"<div><dt>([^<]*)</dt><dd><pre[^>]*><code data-language=\"(\w+)\">(.*?)</code></pre>(.*?)</dd></div>"
    return {title: (language, unescape(code)) for title, language, code, _ in re.findall(form, text, re.DOTALL)}


def run(site: Site, title: str, folder: Path, after: str = "") -> str:
    """What is printed by the lines of that title, and what is added to them, in an empty folder."""
    language, code = site.lines[title]
    command = [sys.executable, "-W", "ignore", "-c"] if language == "python" else ["sh", "-e", "-c"]
    if language == "python":
        after += LEAVE
    done = subprocess.run([*command, f"{code}\n{after}"], cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def wanted(site: Site) -> list[tuple[Any, ...]]:
    """The rows of the table that the lines open, as the database has them: the keys."""
    with closing(sqlite3.connect(site.release / f"{site.name}.db")) as connection:
        return connection.execute(f'SELECT "{site.key}" FROM "{site.collection}" ORDER BY rowid').fetchall()


def needs(*programs: str) -> None:
    for one in programs:
        if not shutil.which(one) and importlib.util.find_spec(one) is None:
            pytest.skip(f"{one} is not installed")


def test_the_page_gives_lines_for_every_program(site: Site) -> None:
    named = " ".join(site.lines)
    for program in ("curl", "SQLite", "Python", "pandas", "polars", "DuckDB", "R"):
        assert re.search(rf"with {program}\b", named), program
    assert "Excel and LibreOffice" in site.text
    assert all("127.0.0.1" in code for _, code in site.lines.values())


def test_lines_that_nobody_runs_say_so_and_no_others(site: Site) -> None:
    not_tried = re.findall(r"<div><dt>([^<]*)</dt><dd>(?:(?!</div>).)*?Not tried by the tests", site.text, re.DOTALL)
    assert not_tried == ["A table, with R"]


def test_curl_takes_a_file_and_checks_it(site: Site, tmp_path: Path) -> None:
    needs("curl", "sha256sum")
    assert run(site, "A file and its checksum, with curl", tmp_path) == f"{site.name}.zip: OK\n"
    assert (tmp_path / f"{site.name}.zip").read_bytes() == (site.release / f"{site.name}.zip").read_bytes()
    (tmp_path / f"{site.name}.zip").write_bytes(b"something else")
    check = site.lines["A file and its checksum, with curl"][1].splitlines()[-1]
    assert subprocess.run(["sh", "-c", check], cwd=tmp_path, capture_output=True, check=False).returncode


def test_curl_asks_again_and_is_sent_nothing(site: Site, tmp_path: Path) -> None:
    needs("curl")
    run(site, "What is new, with curl", tmp_path)
    index = (tmp_path / "index.json").read_bytes()
    assert index == (site.release / "index.json").read_bytes()
    again = site.lines["What is new, with curl"][1] + " -w '%{http_code}'"
    done = subprocess.run(["sh", "-c", again], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert done.stdout == "304"
    assert (tmp_path / "index.json").read_bytes() == index


def test_the_database(site: Site, tmp_path: Path) -> None:
    needs("curl", "sqlite3")
    count = len(wanted(site))
    assert run(site, "The database, with SQLite", tmp_path) == f"{count}\n"
    (tmp_path / f"{site.name}.db").unlink()
    assert run(site, "The database, with Python", tmp_path, "print(len(rows))") == f"{count}\n"


@pytest.mark.parametrize(
    ("title", "module", "keys"),
    [
        ("A table, with Python", "csv", "[row[KEY] for row in rows]"),
        ("A table, with pandas", "pandas", "list(rows[KEY])"),
        ("A table, with polars", "polars", "list(rows[KEY])"),
        ("A table, with DuckDB", "duckdb", "[row[PLACE] for row in rows]"),
        ("A table with its types, with pandas", "pandas", "list(rows[KEY])"),
        ("A table with its types, with polars", "polars", "list(rows[KEY])"),
        ("A table with its types, with DuckDB", "duckdb", "[row[0] for row in rows]"),
    ],
)
def test_a_table_has_the_rows_of_the_database(site: Site, tmp_path: Path, title: str, module: str, keys: str) -> None:
    needs(module)
    if title not in site.lines:
        assert not FORMATS["parquet"].is_there
        pytest.skip("pyarrow is not installed")
    with (site.release / f"flat/{site.collection}.csv").open(encoding="utf-8", newline="") as file:
        place = next(csv.reader(file)).index(site.key)
    keys = keys.replace("KEY", repr(site.key)).replace("PLACE", str(place))
    printed = run(site, title, tmp_path, f"import json\nprint(json.dumps({keys}))")
    assert [(key,) for key in json.loads(printed)] == wanted(site)


@pytest.mark.parametrize(
    ("title", "module", "cells"),
    [
        ("A table, with Python", "csv", "[list(row.values()) for row in rows]"),
        ("A table, with pandas", "pandas", "rows.astype(object).where(rows.notna(), '').values.tolist()"),
        ("A table, with polars", "polars", "[[cell or '' for cell in row] for row in rows.rows()]"),
        ("A table, with DuckDB", "duckdb", "[[cell or '' for cell in row] for row in rows]"),
    ],
)
def test_no_column_of_a_table_is_guessed(site: Site, tmp_path: Path, title: str, module: str, cells: str) -> None:
    """Every cell is the text that the file has: a code of digits would be another one as a number."""
    needs(module)
    printed = run(site, title, tmp_path, f"import json\nprint(json.dumps({cells}))")
    with (site.release / f"flat/{site.collection}.csv").open(encoding="utf-8", newline="") as file:
        _, *rows = csv.reader(file)
    assert any(cell.isdigit() for row in rows for cell in row)  # something that a program would guess
    assert json.loads(printed) == rows


def test_r_is_told_to_guess_no_column(site: Site) -> None:
    assert 'colClasses = "character"' in site.lines["A table, with R"][1]


def test_what_excel_opens_has_the_rows_of_the_database(site: Site, tmp_path: Path) -> None:
    openpyxl = pytest.importorskip("openpyxl")
    if not FORMATS["xlsx"].is_there:
        pytest.skip("XlsxWriter is not installed")
    (link,) = re.findall(r'<dt>Excel and LibreOffice</dt>.*?<a href="([^"]+\.xlsx)"', site.text, re.DOTALL)
    (tmp_path / "book.xlsx").write_bytes(site.client.get(link).content)
    with closing(openpyxl.load_workbook(tmp_path / "book.xlsx", read_only=True)) as workbook:
        header, *rows = list(workbook.worksheets[0].iter_rows(values_only=True))
    place = header.index(site.key)
    assert [(row[place],) for row in rows] == wanted(site)


def test_libreoffice_reads_the_csv_for_spreadsheets(site: Site, tmp_path: Path) -> None:
    needs("libreoffice")
    (tmp_path / "table.csv").write_bytes(site.client.get(f"/-/downloads/spreadsheet/{site.collection}.csv").content)
    command = ["libreoffice", f"-env:UserInstallation=file://{tmp_path}/profile", "--headless", "--convert-to", "xlsx"]
    subprocess.run([*command, "table.csv"], cwd=tmp_path, capture_output=True, check=True, timeout=120)
    openpyxl = pytest.importorskip("openpyxl")
    header, *rows = list(openpyxl.load_workbook(tmp_path / "table.xlsx").worksheets[0].iter_rows(values_only=True))
    place = header.index(site.key)
    assert [(row[place],) for row in rows] == wanted(site)


def test_r_reads_a_table(site: Site, tmp_path: Path) -> None:
    needs("Rscript")
    code = site.lines["A table, with R"][1] + "\ncat(rows$" + site.key + ", sep = '\\n')"
    done = subprocess.run(["Rscript", "-e", code], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert [(line,) for line in done.stdout.split()] == wanted(site)
