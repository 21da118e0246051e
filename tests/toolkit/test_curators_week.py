# SPDX-License-Identifier: Apache-2.0
"""The week that ``docs/curating.md`` teaches, as it stands there: every command of it, on a copy of its book.

No tool is used but ``sourcebook`` and ``git``. What a person does in a spreadsheet program stands in the page as a
comment, ``<!-- cells FILE: SHEET!CELL = VALUE; … -->``; what one edits by hand as a ``diff``. Below a command stand
lines of what it prints, ``…`` for any that are left out; ``# refused`` says that it ends with 1 and writes nothing.
"""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from openpyxl import load_workbook

from tests.conftest import ROOT

PAGE = ROOT / "docs/curating.md"
WEEK = PAGE.read_text("utf-8").split("## A curator's week\n")[1].split("\n## ")[0]


class Step(NamedTuple):
    """One step: a ``command`` with what it prints, a ``diff`` that a person makes, or ``cells`` that one changes."""

    kind: str
    text: str
    shown: tuple[str, ...] = ()


def steps() -> Iterator[Step]:
    for fence, language, body, comment in re.findall(
        r"^(```)(\w+)\n(.*?)^```$|^<!-- cells (.*?) -->$", WEEK, re.MULTILINE | re.DOTALL
    ):
        if comment:
            yield Step("cells", comment)
        elif fence and language == "diff":
            yield Step("diff", body)
        elif language == "sh":
            for one in re.split(r"^\$ ", body, flags=re.MULTILINE)[1:]:
                command, *shown = re.sub(r"\\\n\s*", "", one).splitlines()
                yield Step("command", command, tuple(shown))


STEPS = list(steps())


def test_no_tool_is_used_but_these_two() -> None:
    commands = [shlex.split(step.text)[0] for step in STEPS if step.kind == "command"]
    assert set(commands) == {"sourcebook", "git"}
    assert len(commands) > 25


@pytest.mark.slow
def test_the_week_goes_as_the_page_says(tmp_path: Path) -> None:
    book = tmp_path / "library"
    shutil.copytree(ROOT / "examples/library", book, ignore=shutil.ignore_patterns("build"))
    for step in STEPS:
        match step.kind:
            case "command":
                _command(step, book)
            case "diff":
                subprocess.run(["git", "apply", "-"], cwd=book, input=step.text, text=True, check=True)
            case "cells":
                _cells(step.text, book)
    left = _run(["git", "status", "--porcelain"], book)
    assert left.stdout == "", "the week ends with everything committed"


def _command(step: Step, book: Path) -> None:
    words = shlex.split(step.text, comments=True)
    refused = step.text.rstrip().endswith("# refused")
    before = _contents(book) if refused else {}
    done = _run(words, book)
    told = done.stdout + done.stderr
    assert done.returncode == (1 if refused else 0), f"$ {step.text}\n{told}"
    if refused:
        assert _contents(book) == before
    at = 0
    for line in step.shown:
        if line.strip() in ("", "…"):
            continue
        found = told.find(line.rstrip(" …") if line.endswith(" …") else f"{line}\n", at)
        assert found >= 0, f"$ {step.text}\ndoes not print {line!r} there; it prints\n{told}"
        at = found + 1


def _run(words: list[str], book: Path) -> subprocess.CompletedProcess[str]:
    person = {
        f"GIT_{who}_{what}": f"curator{'@example.org' * (what == 'EMAIL')}"
        for who in ("AUTHOR", "COMMITTER")
        for what in ("NAME", "EMAIL")
    }
    env = {
        **os.environ,
        **person,
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        "HOME": str(book.parent),
        "GIT_CONFIG_NOSYSTEM": "1",
        "COLUMNS": "120",
    }
    return subprocess.run(
        words, cwd=book, env=env, capture_output=True, text=True, stdin=subprocess.DEVNULL, timeout=120, check=False
    )


def _contents(book: Path) -> dict[str, bytes]:
    paths = (path for path in book.rglob("*") if path.is_file() and not {".git", "build"} & set(path.parts))
    return {str(path): path.read_bytes() for path in paths}


def _cells(said: str, book: Path) -> None:
    """What a person types into cells of a workbook."""
    name, _, changes = said.partition(": ")
    workbook = load_workbook(book / name)
    for change in changes.split("; "):
        place, _, value = change.partition(" = ")
        sheet, _, cell = place.rpartition("!")
        workbook[sheet][cell] = int(value) if value.isdecimal() else value
    workbook.save(book / name)
