# SPDX-License-Identifier: Apache-2.0
"""A word that was taken out of a record is nowhere in the release, and where it still is, is known."""

from __future__ import annotations

import gzip
import importlib
import random
import sqlite3
import zipfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

import sourcebook
from sourcebook.book.formats import FORMATS
from sourcebook.compile import chunk as chunks
from sourcebook.publish import cache
from tests.toolkit.test_patch import shelf, write

CANARY = "zqretractedqz"
BOOKS = 120


@pytest.fixture(params=[True, False], ids=["as it is built", "without SECURE_DELETE"])
def sqlite_built(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """SQLite as it is, and one that was not built to overwrite what is deleted: its connections begin so."""
    if request.param:
        return
    original = sqlite3.connect

    def connect(*arguments: Any, **options: Any) -> sqlite3.Connection:
        connection: sqlite3.Connection = original(*arguments, **options)
        connection.execute("PRAGMA secure_delete = OFF")
        return connection

    monkeypatch.setattr(sqlite3, "connect", connect)


@pytest.fixture
def patched(monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    """Any database and any change is worth a patch; whether each was one."""
    monkeypatch.setattr(chunks, "_MOST_FILES", 10)
    monkeypatch.setattr(cache, "_LARGE", 0)
    monkeypatch.setattr(cache, "_FEW", 1.0)
    check = importlib.import_module("sourcebook.check.check")
    original, found = check.patch, list[bool]()

    def noting(*arguments: object) -> object:
        done = original(*arguments)
        found.append(done is not None)
        return done

    monkeypatch.setattr(check, "patch", noting)
    return found


def text(number: int, words: str) -> str:
    return f"id: b{number}\ntitle: Book {number} {words}\nby: a{number % 4}\nwords: [one, {words.split()[0]}]\n"


def contents(path: Path) -> Iterator[tuple[str, bytes]]:
    """The bytes of a file, and of what it packs."""
    data = path.read_bytes()
    yield path.name, data
    if path.suffix == ".gz":
        yield f"{path.name} unpacked", gzip.decompress(data)
    elif path.suffix in (".zip", ".xlsx"):
        with zipfile.ZipFile(path) as archive:
            yield from ((f"{path.name}: {name}", archive.read(name)) for name in archive.namelist())
    elif path.suffix == ".br":
        brotli = pytest.importorskip("brotli")
        yield f"{path.name} unpacked", brotli.decompress(data)
    elif path.suffix == ".parquet":
        parquet = pytest.importorskip("pyarrow.parquet")
        yield f"{path.name} unpacked", repr(parquet.read_table(path).to_pylist()).encode()
    elif path.suffix in (".db", ".sqlite"):
        with closing(sqlite3.connect(path)) as connection:
            tables = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
            for name in tables:
                rows = connection.execute(f'SELECT * FROM "{name}"').fetchall()
                yield f"{path.name}: {name}", repr(rows).encode()


def where(folder: Path, word: str) -> list[str]:
    """Where a word is in files below a folder."""
    return [
        f"{path.relative_to(folder)} ({name})"
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not path.is_symlink()
        for name, data in contents(path)
        if word.encode() in data
    ]


@pytest.mark.slow
@pytest.mark.usefixtures("sqlite_built")
def test_what_was_retracted_is_in_no_file_of_the_release(tmp_path: Path, patched: list[bool]) -> None:
    folder = shelf(tmp_path / "shelf")
    chance = random.Random(14)
    for number in range(BOOKS):
        write(folder, f"books/b{number}", text(number, "word " * chance.randrange(1, 60)))
    everything = [name for name in FORMATS if FORMATS[name].is_there]
    sourcebook.build(folder, formats=everything)
    for turn in range(6):
        number = chance.randrange(BOOKS)
        word = f"{CANARY}{turn}q"
        write(folder, f"books/b{number}", text(number, f"{word} " + "filler " * chance.randrange(80)))
        told = sourcebook.build(folder, formats=everything).release
        assert told is not None
        found = where(told, word)
        assert any("shelf.db" in one for one in found)
        assert any(".csv" in one for one in found)
        for other in chance.sample(range(BOOKS), 3):
            write(folder, f"books/b{other}", text(other, "word " * chance.randrange(1, 80)))
        write(folder, f"books/b{number}", text(number, "gone"))
        release = sourcebook.build(folder, formats=everything).release
        assert release is not None
        assert where(release, word) == []
        assert where(folder / "build/.cache", word) == []
    assert patched.count(True) >= 8


def test_what_the_last_release_said_is_forgotten_if_that_is_asked(tmp_path: Path) -> None:
    folder = shelf(tmp_path / "shelf")
    write(folder, "books/b1", text(1, CANARY))
    sourcebook.build(folder)
    write(folder, "books/b1", text(1, "gone"))
    sourcebook.build(folder)
    assert where(folder / "build", CANARY) != []  # readers may still be on the release before
    built = sourcebook.build(folder, forget=True)
    assert built.unchanged
    assert where(folder / "build", CANARY) == []
    assert [path.name for path in (folder / "build/releases").iterdir()] == [built.release and built.release.name]


def test_it_is_forgotten_at_once(tmp_path: Path) -> None:
    folder = shelf(tmp_path / "shelf")
    write(folder, "books/b1", text(1, CANARY))
    sourcebook.build(folder)
    write(folder, "books/b1", text(1, "gone"))
    assert sourcebook.build(folder, forget=True).release is not None
    assert where(folder / "build", CANARY) == []


def test_a_build_that_fails_forgets_nothing(tmp_path: Path) -> None:
    folder = shelf(tmp_path / "shelf")
    made = sourcebook.build(folder).release
    write(folder, "books/b1", "id: [\n")
    assert sourcebook.build(folder, forget=True).release is None
    assert made is not None
    assert made.is_dir()
