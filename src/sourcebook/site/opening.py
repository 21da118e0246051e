# SPDX-License-Identifier: Apache-2.0
"""Lines that open the files of a release, with its own addresses and names; the tests run those that are ``tried``.

A CSV has no types, so all of its columns are read as texts, and what is empty as nothing: ``007`` stays what it is,
and ``NA`` is no missing value. Which columns are numbers is nothing that a program may guess by their values.
"""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from sourcebook.content.addresses import Addresses
from sourcebook.exact import dumps
from sourcebook.formats import index_json
from sourcebook.publish.release import SUMS
from sourcebook.site.published import Published
from sourcebook.site.shelf import Kept
from sourcebook.sqlite import quote

SHELL, PYTHON, R = "sh", "python", "r"

_ALL_TEXTS = "All columns are texts; cast those that are not."


@dataclass(frozen=True, slots=True)
class Example:
    """How something is opened: ``code`` in a ``language``, or ``words`` alone; ``file`` is what it opens."""

    title: str
    language: str = ""
    code: str = ""
    tried: bool = True
    words: str = ""
    file: Kept | None = None


def examples(opened: Published, files: Iterable[Kept], base: str) -> Iterator[Example]:
    """Lines for what there is; ``base`` is the address of the site, ending in a slash."""
    by_kind: dict[str, Kept] = {}
    for one in files:
        by_kind.setdefault(one.kind, one)
        if one.path == index_json.NAME:
            by_kind[index_json.NAME] = one
    at = Addresses(base, opened.site.name)
    yield from _whole(by_kind, at)
    yield from _database(opened, by_kind["database"], at)
    table = by_kind.get("flat") or by_kind.get("csv")
    if table is not None:
        yield from _table(table, at.download(table.path))
    if "parquet" in by_kind:
        yield from _parquet(by_kind["parquet"], at.download(by_kind["parquet"].path))
    if table is not None:
        yield from _spreadsheet(by_kind)


def _whole(by_kind: Mapping[str, Kept], at: Addresses) -> Iterator[Example]:
    taken = by_kind.get("zip") or by_kind["database"]
    get, sums = f"curl -fO {at.download(taken.path)}", f"curl -fO {at.download(SUMS)}"
    check = f"sha256sum --check --ignore-missing {SUMS}"
    yield Example("A file and its checksum, with curl", SHELL, f"{get}\n{sums}\n{check}", file=taken)
    if index_json.NAME in by_kind:
        yield Example(
            "What is new, with curl",
            SHELL,
            f"curl -fsS --etag-compare etag --etag-save etag -o index.json {at.page(index_json.NAME)}",
            words="As long as the release is the same nothing is sent. Else the file has the new hash of every file.",
            file=by_kind[index_json.NAME],
        )


def _database(opened: Published, database: Kept, at: Addresses) -> Iterator[Example]:
    table = opened.site.tables[0].name
    get = f"curl -fO {at.download(database.path)}"
    sql = shlex.quote(f"SELECT count(*) FROM {quote(table)}")
    yield Example(
        "The database, with SQLite", SHELL, f"{get}\nsqlite3 {shlex.quote(database.path)} {sql}", file=database
    )
    code = (
        "import sqlite3, urllib.request\n"
        f"urllib.request.urlretrieve({dumps(at.download(database.path))}, {dumps(database.path)})\n"
        f"rows = sqlite3.connect({dumps(database.path)}).execute({dumps(f'SELECT * FROM {quote(table)}')}).fetchall()"
    )
    yield Example("The database, with Python", PYTHON, code, file=database)


def _table(table: Kept, address: str) -> Iterator[Example]:
    name = table.path.rpartition("/")[2]
    code = (
        "import csv, io, urllib.request\n"
        f'text = io.TextIOWrapper(urllib.request.urlopen({dumps(address)}), encoding="utf-8", newline="")\n'
        "rows = list(csv.DictReader(text))"
    )
    yield Example("A table, with Python", PYTHON, code, file=table)
    code = f'import pandas\nrows = pandas.read_csv({dumps(address)}, dtype=str, keep_default_na=False, na_values=[""])'
    yield Example("A table, with pandas", PYTHON, code, words=_ALL_TEXTS, file=table)
    code = f"import polars\nrows = polars.read_csv({dumps(address)}, infer_schema=False)"
    yield Example("A table, with polars", PYTHON, code, words=_ALL_TEXTS, file=table)
    sql = f"SELECT * FROM read_csv('{name}', header = true, all_varchar = true)"
    yield Example("A table, with DuckDB", PYTHON, _duckdb(address, name, sql), words=_ALL_TEXTS, file=table)
    reading = f'{dumps(address)}, colClasses = "character", na.strings = "", fileEncoding = "UTF-8"'
    yield Example("A table, with R", R, f"rows <- read.csv({reading})", tried=False, words=_ALL_TEXTS, file=table)


def _parquet(table: Kept, address: str) -> Iterator[Example]:
    name = table.path.rpartition("/")[2]
    for library in ("pandas", "polars"):
        code = f"import {library}\nrows = {library}.read_parquet({dumps(address)})"
        yield Example(f"A table with its types, with {library}", PYTHON, code, file=table)
    code = _duckdb(address, name, f"SELECT * FROM '{name}'")
    yield Example("A table with its types, with DuckDB", PYTHON, code, file=table)


def _duckdb(address: str, name: str, sql: str) -> str:
    return (
        "import duckdb, urllib.request\n"
        f"urllib.request.urlretrieve({dumps(address)}, {dumps(name)})\n"
        f"rows = duckdb.sql({dumps(sql)}).fetchall()"
    )


def _spreadsheet(by_kind: Mapping[str, Kept]) -> Iterator[Example]:
    if "xlsx" in by_kind:
        words = (
            "Take the workbook: keys, dates and long numbers are texts in it, and no cell is a formula. "
            "In a CSV a text that begins with =, +, - or @ may be taken for one."
        )
        yield Example("Excel and LibreOffice", words=words, file=by_kind["xlsx"])
        return
    words = (
        "Import it rather than open it: choose UTF-8, the comma between values, and text for columns of keys, dates "
        "and words: what begins with =, +, - or @ may else be taken for a formula. A workbook is safe from that."
    )
    if "spreadsheet" in by_kind:
        words = (
            "Take the CSV for spreadsheets, which opens with letters as they are. Import it, and choose text for "
            "columns of keys, dates and words: opened by a double click, what looks like a date or a number may be "
            "changed, and what begins with =, +, - or @ may be taken for a formula. A workbook is safe from that."
        )
    yield Example("Excel and LibreOffice", words=words, file=by_kind.get("spreadsheet") or by_kind.get("csv"))
