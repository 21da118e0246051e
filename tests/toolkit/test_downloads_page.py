# SPDX-License-Identifier: Apache-2.0
"""The page of downloads: every file of a release once, with what it is, and lines that open it."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import zipfile
from collections.abc import Iterator
from contextlib import closing
from html import unescape
from pathlib import Path

import pytest

import sourcebook
from sourcebook.site import routes
from sourcebook.site.answer import Asked
from sourcebook.site.published import Published
from tests.served import BOOKS, PYTHONS, serving


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = shutil.copytree(BOOKS / "questions", tmp_path_factory.mktemp("downloads") / "book")
    assert sourcebook.build(folder, formats=("flat", "ndjson", "zip", "gzip")).release
    return folder


@pytest.fixture(scope="module")
def release(folder: Path) -> Path:
    return (folder / "build/current").resolve()


@pytest.fixture(scope="module")
def opened(release: Path) -> Iterator[Published]:
    with closing(Published(release)) as opened:
        yield opened


@pytest.fixture(scope="module")
def text(opened: Published) -> str:
    answer = routes.answer(opened, Asked(("downloads",), site="http://kites.example/"))
    assert answer.status == 200
    return answer.body.decode()


def words(marked_up: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", marked_up)).split())


def test_every_file_of_the_release_is_there_with_its_size_and_checksum(
    opened: Published, release: Path, text: str
) -> None:
    data = json.loads(routes.answer(opened, Asked(("downloads.json",))).body)
    (listed,) = re.findall(r'<h2 id="files">.*</main>', text, re.DOTALL)
    for one in data["files"]:
        content = (release / one["path"]).read_bytes()
        assert (one["bytes"], one["sha256"]) == (len(content), hashlib.sha256(content).hexdigest())
        shown = one["kind"] != "packed"  # the page would be half as heavy again, for what nobody takes by hand
        assert listed.count(f'href="/-/downloads/{one["path"]}"') == shown
        assert (listed.count(one["sha256"]) >= 1) == shown
    copies = sum(one["kind"] == "packed" for one in data["files"])
    assert copies
    assert f"{copies} packed" in listed
    there = {str(path.relative_to(release)) for path in release.rglob("*") if path.is_file()}
    assert {one["path"] for one in data["files"]} == there - {"SHA256SUMS", "report.json"}


def test_page_data_index_package_and_checksums_say_the_same(opened: Published, release: Path, text: str) -> None:
    lines = (line.partition("  ") for line in (release / "SHA256SUMS").read_text("utf-8").splitlines())
    sums = {path: digest for digest, _, path in lines}
    rows = re.findall(
        r'<tr><th scope="row"><a href="/-/downloads/([^"]+)">.*?<code>([0-9a-f]{64})</code>', text, re.DOTALL
    )
    data = json.loads(routes.answer(opened, Asked(("downloads.json",))).body)["files"]
    index = json.loads((release / "index.json").read_bytes())["files"]
    package = json.loads((release / "datapackage.json").read_bytes())
    described = [*package["resources"], *package["sourcebook"]["documents"], *package["sourcebook"]["files"]]
    assert sums == {one["path"]: one["sha256"] for one in data}
    assert dict(rows) == {one["path"]: one["sha256"] for one in data if one["kind"] != "packed"}
    assert {one["path"]: one["sha256"] for one in index}.items() <= sums.items()
    assert {one["path"]: one["hash"] for one in described}.items() <= {
        k: f"sha256:{v}" for k, v in sums.items()
    }.items()
    counted = {one["path"]: one.get("rows", one.get("count")) for one in described}
    told = {one["path"]: one.get("rows", one.get("records")) for one in data}
    assert {path: told[path] for path in counted} == counted
    types = {one["path"]: one["mediatype"] for one in data}
    assert {one["path"]: one["mediatype"] for one in index}.items() <= {
        path: kind.partition(";")[0] for path, kind in types.items()
    }.items()


def test_tables_have_their_rows_and_collections_their_records(text: str) -> None:
    (row,) = re.findall(r'<tr><th scope="row"><a href="/-/downloads/csv/remarks.csv">.*?</tr>', text, re.DOTALL)
    assert words(row).startswith("csv/remarks.csv Remarks text/csv 6 ")
    (row,) = re.findall(r'<tr><th scope="row"><a href="/-/downloads/json/members.json">.*?</tr>', text, re.DOTALL)
    assert words(row).startswith("json/members.json Members application/json 3 ")


def test_each_collection_has_a_row_with_its_formats(text: str) -> None:
    (rows,) = re.findall(r'<h2 id="collections">.*?</dl>', text, re.DOTALL)
    (row,) = re.findall(r"<div><dt><a[^>]*><bdi>Remarks</bdi>.*?</div>", rows, re.DOTALL)
    assert [name.partition(" of Remarks")[0] for name in map(words, re.findall(r"<a .*?</a>", row))][1:4] == [
        "CSV",
        "CSV for spreadsheets",
        "JSON",
    ]
    for path in ("flat/remarks.csv", "spreadsheet/remarks.csv", "json/remarks.json", "csv/remarks.csv"):
        assert f'href="/-/downloads/{path}"' in row


def test_what_the_release_is_not_in_is_told_with_what_it_needs(text: str) -> None:
    (formats,) = re.findall(r'<h2 id="formats">.*?</dl>', text, re.DOTALL)
    lacking = {words(title): words(told) for title, told in re.findall(r"<dt>(.*?)</dt><dd>(Not in.*?)</dd>", formats)}
    assert lacking.keys() == {
        "Parquet, one for each table",
        "Excel workbooks",
        "Who entered and reviewed what, and from which documents, as PROV-O",
    }
    assert "pip install 'sourcebook[parquet]'" in lacking["Parquet, one for each table"]
    assert "byte order mark" in formats
    assert "GeoJSON" not in formats  # the book has no places
    assert "FollowTheMoney" not in formats  # nor schemata of that


def test_what_a_spreadsheet_may_take_for_a_formula_is_told(text: str) -> None:
    told = words(text)
    assert told.count("begins with =, +, - or @") == 3  # of the format, where its files are listed, and how to open it
    assert "A workbook is safe from that." in told
    assert "the workbook is safe from that." in told


def test_where_who_says_a_statement_stands_is_told_of_files_whose_rows_do_not_hold_it(text: str) -> None:
    told = {words(title): words(about) for title, about in re.findall(r"<dt>(.*?)</dt><dd>(.*?)</dd>", text, re.DOTALL)}
    for title in ("Archive", "Tables"):
        assert "Who says a statement and what answers it stand in other columns and tables, and in" in told[title]
    assert "in other columns" not in told["Records"]


def test_a_book_without_statements_says_nothing_of_them(tmp_path: Path) -> None:
    folder = shutil.copytree(BOOKS / "orchard", tmp_path / "book")
    release = sourcebook.build(folder, formats=("zip",)).release
    assert release
    with closing(Published(release)) as without:
        assert "in other columns and tables" not in routes.answer(without, Asked(("downloads",))).body.decode()
    with zipfile.ZipFile(next(release.glob("*.zip"))) as archive:
        assert "somebody said" not in archive.read("README.txt").decode()


def test_what_no_reader_needs_is_folded_away(text: str) -> None:
    (folded,) = re.findall(r"<details[^>]*>\s*<summary>What the site is made of.*?</details>", text, re.DOTALL)
    for name in ("site.json", "metadata.json", "datasette.json"):
        assert f'href="/-/downloads/{name}"' in folded
    assert "kites.db" not in folded


def test_a_release_without_extracts_says_so(tmp_path: Path) -> None:
    folder = shutil.copytree(BOOKS / "questions", tmp_path / "book")
    assert sourcebook.build(folder, formats=()).release
    with closing(Published((folder / "build/current").resolve())) as without:
        text = routes.answer(without, Asked(("downloads",))).body.decode()
    assert "built without extracts" in text
    assert 'href="/-/downloads/kites.db"' in text
    assert "pandas" not in text
    assert "By collection" not in text
    assert "index.json" not in text


@pytest.mark.xdist_group("serve")
@pytest.mark.parametrize("python", PYTHONS.values(), ids=PYTHONS)
def test_every_file_can_be_had(folder: Path, python: str) -> None:
    if not Path(python).exists():
        pytest.skip("the environment of the other Datasette is not set up: scripts/test makes it")
    with serving(python, folder) as site:
        text = site.get("/downloads").text
        links = re.findall(r'href="(/-/downloads/[^"]+)"', text)
        assert len(links) > 15
        for link in links:
            assert site.get(link).status_code == 200
