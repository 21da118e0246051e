# SPDX-License-Identifier: Apache-2.0
"""Files that a book must not follow, open or list raw."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

import sourcebook
from sourcebook.files import matcher

Copy = Callable[[str], Path]


def test_a_link_out_of_the_book_is_not_followed(book: Copy, tmp_path: Path) -> None:
    folder = book("orchard")
    secret = tmp_path / "secret.yaml"
    secret.write_text("name: not for readers\n")
    (folder / "data/growers/linked.yaml").symlink_to(secret)
    findings = sourcebook.check(folder).findings
    assert [(f.path, f.rule) for f in findings if f.level == "error"] == [("data/growers/linked.yaml", "file-kind")]
    assert "not for readers" not in "".join(map(str, findings))


@pytest.mark.parametrize("place", ["data/growers/.#alder-farm.yaml", "schemas/.#grower.schema.json"])
def test_the_lock_of_an_editor_is_no_file_of_the_book(book: Copy, place: str) -> None:
    folder = book("orchard")
    before = sourcebook.check(folder)
    (folder / place).symlink_to("somebody@a-machine.1234:1796169600")  # as Emacs leaves it while a file is edited
    assert sourcebook.check(folder).findings == before.findings
    assert sourcebook.build(folder).release is not None
    (folder / place).unlink()
    (folder / place).write_text("somebody@a-machine.1234")  # where the system has no links
    assert sourcebook.check(folder).findings == before.findings


def test_a_linked_folder_is_not_entered(book: Copy, tmp_path: Path) -> None:
    folder = book("orchard")
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere/x.yaml").write_text("name: X\n")
    (folder / "data/growers/more").symlink_to(tmp_path / "elsewhere")
    assert {f.rule for f in sourcebook.check(folder).findings} == {"file-kind", "unquoted-number"}


def test_a_pipe_does_not_hang(book: Copy) -> None:
    folder = book("orchard")
    os.mkfifo(folder / "data/growers/pipe.yaml")
    assert [f.rule for f in sourcebook.check(folder).findings if f.level == "error"] == ["file-kind"]


def test_a_folder_named_like_a_record_is_a_folder(book: Copy) -> None:
    folder = book("orchard")
    (folder / "data/growers/grower.yaml").mkdir()
    assert sourcebook.check(folder).ok


@pytest.mark.parametrize("name", ["line\nbreak.yaml", "colour\x1b[31m.yaml", "over\u202eride.yaml"])
def test_a_name_that_would_break_a_listing_is_told_harmlessly(book: Copy, name: str) -> None:
    folder = book("orchard")
    (folder / "data/growers" / name).write_text("name: X\n")
    (finding,) = [f for f in sourcebook.check(folder).findings if f.level == "error"]
    assert finding.rule == "file-name"
    assert str(finding).isprintable()


def test_a_name_that_is_not_utf8_is_told(book: Copy) -> None:
    folder = book("orchard")
    with open(os.fsencode(folder) + b"/data/growers/\xff.yaml", "wb") as file:
        file.write(b"name: X\n")
    (finding,) = [f for f in sourcebook.check(folder).findings if f.level == "error"]
    assert (finding.rule, finding.path) == ("file-name", "data/growers/\\xff.yaml")


@pytest.mark.parametrize(
    ("pattern", "path", "matches"),
    [
        ("data/*.yaml", "data/a.yaml", True),
        ("data/*.yaml", "data/.a.yaml", True),
        ("data/*.yaml", "data/b/a.yaml", False),
        ("data/**/*.yaml", "data/a.yaml", True),
        ("data/**/*.yaml", "data/b/c/a.yaml", True),
        ("data/**", "data/b/c", True),
        ("data/[ab].yaml", "data/a.yaml", True),
        ("data/[!ab].yaml", "data/a.yaml", False),
        ("data/a?.yaml", "data/a/.yaml", False),
        ("data/a+b.yaml", "data/aab.yaml", False),
        ("data/*.yaml", "data/a\n.yaml", True),
    ],
)
def test_patterns(pattern: str, path: str, matches: bool) -> None:
    assert bool(matcher([pattern]).fullmatch(path)) is matches
