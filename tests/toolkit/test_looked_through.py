# SPDX-License-Identifier: Apache-2.0
"""What is looked through for what was taken down: what cannot be told of is named, and hides nothing beside it."""

from __future__ import annotations

import csv
import gzip
import io
import json
import os
import shutil
import sqlite3
import zipfile
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

import sourcebook
from sourcebook.book import TAKEN_DOWN, Withdrawn
from sourcebook.cli import main
from sourcebook.edit.carry_out import write
from sourcebook.errors import UsageError
from sourcebook.evidence.fingerprints import fingerprint
from sourcebook.history.keys import adding, read
from sourcebook.machine import system
from sourcebook.sqlite import RECORDS
from sourcebook.withdraw import rebuilding, scanning
from sourcebook.withdraw.known import TakenDown
from sourcebook.withdraw.scanning import Looked, looked_through
from tests.harbour import BOOK as HARBOUR

TEXT = "Some words that were taken down, long ago."
NEEDLE = b"words that were taken"
ENTRY = Withdrawn("claims", "oil-sold", TAKEN_DOWN, "2026-05-05", "Asked for.")
TAKEN = TakenDown((ENTRY,), frozenset({("claims", "oil-sold")}), {fingerprint(TEXT): ENTRY})
"""Of which the words are not known: values are looked at."""


def looked(folder: Path, *needles: bytes) -> Looked:
    return looked_through(folder, TAKEN, needles)


def database(path: Path, *statements: str) -> Path:
    with closing(sqlite3.connect(path)) as connection:
        for one in statements:
            connection.execute(one)
        connection.commit()
    return path


def nested(inner: str) -> str:
    return "[" * 200_000 + inner + "]" * 200_000


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("broken.db", b"SQLite format 3\0" + b"\x07" * 4_000),
        ("none.db", b"no database at all"),
        ("cut.json", b'{"a": '),
        ("bytes.json", b'["\xff\xff\xff\xff"]'),
        ("deep.json", nested("").encode()),
        ("lines.ndjson", b'{"a": 1}\n{"a": \n'),
        ("broken.parquet", b"PAR1 and no more"),
        ("broken.zip", b"PK\x03\x04 and no more"),
        ("cut.gz", gzip.compress(b"x" * 9_000, mtime=0)[:-9]),
    ],
)
def test_what_cannot_be_looked_into_is_named_once(tmp_path: Path, name: str, content: bytes) -> None:
    (tmp_path / name).write_bytes(content)
    (tmp_path / "whole.json").write_text(json.dumps([TEXT]), "utf-8")
    found = looked(tmp_path, NEEDLE.upper())
    assert found.unread == (name,)
    assert [one.path for one in found.found] == ["whole.json"]


def test_what_has_gone_meanwhile_is_not_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scanning, "_all", lambda *_: iter(["gone.json"]))
    assert looked(tmp_path).unread == ()


@pytest.mark.skipif(system.user() == 0 or os.name == "nt", reason="who may read everything")
def test_what_may_not_be_read_is_named(tmp_path: Path) -> None:
    (tmp_path / "mine.json").touch(0o000)
    assert looked(tmp_path).unread == ("mine.json",)


@pytest.mark.parametrize(
    "text",
    [
        json.dumps([TEXT]),
        json.dumps({"a": {"b": [TEXT]}}),
        json.dumps({"a": "one\u2028two\x85"}, ensure_ascii=False) + "\n" + json.dumps([TEXT]) + "\r\n",
        json.dumps([int("9" * 4_000), TEXT]).replace("9" * 4_000, "9" * 9_000),
    ],
)
def test_json_of_every_making_is_read(tmp_path: Path, text: str) -> None:
    for encoding in ("utf-8", "utf-8-sig", "utf-16"):
        (tmp_path / "some.json").write_text(text, encoding, newline="")
        found = looked(tmp_path)
        assert ([one.what for one in found.found], found.unread) == (["words"], ())


def test_one_table_hides_no_other(tmp_path: Path) -> None:
    """Texts that are no UTF-8, a table of another making, and one of a module that is not here."""
    made = database(
        tmp_path / "odd.db",
        "CREATE TABLE a (text)",
        "INSERT INTO a VALUES (CAST(x'ff41' AS TEXT))",
        f"CREATE TABLE {RECORDS} (one)",
        f"INSERT INTO {RECORDS} VALUES (1)",
        "CREATE TABLE z (text)",
    )
    with closing(sqlite3.connect(made)) as connection:
        connection.execute("PRAGMA writable_schema = on")
        virtual = ("table", "v", "v", 0, "CREATE VIRTUAL TABLE v USING nowhere(a)")
        connection.execute("INSERT INTO sqlite_schema VALUES (?, ?, ?, ?, ?)", virtual)
        connection.commit()
    found = looked(tmp_path)
    assert (found.found, found.unread) == ((), ("odd.db",))  # for its records alone
    database(made, "INSERT INTO z VALUES ('" + TEXT + "')", f"DROP TABLE {RECORDS}")
    found = looked(tmp_path)
    assert ([one.what for one in found.found], found.unread) == (["words, as a value"], ())
    database(made, "DELETE FROM z", "INSERT INTO z VALUES ('[sic] no JSON, and no more than a text')")
    assert looked(tmp_path) == Looked((), 1, made.stat().st_size, ())
    database(made, "INSERT INTO z VALUES ('" + nested("") + "')")
    assert looked(tmp_path).unread == ("odd.db",)


