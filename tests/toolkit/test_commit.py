# SPDX-License-Identifier: Apache-2.0
"""The commit that a release says it was built from, also where nothing but the commit has changed."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import pytest

import sourcebook
from tests.served import BOOKS

pytestmark = pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")


def git(folder: Path, *arguments: str) -> str:
    who = ["-c", "user.name=A Test", "-c", "user.email=test@example.org", "-c", "commit.gpgsign=false"]
    done = subprocess.run(["git", "-C", folder, *who, *arguments], check=True, capture_output=True, text=True)
    return done.stdout.strip()


def source(folder: Path) -> dict[str, object]:
    found: dict[str, object] = json.loads((folder / "build/report.json").read_text("utf-8"))["source"]
    return found


def test_a_release_says_which_commit_it_was_built_from(tmp_path: Path) -> None:
    folder = shutil.copytree(BOOKS / "orchard", tmp_path / "orchard")
    assert sourcebook.build(folder).release
    assert source(folder) == {}
    git(folder, "init", "--quiet")
    git(folder, "add", ".")
    git(folder, "commit", "--quiet", "--message", "The book")
    built = sourcebook.build(folder)
    assert not built.unchanged
    assert (source(folder)["commit"], source(folder)["changed"]) == (git(folder, "rev-parse", "HEAD"), False)
    again = sourcebook.build(folder)
    assert (again.unchanged, again.release) == (True, built.release)
    (folder / "notes.txt").write_text("Not in git.\n", encoding="utf-8")
    sourcebook.build(folder)
    assert source(folder)["changed"] is True
