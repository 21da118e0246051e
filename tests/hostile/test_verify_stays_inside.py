# SPDX-License-Identifier: Apache-2.0
"""What ``verify`` does with a forged release or descriptor: no network, no file outside, and an end to its work."""

from __future__ import annotations

import gzip
import json
import socket
import sqlite3
import zipfile
from collections.abc import Callable
from contextlib import closing
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

import sourcebook
from sourcebook import apart
from sourcebook.verify import judging
from sourcebook.verify.handed import handed

Copy = Callable[[str], Path]


@pytest.fixture
def offline(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A file that is written to where a socket is made, and names looked up; in children, too."""
    told = tmp_path / "asked the network"

    def refuse(*arguments: Any, **_options: Any) -> None:
        with told.open("a") as file:
            file.write(f"{arguments}\n")
        raise OSError("no network in this test")

    for name in ("socket", "create_connection", "getaddrinfo", "gethostbyname"):
        monkeypatch.setattr(socket, name, refuse)
    return told


def sealed_anew(folder: Path) -> None:
    """Make the checksums of a release anew."""
    names = [line[66:] for line in (folder / "SHA256SUMS").read_text("utf-8").splitlines()]
    lines = [f"{sha256((folder / name).read_bytes()).hexdigest()}  {name}\n" for name in names]
    (folder / "SHA256SUMS").write_text("".join(lines), "utf-8")


def changed(package: Any, where: str, value: Any) -> None:
    place = package if where.startswith("/") else package["resources"][0]
    place[where.removeprefix("/")] = value


URL = "https://hosts.example/canary.json"
PLACES = {
    "profile": URL,
    "/profile": URL,
    "$schema": URL,
    "/$schema": URL,
    "dialect": URL,
    "schema": URL,
    "path": URL,
    "extrapaths": [URL],
    "/extrapaths": [URL],
    "/resources": [URL],
    "control": {"type": "remote"},
    "scheme": "https",
}


def outside(canary: Path) -> dict[str, Any]:
    """The same with paths of files elsewhere."""
    up = "../" * 30 + str(canary)[1:]
    return {
        "dialect": str(canary),
        "schema": up,
        "path": str(canary),
        "extrapaths": [str(canary)],
        "profile": up,
        "/profile": str(canary),
        "/resources": [up],
        "compression": "zip",
        "innerpath": up,
        "encoding": "utf-16",
        "format": "zip",
    }


@pytest.mark.slow
@pytest.mark.parametrize("where", PLACES)
def test_a_package_that_leads_to_other_hosts(where: str, book: Copy, offline: Path) -> None:
    folder = book("orchard")
    _forge(folder, where, PLACES[where])
    verified = sourcebook.verify(folder)
    assert not verified.ok
    assert not offline.exists(), offline.read_text()


@pytest.mark.slow
@pytest.mark.parametrize("where", outside(Path("/canary")))
def test_a_package_that_leads_to_files_elsewhere(where: str, book: Copy, tmp_path: Path, offline: Path) -> None:
    canary = tmp_path / "canary.json"
    canary.write_text('{"name": "kept-secret", "fields": [{"name": "kept-secret"}]}')
    folder = book("orchard")
    _forge(folder, where, outside(canary)[where])
    verified = sourcebook.verify(folder)
    assert not verified.ok
    assert not any("kept-secret" in one.message for one in verified.differences)
    assert not offline.exists()


def _forge(folder: Path, where: str, value: Any) -> None:
    made = sourcebook.build(folder).release
    assert made is not None
    path = made / "datapackage.json"
    package = json.loads(path.read_bytes())
    changed(package, where, value)
    path.write_text(json.dumps(package), "utf-8")
    sealed_anew(made)


@pytest.mark.parametrize(
    ("where", "told"),
    [
        ("path", "its path is not that of a file of the release"),
        ("schema", "its schema is not a file of the release"),
        ("encoding", "it is said to be another than a CSV in UTF-8"),
        ("format", "it is said to be another than a CSV in UTF-8"),
        ("dialect", ""),
        ("profile", ""),
        ("extrapaths", ""),
        ("innerpath", ""),
        ("compression", ""),
        ("/resources", "a resource is no object"),
    ],
)
def test_what_is_handed_on(where: str, told: str, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("n\n1\n")
    resource = {"name": "a", "path": "a.csv", "schema": {"fields": [{"name": "n", "type": "integer"}]}}
    package = {"name": "a", "resources": [resource]}
    changed(package, where, outside(tmp_path / "canary")[where])
    (tmp_path / "datapackage.json").write_text(json.dumps(package))
    found, wrong = handed(tmp_path / "datapackage.json", tmp_path)
    assert found is not None
    assert [message for _, message in wrong] == ([told] if told else [])
    assert "canary" not in json.dumps(found)
    assert where not in (found["resources"] or [{}])[0] or where in ("path", "schema", "encoding", "format")


def test_links_and_pipes_are_not_handed_on(tmp_path: Path) -> None:
    (tmp_path / "canary.csv").write_text("n\n1\n")
    folder = tmp_path / "release"
    folder.mkdir()
    (folder / "a.csv").symlink_to(tmp_path / "canary.csv")
    resources = [{"name": "a", "path": "a.csv", "schema": {"fields": []}}]
    (folder / "datapackage.json").write_text(json.dumps({"resources": resources}))
    found, wrong = handed(folder / "datapackage.json", folder)
    assert found is not None
    assert (found["resources"], len(wrong)) == ([], 1)


# --- what takes too long, or too much ---------------------------------------------------------------------------------


@pytest.fixture
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(judging, "_SECONDS", 2.0)
    monkeypatch.setattr(judging, "_MEMORY", 250 * 1024**2)


BOMB = 200_000_000  # bytes when it is unpacked


def a_packed_copy(release: Path) -> None:
    with gzip.open(release / "csv/growers.csv.gz", "wb", 9) as file:
        for _ in range(BOMB // 10_000_000):
            file.write(bytes(10_000_000))


def an_archive(release: Path) -> None:
    path = next(release.glob("*.zip"))
    with zipfile.ZipFile(path) as archive:
        names = archive.namelist()
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name in names:
            with archive.open(name, "w", force_zip64=True) as file:
                for _ in range(BOMB // 10_000_000 if name == names[-1] else 1):
                    file.write(bytes(10_000_000))


def a_text_nested_without_end(release: Path) -> None:
    (release / "json/growers.json").write_text("[" * 500_000)


def a_workbook(release: Path) -> None:
    path = release / "xlsx/growers.xlsx"
    with zipfile.ZipFile(path) as archive:
        parts = [(one, archive.read(one)) for one in archive.infolist()]
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for one, data in parts:
            is_sheet = one.filename.startswith("xl/worksheets/")
            archive.writestr(one, data.replace(b"<sheetData>", b"<sheetData>" + b" " * BOMB) if is_sheet else data)


def a_view_without_end(release: Path) -> None:
    endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i, i, i, i, i FROM n WHERE i < 0"
    with closing(sqlite3.connect(release / "orchard.db")) as connection:
        connection.execute("PRAGMA foreign_keys = OFF")
        connection.execute("ALTER TABLE _records RENAME TO others")
        connection.execute(f"CREATE VIEW _records (collection, key, path, line, document) AS {endless}")
        connection.commit()


def a_value_without_end(release: Path) -> None:
    with closing(sqlite3.connect(release / "orchard.db")) as connection:
        connection.execute("UPDATE _records SET document = printf('%.400000000c', 'x') WHERE rowid = 1")
        connection.commit()


@pytest.mark.slow
@pytest.mark.skipif(not apart.FORKS, reason="only where processes can be forked")
@pytest.mark.usefixtures("hasty")
@pytest.mark.parametrize(
    "forge",
    [
        *(a_packed_copy, an_archive, a_text_nested_without_end, a_workbook),
        *(a_view_without_end, a_value_without_end),
    ],
)
def test_a_release_that_takes_for_ever(forge: Callable[[Path], None], book: Copy) -> None:
    folder = book("orchard")
    made = sourcebook.build(folder, formats=["gzip", "zip", *(["xlsx"] if forge is a_workbook else [])]).release
    assert made is not None
    forge(made)
    names = (made / "SHA256SUMS").read_text()
    if "csv/growers.csv.gz" not in names:
        (made / "SHA256SUMS").write_text(names + f"{'0' * 64}  csv/growers.csv.gz\n")
    sealed_anew(made) if (made / "csv/growers.csv.gz").exists() else None
    verified = sourcebook.verify(folder)
    assert not verified.ok
    assert len("".join(one.message for one in verified.differences)) < 200_000
