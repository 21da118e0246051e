# SPDX-License-Identifier: Apache-2.0
"""Histories that are odd or made to harm: nothing crashes, nothing hangs, and what could not be read is counted."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

import sourcebook
from sourcebook.edit.past import repository_of
from sourcebook.history import releases
from sourcebook.history.objects import Objects
from tests.toolkit.histories import WHO, Quay, Told, git

pytestmark = [pytest.mark.slow, pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")]


def two(root: Path, descriptor: str = "") -> Quay:
    """A book of two people, committed."""
    book = Quay(root, descriptor)
    book.records = {"rosa": {"name": "Rosa"}, "ben": {"name": "Ben"}}
    book.commit()
    return book


def also(book: Quay, message: str = "Something else") -> None:
    """Commit whatever lies there."""
    book.days += 1
    git(book.root, "add", "--all")
    git(book.root, "commit", "-q", "-m", message, at=book.days)


def test_a_descriptor_that_cannot_be_read_is_taken_to_be_as_before(tmp_path: Path) -> None:
    book = two(tmp_path)
    (tmp_path / "datapackage.yaml").write_text("name: [quay\n")
    (tmp_path / "data/people/ben.yaml").write_text("{id: ben, name: Benny}\n")
    also(book)
    book.records["ben"]["name"] = "Benny"
    book.commit()
    told = Told(tmp_path)
    assert told.kinds()[2:] == [(2, "changed", "ben", "name")]
    assert "1 unverifiable (versions of the descriptor" in told.line()


@pytest.mark.parametrize("data", ["{id: ben, name: [}\n", "<<<<<<< HEAD\nid: ben\n", "id: ben\nid: ben\n", "\0"])
def test_a_file_that_cannot_be_read_is_taken_to_be_as_before(tmp_path: Path, data: str) -> None:
    book = two(tmp_path)
    (tmp_path / "data/people/ben.yaml").write_text(data)
    also(book)
    book.records["rosa"]["name"] = "Rosa Diaz"
    book.records["ben"]["name"] = "Benny"
    book.commit()
    told = Told(tmp_path)
    assert told.kinds()[2:] == [(2, "changed", "ben", "name"), (2, "changed", "rosa", "name")]
    assert "1 unverifiable (versions of files that cannot be read" in told.line()


def test_links_modules_and_names_that_are_none_are_not_followed(tmp_path: Path) -> None:
    book = two(tmp_path)
    (tmp_path / "data/people/link.yaml").symlink_to("/etc/passwd")
    oid = git(tmp_path, "rev-parse", "HEAD")
    (tmp_path / "data/people/new\nline.yaml").write_text("{id: odd}\n")
    git(tmp_path, "add", "data")
    git(tmp_path, "update-index", "--add", "--cacheinfo", f"160000,{oid},data/people/module.yaml")
    git(tmp_path, "commit", "-q", "-m", "Odd", at=9)
    book.days = 10
    book.records["rosa"]["name"] = "Rosa Diaz"
    book.commit()
    told = Told(tmp_path)
    assert told.kinds()[2:] == [(2, "changed", "rosa", "name")]
    assert "3 unverifiable" in told.line()


def test_names_of_tags_that_have_ends_of_lines_are_names(tmp_path: Path) -> None:
    two(tmp_path)
    for name in ("v1.0.0\u2028x", "a\x85b", "v1.0.0"):
        git(tmp_path, "tag", name)
    repository = repository_of(tmp_path)
    assert repository is not None
    assert releases._tags(repository) == {"1.0.0": git(tmp_path, "rev-parse", "HEAD")}


def test_a_file_that_is_too_large_is_not_read(tmp_path: Path) -> None:
    book = two(tmp_path, "sourcebook: {limits: {bytes: 4000}}\n")
    (tmp_path / "data/people/ben.yaml").write_text("{id: ben, name: Ben}\n# " + "x" * 5000)
    also(book)
    book.records["ben"]["name"] = "Benny"
    book.commit()
    told = Told(tmp_path)
    assert told.kinds()[2:] == [(2, "changed", "ben", "name")]
    assert "1 unverifiable" in told.line()


def test_what_replaces_and_grafts_commits_in_one_clone_is_not_looked_at(tmp_path: Path) -> None:
    book = two(tmp_path)
    book.records["rosa"]["name"] = "Rosa Diaz"
    book.commit()
    book.records["rosa"]["name"] = "Rosa Diaz-Quay"
    book.commit()
    before = Told(tmp_path)
    git(tmp_path, "replace", "--graft", book.commits[2])
    assert git(tmp_path, "rev-list", "--count", "HEAD") == "1"
    after = Told(tmp_path)
    assert (after.versions, after.changes) == (before.versions, before.changes)
    git(tmp_path, "replace", "-d", book.commits[2])
    (tmp_path / ".git/info/grafts").write_text(f"{book.commits[2]}\n")
    assert Told(tmp_path).changes == before.changes


def test_no_program_that_a_repository_names_is_run(tmp_path: Path) -> None:
    book = two(tmp_path / "book")
    mark = tmp_path / "ran"
    program = f"touch {mark}; cat"
    for setting in ("filter.evil.clean", "filter.evil.smudge", "diff.evil.textconv", "diff.external", "core.fsmonitor"):
        git(book.root, "config", setting, program)
    (book.root / ".gitattributes").write_text("*.yaml filter=evil diff=evil\n")
    for path in book.root.rglob("*.yaml"):
        os.utime(path, (1, 1))
    mark.unlink(missing_ok=True)
    Told(book.root)
    sourcebook.blame(book.root, "people", "rosa")
    assert not mark.exists()


@pytest.mark.parametrize(
    "setting",
    [
        ("log.showRoot", "false"),
        ("diff.renames", "copies"),
        ("diff.relative", "true"),
        ("core.quotePath", "false"),
        ("log.showSignature", "true"),
        ("core.abbrev", "4"),
        ("log.follow", "true"),
        ("diff.noprefix", "true"),
        ("color.ui", "always"),
        ("diff.orderFile", "order"),
        ("log.diffMerges", "combined"),
        ("format.pretty", "oneline"),
    ],
)
def test_settings_of_a_repository_change_nothing(tmp_path: Path, setting: tuple[str, str]) -> None:
    book = two(tmp_path)
    book.records["rosa"]["name"] = "Rosa Diaz"
    book.commit()
    before = Told(tmp_path)
    git(tmp_path, "config", *setting)
    after = Told(tmp_path)
    assert (after.versions, after.changes) == (before.versions, before.changes)
    assert len(before.changes) == 3


def test_a_book_in_a_folder_of_a_repository_knows_its_own_files_alone(tmp_path: Path) -> None:
    git(tmp_path, "init", "-q")
    book = Quay(tmp_path / "books/quay")
    shutil.rmtree(book.root / ".git")
    book.records = {"rosa": {"name": "Rosa"}}
    book.commit()
    (tmp_path / "data").mkdir()
    (tmp_path / "data/other.yaml").write_text("{id: x}\n")
    git(tmp_path, "add", "--all")
    git(tmp_path, "commit", "-q", "-m", "Beside", at=5)
    book.days = 6
    book.records["rosa"]["name"] = "Rosa Diaz"
    book.commit()
    told = Told(book.root)
    assert [version[1] for version in told.versions] == book.commits
    assert sourcebook.blame(book.root, "people", "rosa", "name").properties[0].values[0].commit == book.commits[1]


def test_a_repository_without_commits_and_a_damaged_one(tmp_path: Path) -> None:
    book = two(tmp_path / "book")
    book.records["rosa"]["name"] = "Rosa Diaz"
    book.commit()
    blob = git(book.root, "rev-parse", f"{book.commits[0]}:data/people/rosa.yaml")
    (book.root / f".git/objects/{blob[:2]}/{blob[2:]}").unlink()
    told = Told(book.root)
    assert not told.is_there
    assert "unverifiable (git does not have all versions" in told.line()
    fresh = Quay(tmp_path / "fresh")
    fresh.records = {"rosa": {"name": "Rosa"}}
    fresh.write()
    assert not Told(fresh.root).is_there


def test_a_partial_clone_fetches_nothing(tmp_path: Path) -> None:
    book = two(tmp_path / "book")
    book.records["rosa"]["name"] = "Rosa Diaz"
    book.commit()
    git(book.root, "config", "uploadpack.allowFilter", "true")
    git(tmp_path, "clone", "-q", "--filter=blob:none", f"file://{book.root}", "clone")
    told = Told(tmp_path / "clone")
    assert not told.is_there
    assert "the clone is a partial one" in told.line()


def test_thousands_of_commits_take_as_few_processes_as_two(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[str, ...]] = []
    real = subprocess.Popen

    def counted(command: Any, *arguments: Any, **more: Any) -> Any:
        asked.append(tuple(map(str, command)))
        return real(command, *arguments, **more)

    read: Counter[str] = Counter()
    contents = Objects.contents

    def reading(self: Objects, names: Any, limit: int) -> Any:
        some = list(names)
        read.update(some)
        return contents(self, some, limit)

    monkeypatch.setattr("sourcebook.git.subprocess.Popen", counted)
    monkeypatch.setattr(Objects, "contents", reading)
    book = two(tmp_path / "book")
    book.records["rosa"]["name"] = "Rosa 0"
    book.commit()
    kept = tmp_path / "kept"
    kept.mkdir()
    Told(book.root)
    few = len(asked)
    lines = ["feature done"]
    for number in range(2_000):
        text = f'{{"id": "rosa", "name": "Rosa {number + 1}"}}\n'
        lines += [
            "commit refs/heads/main",
            f"committer A Test <test@example.org> {1_700_200_000 + number} +0000",
            "data 1\nx",
            *(["from refs/heads/main^0"] if number == 0 else []),
            f"M 100644 inline data/people/rosa.yaml\ndata {len(text)}\n{text}",
        ]
    command = ["git", "-C", str(book.root), *WHO, "fast-import", "--quiet", "--done"]
    subprocess.run(command, input="\n".join([*lines, "done", ""]).encode(), check=True, capture_output=True)
    git(book.root, "reset", "-q", "--hard")
    asked.clear()
    read.clear()
    told = Told(book.root, kept)
    assert len(told.versions) == 2_002
    assert len([one for one in asked if one[0] == "git"]) <= few
    assert max(read.values()) <= 2  # as the later, and as the earlier one, where it was not remembered
    asked.clear()
    read.clear()
    book.records["rosa"]["name"] = "At last"
    book.commit()
    again = Told(book.root, kept)
    assert len(again.versions) == 2_003
    assert len(read) <= 4  # the descriptor and the schema, and one file as it was; what is built is not read again
    assert len([one for one in asked if one[0] == "git" and "cat-file" in one]) == 2
    assert again.changes == Told(book.root).changes
