# SPDX-License-Identifier: Apache-2.0
"""The page of downloads: every file of a release once, with what it is, and lines that open it."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import subprocess
import sys
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
    assert sourcebook.build(folder).release
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


def test_every_file_of_the_release_is_there_once_with_its_size_and_checksum(
    opened: Published, release: Path, text: str
) -> None:
    data = json.loads(routes.answer(opened, Asked(("downloads.json",))).body)
    for one in data["files"]:
        content = (release / one["path"]).read_bytes()
        assert (one["bytes"], one["sha256"]) == (len(content), hashlib.sha256(content).hexdigest())
        assert text.count(f'href="/-/downloads/{one["path"]}"') == 1
        assert one["sha256"] in text
    there = {str(path.relative_to(release)) for path in release.rglob("*") if path.is_file()}
    assert {one["path"] for one in data["files"]} == there - {"SHA256SUMS", "report.json"}


def test_tables_have_their_rows_and_collections_their_records(text: str) -> None:
    (row,) = re.findall(r'<tr><th scope="row"><a href="/-/downloads/csv/remarks.csv">.*?</tr>', text, re.DOTALL)
    assert words(row).startswith("csv/remarks.csv Remarks 6 ")
    (row,) = re.findall(r'<tr><th scope="row"><a href="/-/downloads/json/members.json">.*?</tr>', text, re.DOTALL)
    assert words(row).startswith("json/members.json Members 3 ")


def test_what_no_reader_needs_is_folded_away(text: str) -> None:
    (folded,) = re.findall(r"<details>\s*<summary>What the site is made of.*?</details>", text, re.DOTALL)
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
    assert "Tables" not in re.findall(r"<h2[^>]*>(.*?)</h2>", text)


def examples(text: str) -> dict[str, str]:
    found = re.findall(r"<div><dt>([^<]*)</dt><dd><pre[^>]*><code>(.*?)</code></pre>(.*?)</dd></div>", text, re.DOTALL)
    return {title: unescape(code) for title, code, _ in found}


def test_the_lines_that_are_called_tried_open_the_files(text: str, release: Path, tmp_path: Path) -> None:
    shutil.copy(release / "kites.db", tmp_path)
    shutil.copy(release / "csv/remarks.csv", tmp_path)
    lines = examples(text)
    for title, told in (("The database, with Python", 6), ("A table, with Python", 6)):
        code = f"{lines[title]}\nprint(len(rows))"
        done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True)
        assert done.stdout == f"{told}\n"
    if shutil.which("sqlite3"):
        command = ["sh", "-c", lines["The database, with SQLite"]]
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True)
        assert "remarks" in done.stdout.split()
    if shutil.which("sha256sum"):
        shutil.copy(release / "SHA256SUMS", tmp_path)
        check = lines["All of them, checked"].splitlines()[-1]
        assert subprocess.run(["sh", "-c", check], cwd=tmp_path, capture_output=True, check=True)
        (tmp_path / "kites.db").write_bytes(b"something else")
        assert subprocess.run(["sh", "-c", check], cwd=tmp_path, capture_output=True, check=False).returncode
    assert "http://kites.example/-/downloads/SHA256SUMS" in lines["All of them, checked"]


def test_lines_that_nobody_tried_say_so(text: str) -> None:
    for title in ("pandas", "R"):
        (found,) = re.findall(rf"<dt>A table, with {title}</dt>.*?</dd>", text, re.DOTALL)
        assert "Not tried" in found


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
