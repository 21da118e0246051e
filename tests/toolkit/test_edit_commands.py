# SPDX-License-Identifier: Apache-2.0
"""What all commands that edit do with a proposal: show, judge, ask, write; and how they end."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner, Result

from sourcebook.cli import editing
from sourcebook.cli.editing import Options, carry_out, the_edit
from sourcebook.edit.edits import Edits
from sourcebook.edit.model import Proposal, Refused
from sourcebook.edit.source import source_of
from tests.toolkit.edit_books import grove


@click.command()
@click.argument("root", type=click.Path(path_type=Path))
@click.argument("key")
@click.argument("value")
@the_edit
def plant(root: Path, key: str, value: str, options: Options) -> None:
    """Set who planted a tree."""
    if key == "none":
        raise Refused("it cannot be done\x1b[2J")
    source = source_of(root)
    edits = Edits(source)
    edits.put(source.record("trees", key), ("planter",), value)
    carry_out(Proposal(root, f"{key} was planted by {value}\x07", edits.changes(), ("and that is all",)), options)


def run(*arguments: Any, **others: Any) -> Result:
    return CliRunner().invoke(plant, [str(one) for one in arguments], **others)


ASH = "data/trees/ash.yaml"


def test_shown_and_not_written(tmp_path: Path) -> None:
    root = grove(tmp_path)
    before = (root / ASH).read_bytes()
    done = run(root, "ash", "isil-fener", "--dry-run")
    assert done.exit_code == 0
    assert done.output.splitlines()[:8] == [
        "ash was planted by isil-fener\\x07",
        "and that is all",
        f"diff --git a/{ASH} b/{ASH}",
        f"--- a/{ASH}",
        f"+++ b/{ASH}",
        "@@ -1,5 +1,5 @@",
        " id: ash",
        "-planter: odd-ankerlokke # by hand",
    ]
    assert (root / ASH).read_bytes() == before
    done = run(root, "ash", "isil-fener")
    assert (done.exit_code, (root / ASH).read_bytes()) == (2, before)
    assert "nobody can be asked here; say --yes" in done.output


def test_written(tmp_path: Path) -> None:
    root = grove(tmp_path)
    done = run(root, "ash", "isil-fener", "-y")
    assert (done.exit_code, done.output.splitlines()[-1]) == (0, "1 file written")
    assert b"planter: isil-fener # by hand\n" in (root / ASH).read_bytes()
    done = run(root, "ash", "isil-fener", "-y")
    assert (done.exit_code, done.output.splitlines()[-1]) == (0, "nothing to be changed")


def test_new_findings(tmp_path: Path) -> None:
    root = grove(tmp_path)
    before = (root / ASH).read_bytes()
    for option in ("--yes", "--dry-run"):
        done = run(root, "ash", "isil-fenner", option)
        assert (done.exit_code, (root / ASH).read_bytes()) == (1, before)
        assert f"{ASH}:2:10: error reference: 'isil-fenner' is not in people" in done.output.replace('"', "'")
        assert "the book would have 1 finding that it has not now" in done.output
    done = run(root, "ash", "isil-fenner", "--yes", "--force")
    assert done.exit_code == 0
    assert b"planter: isil-fenner" in (root / ASH).read_bytes()


@pytest.mark.parametrize(("answer", "written"), [("y\n", True), ("n\n", False), ("", False), ("\n", False)])
def test_asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, answer: str, written: bool) -> None:
    root = grove(tmp_path)
    monkeypatch.setattr(editing, "can_ask", lambda: True)
    done = run(root, "ash", "isil-fener", input=answer)
    assert "Write these changes to 1 file? [y/N]" in done.output
    assert done.exit_code == 0
    assert (b"isil-fener # by hand" in (root / ASH).read_bytes()) is written


def test_refused_and_changed_meanwhile(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = grove(tmp_path)
    done = run(root, "none", "x", "-y")
    assert (done.exit_code, done.output) == (1, "sourcebook: it cannot be done\\x1b[2J\n")
    monkeypatch.setattr(editing, "_judge", lambda *_: (root / ASH).write_bytes(b"id: ash\n"))
    done = run(root, "ash", "isil-fener", "-y")
    assert done.exit_code == 1
    assert f"{ASH} was changed by someone else meanwhile: nothing was written" in done.output
    assert (root / ASH).read_bytes() == b"id: ash\n"


def test_judged_again_where_another_file_was_changed_while_it_was_asked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = grove(tmp_path)
    before = (root / ASH).read_bytes()

    def asked(_: str) -> bool:  # somebody else takes away, meanwhile, whom the change refers to
        (root / "data/people/isil-fener.yaml").rename(root / "data/people/isil.yaml")
        return True

    monkeypatch.setattr(editing, "can_ask", lambda: True)
    monkeypatch.setattr(editing, "_asked", asked)
    done = run(root, "ash", "isil-fener")
    assert (done.exit_code, (root / ASH).read_bytes()) == (1, before)
    assert "the book would have 1 finding that it has not now" in done.output


def test_colours_where_they_are_asked_for(tmp_path: Path) -> None:
    root = grove(tmp_path)
    done = run(root, "ash", "isil-fener", "--dry-run", env={"FORCE_COLOR": "1"}, color=True)
    assert "\x1b[31m-planter: odd-ankerlokke # by hand\x1b[0m" in done.output
    done = run(root, "ash", "isil-fener", "--dry-run", env={"FORCE_COLOR": "1", "NO_COLOR": "1"}, color=True)
    assert "\x1b[" not in done.output
