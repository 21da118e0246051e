# SPDX-License-Identifier: Apache-2.0
"""What shells are offered: by the protocol of click, and in bash itself."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

import sourcebook
from sourcebook.cli import main
from sourcebook.cli.completing import Completed
from sourcebook.offered import keys
from tests.conftest import ROOT

Copy = Callable[[str], Path]

SLOW = ("sourcebook.check.check", "sourcebook.mutate", "sourcebook.site", "jsonschema", "yaml", "rich", "pyarrow")


def completed(monkeypatch: pytest.MonkeyPatch, *words: str, shell: str = "bash") -> list[str]:
    """The values that a shell is offered for the last of ``words``."""
    line = "\n".join(["sourcebook", *(word or "''" for word in words)])
    monkeypatch.setenv("_SOURCEBOOK_COMPLETE", f"{shell}_complete")
    monkeypatch.setenv("COMP_WORDS", line)
    monkeypatch.setenv("COMP_CWORD", words[-1] if shell == "fish" else str(len(words)))
    told = CliRunner().invoke(main, [], prog_name="sourcebook", complete_var="_SOURCEBOOK_COMPLETE")
    assert told.exception is None or isinstance(told.exception, SystemExit), told.exception
    lines = told.stdout.splitlines()
    if shell == "zsh":
        return lines[1::3]
    return [line.partition(",")[2].partition("\t")[0] for line in lines if line]


@pytest.fixture
def orchard(book: Copy, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = book("orchard")
    monkeypatch.chdir(folder)
    return folder


@pytest.fixture
def built(orchard: Path) -> Path:
    assert CliRunner().invoke(main, ["build", "--no-extracts"]).exit_code == 0
    return orchard


def test_verbs_and_options(monkeypatch: pytest.MonkeyPatch) -> None:
    for shell in ("bash", "zsh", "fish"):
        assert completed(monkeypatch, "ver", shell=shell) == ["verify"]
        assert completed(monkeypatch, "check", "--sel", shell=shell) == ["--select"]


def test_collections_are_those_of_the_descriptor(orchard: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert completed(monkeypatch, "schema", "show", "gr") == ["growers"]
    monkeypatch.chdir(orchard.parent)
    assert completed(monkeypatch, "schema", "show", "gr") == []
    assert completed(monkeypatch, "schema", "show", "--book", str(orchard), "gr") == ["growers"]
    assert completed(monkeypatch, "--book", str(orchard), "schema", "show", "gr") == ["growers"]
    monkeypatch.setenv("SOURCEBOOK_BOOK", str(orchard))
    assert completed(monkeypatch, "schema", "show", "gr") == ["growers"]


def test_keys_without_a_build_are_names_of_files(orchard: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (orchard / "data/growers/z z.yaml").write_text("{}\n")  # no word of a shell
    (orchard / "data/growers/$(reboot).yaml").write_text("{}\n")
    (orchard / "data/growers/-z.yaml").write_text("{}\n")
    assert completed(monkeypatch, "where", "growers", "") == [".brook", "alder-farm"]


def test_keys_tables_and_columns_of_the_last_build(built: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tables = completed(monkeypatch, "where", "")
    assert "growers" in tables
    assert not any("_fts" in name or name.startswith(("_", "sqlite_")) for name in tables)
    keys = completed(monkeypatch, "where", "growers", "")
    assert keys
    for path in (built / "data/growers").iterdir():
        path.unlink()  # which the build knows all the same
    assert completed(monkeypatch, "where", "growers", "") == keys
    assert completed(monkeypatch, "where", "growers", keys[0][:2])[:1] == keys[:1]
    assert completed(monkeypatch, "where", "growers", keys[0], "na") == ["name"]


def test_rules_and_several_of_them(book: Copy, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(book("checks"))
    assert completed(monkeypatch, "explain", "key-m") == ["key-missing"]
    assert "checks/on-nothing" in completed(monkeypatch, "explain", "checks/")
    given = completed(monkeypatch, "check", "--select", "key-missing,key-")
    assert given == ["key-missing,key-duplicate", "key-missing,key-lookalike"]


def test_what_is_wrong_is_not_told_while_one_types(orchard: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (orchard / "datapackage.yaml").write_text("resources: [\n")
    assert completed(monkeypatch, "schema", "show", "") == []
    assert completed(monkeypatch, "where", "nowhere", "") == []


def test_completing_imports_nothing_slow(built: Path) -> None:
    code = "import sys\nfrom sourcebook.cli import main\ntry:\n    main(prog_name='sourcebook')\nfinally:\n"
    code += "    print(*sys.modules, file=sys.stderr)\n"
    for words in (["check", "--sel"], ["where", "growers", "a"], ["where", "gr"], ["explain", "k"]):
        environment = {
            **os.environ,
            "_SOURCEBOOK_COMPLETE": "bash_complete",
            "COMP_WORDS": "\n".join(["sourcebook", *words]),
            "COMP_CWORD": str(len(words)),
        }
        told = subprocess.run(
            [sys.executable, "-c", code], env=environment, cwd=built, capture_output=True, text=True, check=True
        )
        assert told.stdout.startswith("plain,")
        assert not set(SLOW) & set(told.stderr.split())


@pytest.mark.skipif(shutil.which("bash") is None, reason="there is no bash")
def test_bash_itself_completes(orchard: Path) -> None:
    script = """
    PATH="$1:$PATH"
    eval "$(_SOURCEBOOK_COMPLETE=bash_source sourcebook)"
    COMP_WORDS=(sourcebook schema show gr); COMP_CWORD=3
    _sourcebook_completion sourcebook
    echo "${COMPREPLY[@]}"
    """
    command = ["bash", "-c", script, "bash", str(Path(sys.executable).parent)]
    told = subprocess.run(command, cwd=orchard, capture_output=True, text=True, check=False)
    assert (told.stdout.strip(), told.stderr) == ("growers", "")


def commands(group: click.Group) -> Iterator[click.Command]:
    """Every command of a group, and of the groups in it."""
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        yield from commands(command) if isinstance(command, click.Group) else [command]


def test_every_argument_that_names_something_of_the_book_is_completed() -> None:
    named = {"collection", "table", "rule", "keep", "drop", "where"}
    found = [(one.name, of) for one in commands(main) for of in one.params if of.name in named]
    assert len(found) > 5
    assert [(name, of.name) for name, of in found if not isinstance(of.type, Completed)] == []


def test_keys_that_no_build_has_are_offered_where_records_are_few(tmp_path: Path) -> None:
    folder = tmp_path / "library"
    shutil.copytree(ROOT / "examples/library", folder)
    assert keys(folder, "books", "garden") == ["garden-tools", "garden-walls", "garden-year"]
    sourcebook.build(folder)
    books = folder / "data/books.yaml"
    books.write_text(books.read_text("utf-8").replace("id: garden-walls", "id: garden-gates"), encoding="utf-8")
    assert keys(folder, "books", "garden") == ["garden-gates", "garden-tools", "garden-year"]
