# SPDX-License-Identifier: Apache-2.0
"""The workflow of a new book tells what a pull request changes, where people look and where nothing can be harmed."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

import sourcebook

pytestmark = [pytest.mark.slow, pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")]


def git(folder: Path, *arguments: str) -> None:
    who = ["-c", "user.name=A Test", "-c", "user.email=test@example.org", "-c", "commit.gpgsign=false"]
    subprocess.run(["git", "-C", folder, *who, *arguments], check=True, capture_output=True)


def commit(folder: Path) -> None:
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--message", "A state of the book")


def test_a_pull_request_is_told_on_its_run_and_as_a_file(tmp_path: Path) -> None:
    origin = sourcebook.init(tmp_path / "book").folder
    workflow = yaml.safe_load((origin / ".github/workflows/sourcebook.yml").read_text("utf-8"))
    (job,) = workflow["jobs"].values()
    steps: list[dict[str, Any]] = job["steps"]
    (told,) = [step for step in steps if "sourcebook diff" in step.get("run", "")]
    (kept,) = [step for step in steps if step.get("uses", "").startswith("actions/upload-artifact@")]
    assert kept["with"]["path"] == "changes.md"
    for step in (told, kept):
        assert "github.event_name == 'pull_request'" in step["if"]
        assert "!cancelled()" in step["if"], "a book with mistakes is told of all the more"
    assert "${{" not in told["run"], "nothing that a stranger names stands in a script"

    git(origin, "init", "--quiet", "--initial-branch=main")
    commit(origin)
    git(origin, "switch", "--quiet", "--create", "proposal")
    (origin / "data/lighthouses/gull-rock.yaml").write_text("name: Gull @everyone\nlit: 1871-10-02\n", "utf-8")
    commit(origin)
    git(origin, "switch", "--quiet", "main")
    (origin / "data/lighthouses/other.yaml").write_text("name: Other\n", "utf-8")
    commit(origin)
    git(origin, "merge", "--quiet", "--no-edit", "proposal")

    (checkout,) = [step["with"] for step in steps if step.get("uses", "").startswith("actions/checkout@")]
    assert checkout["fetch-depth"] == 0  # else what a merge undoes would be unverifiable
    git(tmp_path, "clone", "--quiet", origin.as_uri(), "checkout")
    programs = tmp_path / "bin"
    programs.mkdir()
    (programs / "sourcebook").write_text(f'#!/bin/sh\nexec {sys.executable} -m sourcebook.cli "$@"\n', "utf-8")
    (programs / "sourcebook").chmod(0o755)
    summary = tmp_path / "summary.md"
    environment = {
        **os.environ,
        "PATH": f"{programs}{os.pathsep}{os.environ['PATH']}",
        "GITHUB_STEP_SUMMARY": str(summary),
    }
    run = ["bash", "-e", "-o", "pipefail", "-c", told["run"]]
    subprocess.run(run, cwd=tmp_path / "checkout", check=True, env=environment)
    page = summary.read_text("utf-8")
    assert page == (tmp_path / "checkout/changes.md").read_text("utf-8")
    assert "`gull-rock`" in page
    assert "`Gull @everyone`" in page
    assert "other" not in page, "what the branch has in the meantime is no change of the pull request"
