# SPDX-License-Identifier: Apache-2.0
"""Kept versions go along, and what was taken down is in no byte of a target or a follower once that is pushed."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

import sourcebook
from sourcebook.channel.following import follow
from sourcebook.errors import EnvironmentFailure, UsageError
from sourcebook.files import all_files
from sourcebook.publish import release, versions
from sourcebook.publish.versions import kept
from tests.channel.books import contents, current
from tests.toolkit.test_takedown import PIECES, Book, publish

pytestmark = [pytest.mark.slow, pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")]


def _with_words(folder: Path) -> list[str]:
    """The files below a folder that hold a piece of what was said; databases and JSON are not packed here."""
    pieces = [piece.encode() for piece in PIECES]
    files = (name for name in all_files(folder) if not name.endswith((".gz", ".zip")))
    return [name for name in files if any(piece in (folder / name).read_bytes() for piece in pieces)]


def test_from_publication_to_takedown(tmp_path: Path) -> None:
    book = Book(tmp_path / "book")
    book.released("1.1.0")
    publish(book)
    target, build = tmp_path / "target", tmp_path / "there" / "build"
    sourcebook.push(book.folder, str(target))
    first = build / "releases" / follow(str(target), build).release
    ours = book.folder / "build"
    assert [one.version for one in kept(build)] == ["1.2.0", "1.1.0"]
    for one, other in zip(kept(ours), kept(build), strict=True):
        assert contents(one.folder) == contents(other.folder)
        versions.check_own(build, other)
        assert versions.wrong_in(other) == []
    assert (build / "versions/releases.json").read_bytes() == (ours / "versions/releases.json").read_bytes()
    assert _with_words(target)
    assert _with_words(build)

    log = ("--set", "requested_by=person concerned", "--on", "2026-05-05", "--with-answers")
    taken = book.run("takedown", "claims/oil-sold", "--reason", "Asked for.", *log, "--yes")
    assert taken.exit_code == 0, taken.output
    book.committed()
    with pytest.raises(UsageError, match="not swept out of build"):
        sourcebook.push(book.folder, str(target))
    with pytest.raises(UsageError, match="not swept out of build"):
        sourcebook.freeze(book.folder, tmp_path / "site")
    built = book.run("build")  # which sweeps
    assert built.exit_code == 0, built.output
    assert _with_words(ours) == []
    assert _with_words(target)
    sourcebook.push(book.folder, str(target))
    assert _with_words(target) == []
    reading = release.showing(first)
    try:
        follow(str(target), build)
        assert not first.exists(), "it goes with readers on it"
    finally:
        os.close(reading)
    assert _with_words(build) == []
    assert contents(current(build)) == contents(current(ours))
    for one, other in zip(kept(ours), kept(build), strict=True):
        assert contents(one.folder) == contents(other.folder)
    assert not follow(str(target), build).changed
    shutil.rmtree(ours / "versions" / "1.1.0")
    versions.write_index(ours)
    assert sourcebook.push(book.folder, str(target)).stayed == ("1.1.0",)
    assert [one.version for one in kept(build)] == ["1.2.0", "1.1.0"]
    sourcebook.push(book.folder, str(target), drop_versions=True)
    assert follow(str(target), build).dropped == ("1.1.0",)
    assert [one.version for one in kept(build)] == ["1.2.0"]


def test_a_version_that_is_damaged_is_neither_pushed_nor_taken(tmp_path: Path) -> None:
    book = Book(tmp_path / "book")
    book.released("1.1.0")
    target, build = str(tmp_path / "target"), tmp_path / "there" / "build"
    sourcebook.push(book.folder, target)
    follow(target, build)
    version = book.folder / "build/versions/1.1.0"
    path = version / "datapackage.json"
    held = path.read_bytes()
    path.unlink()
    path.write_bytes(held + b" ")
    with pytest.raises(EnvironmentFailure, match="not as it was kept"):
        sourcebook.push(book.folder, target)
