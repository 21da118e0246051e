# SPDX-License-Identifier: Apache-2.0
"""A folder of a repository that looks like a repository itself, with settings by which git would run a program."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

import sourcebook
from sourcebook.publish.commit import Commit
from tests.served import BOOKS

_GIT = ("git", "-c", "user.name=Wick Trimmer", "-c", "user.email=wick@desk.example")


@pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")
def test_a_book_that_looks_like_a_bare_repository_runs_nothing(tmp_path: Path) -> None:
    book, canary = tmp_path / "whole" / "orchard", tmp_path / "canary"
    shutil.copytree(BOOKS / "orchard", book)
    subprocess.run([*_GIT, "init", "-q", str(book.parent)], check=True)
    for folder in ("objects", "refs"):
        (book / folder).mkdir()
    (book / "HEAD").write_text("ref: refs/heads/main\n")
    settings = ("repositoryformatversion = 0", "bare = false", "worktree = ..", f'fsmonitor = "touch {canary}; false"')
    (book / "config").write_text("\n".join(["[core]", *settings, ""]))
    plainly = subprocess.run(["git", "-C", str(book), "status"], capture_output=True, check=False)
    assert canary.exists(), plainly  # git by itself is taken in: else this would show nothing
    canary.unlink()
    with Commit(book) as commit:
        commit.answer()
    sourcebook.build(book, formats=())
    assert not canary.exists()


@pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")
@pytest.mark.parametrize("name", ["oil", "a=b.c", "lfs"])
@pytest.mark.parametrize("setting", ["clean", "process"])
def test_no_filter_of_a_repository_is_run(tmp_path: Path, name: str, setting: str) -> None:
    book, canary = tmp_path / "orchard", tmp_path / "canary"
    shutil.copytree(BOOKS / "orchard", book)
    (book / ".gitattributes").write_text(f"* filter={name}\n")
    subprocess.run([*_GIT, "init", "-q", str(book)], check=True)
    for command in (["add", "-A"], ["commit", "-qm", "all"]):
        subprocess.run([*_GIT, "-C", str(book), *command], check=True)
    with (book / ".git" / "config").open("a") as settings:
        settings.write(f'[filter "{name}"]\n\t{setting} = "touch {canary}; cat"\n\trequired = true\n')
    for path in book.rglob("*.yaml"):
        # As long as before, and of another time: else git sees the change by itself, and asks no filter.
        path.write_bytes(path.read_bytes()[:-1] + b" ")
        os.utime(path, (946684800, 946684800))
    with Commit(book) as commit:
        assert commit.answer()["changed"] is True
    assert not canary.exists()
    subprocess.run(["git", "-C", str(book), "status"], capture_output=True, check=False)
    assert canary.exists()  # git by itself is taken in: else this would show nothing


@pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")
def test_nothing_that_a_repository_lacks_is_fetched(tmp_path: Path) -> None:
    book, canary = tmp_path / "orchard", tmp_path / "canary"
    shutil.copytree(BOOKS / "orchard", book)
    subprocess.run([*_GIT, "init", "-q", str(book)], check=True)
    for command in (["add", "-A"], ["commit", "-qm", "all"]):
        subprocess.run([*_GIT, "-C", str(book), *command], check=True)
    shutil.rmtree(book / ".git" / "objects")
    (book / ".git" / "objects").mkdir()
    with (book / ".git" / "config").open("a") as settings:
        settings.write('[core]\n\trepositoryformatversion = 1\n[extensions]\n\tpartialClone = far\n[remote "far"]\n')
        settings.write(f'\turl = "ext::sh -c touch% {canary}"\n\tpromisor = true\n[protocol "ext"]\n\tallow = always\n')
    subprocess.run(["git", "-C", str(book), "log", "-1"], capture_output=True, check=False)
    assert canary.exists()  # git by itself is taken in: else this would show nothing
    canary.unlink()
    with Commit(book) as commit:
        assert commit.answer() == {}
    assert not canary.exists()