def test_a_damaged_page_of_a_database_is_named(tmp_path: Path) -> None:
    rows = [f"INSERT INTO a VALUES ('{number} {'x' * 900}')" for number in range(40)]
    made = database(tmp_path / "some.db", "PRAGMA page_size = 1024", "CREATE TABLE a (text)", *rows)
    data = bytearray(made.read_bytes())
    data[20 * 1024 : 22 * 1024] = b"\xff" * 2048
    made.write_bytes(data)
    assert looked(tmp_path).unread == ("some.db",)


def test_words_in_several_short_pieces_are_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "some.txt").write_bytes(b"before " + NEEDLE + b" after")
    for size in range(1, 12):
        monkeypatch.setattr(scanning, "_CHUNK", size)
        assert [one.what for one in looked(tmp_path, NEEDLE).found] == ["words"]


def test_what_an_archive_has_beside_what_cannot_be_unpacked_is_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "some.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("first", b"\x1f\x8b and nothing that is packed")
        archive.writestr("second.gz", gzip.compress(b"nothing", mtime=0)[:-4])
        archive.writestr("third.gz", gzip.compress(NEEDLE, mtime=0))
    found = looked(tmp_path, NEEDLE)
    assert [one.what for one in found.found] == ["words, in third.gz"]
    assert found.unread == ("some.zip",)
    monkeypatch.setattr(scanning, "_MOST", path.stat().st_size - 1)
    assert looked(tmp_path, NEEDLE).unread == ("some.zip",)  # too large to be looked into


KEYS = ("one\u2028two", "x\x85y", "a\r\nb", "a\rb", "a\nb", 'say "oh"', "oil-sold")


def test_keys_of_a_version_stay_as_they_are_whatever_lines_they_have(tmp_path: Path) -> None:
    old, new = tmp_path / "old", tmp_path / "new"
    rows = [["collection", "key", "since", "until", "how"], *(["claims", key, "1.0.0", "", ""] for key in KEYS)]
    for folder in (old, new):
        folder.mkdir()
        text = io.StringIO()
        add = adding(text)
        for row in rows:
            add(row)
        (folder / rebuilding.KEYS).write_text(text.getvalue(), "utf-8", newline="")
    rebuilding._with_keys(old, new, [ENTRY])
    made = (new / rebuilding.KEYS).read_bytes()
    rows[-1][3:] = [ENTRY.on, ENTRY.how]
    assert list(csv.reader(io.StringIO(made.decode(), newline=""), strict=True)) == rows
    assert {key for _, key in read(made)} == {*KEYS}


def test_a_sweep_is_not_done_as_long_as_something_cannot_be_looked_into(tmp_path: Path) -> None:
    book = shutil.copytree(HARBOUR, tmp_path / "harbour")
    assert sourcebook.build(book).release
    log = {"requested_by": "person concerned"}
    write(sourcebook.takedown(book, "claims", "lamp-unlit", reason="Asked for.", on="2026-05-05", values=log))
    damaged = book / "build/aside/damaged.zip"
    damaged.parent.mkdir()
    damaged.write_bytes(b"PK\x03\x04 and no more")

    def run(*words: str) -> Result:
        return CliRunner().invoke(main, [words[0], "--book", str(book), *words[1:]])

    first = run("build")
    assert first.exit_code == 1
    assert "build/aside/damaged.zip could not be looked into" in first.output
    assert "is swept out" not in first.output
    assert sourcebook.pending(book)
    with pytest.raises(UsageError, match="not swept out"):
        sourcebook.freeze(book, tmp_path / "site")
    checked = run("takedown", "--check")
    assert checked.exit_code == 1
    assert "not in any of them, as far as they could be looked into (1 could not)" in checked.output
    damaged.unlink()
    second = run("build")
    assert second.exit_code == 0
    assert "what was taken down is swept out of build/:" in second.output
    assert sourcebook.pending(book) == ()
    assert run("takedown", "--check").exit_code == 0
