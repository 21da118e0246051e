# SPDX-License-Identifier: Apache-2.0
"""A folder of a repository that looks like a repository itself, with settings by which git would run a program."""

from __future__ import annotations

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
