# SPDX-License-Identifier: Apache-2.0
"""Options that all verbs share: quiet, the book's folder, colours; and names that are nearly right."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from sourcebook.cli import main
from sourcebook.cli.common import in_colour
from sourcebook.finding import NOT_ASKED, NOTHING, Ledger

Copy = Callable[[str], Path]


def run(*arguments: str, **environment: str) -> Result:
    return CliRunner(env=environment).invoke(main, list(arguments))


# --- quiet ------------------------------------------------------------------------------------------------------------


def test_quiet_tells_nothing_where_all_is_well(book: Copy) -> None:
    folder = str(book("nulls"))
    for verb in ("check", "build", "verify"):
        loud = run(verb, "--book", folder)
        assert loud.exit_code == 0
        for form in ((), ("--format", "text"), ("--format", "line"), ("--format", "github")):
            told = run(verb, "--book", folder, "-q", *form)
            assert (told.exit_code, told.output) == (0, "")
    assert "published" in run("build", "--book", folder, "--clean").output
    assert run("check", "--book", folder, "--quiet", "--format", "json").stdout.startswith(
        "{"
    )  # a document all the same


def test_quiet_tells_what_is_wrong_and_no_more(book: Copy) -> None:
    folder = str(book("checks"))
    loud, quiet = (run("check", "--book", folder, *more) for more in ((), ("-q",)))
    assert (quiet.exit_code, quiet.stdout, quiet.stderr) == (1, loud.stdout, "")
    assert "skipped" in loud.stderr
    errors = run("check", "--book", folder, "-q", "--level", "error").stdout
    assert "error" in errors
    assert "warning" not in errors
    built = run("build", "--book", folder, "-q")
    assert built.exit_code == 1
    assert "nothing was published" in built.stderr


def test_quiet_edits_say_nothing_but_why_not(book: Copy) -> None:
    folder = book("orchard")
    told = run("rename", "growers", "alder-farm", "elder-farm", "--book", str(folder), "--yes", "-q")
    assert (told.exit_code, told.output) == (0, "")
    assert (folder / "data/growers/elder-farm.yaml").is_file()
    unasked = run("rename", "growers", "elder-farm", "alder-farm", "--book", str(folder), "-q")
    assert unasked.exit_code == 2
    assert "+++ " in unasked.stdout  # what somebody would be asked about is shown
    taken = run("rename", "growers", "elder-farm", ".brook", "--book", str(folder), "--yes", "-q")
    assert taken.exit_code != 0
    assert taken.output


def test_what_the_book_has_nothing_of_is_counted_and_not_printed() -> None:
    ledger = Ledger()
    ledger.on_nothing("a", NOTHING)
    ledger.on_nothing("b", NOT_ASKED)
    ledger.on_nothing("c", "the descriptor has errors")
    for number in range(9):
        ledger.skipped(f"checks/{number}", "no time")
    for everything in (True, False):
        assert ledger.brief(everything=everything) == [
            "not checked, since the descriptor has errors: c",
            "checks/0, checks/1, checks/2 and 6 others: 0 performed, 1 skipped (no time) of each",
        ]
    assert set(ledger.as_dict()) == {"a", "b", "c", *(f"checks/{number}" for number in range(9))}
    assert len(ledger.lines()) == 12
    ledger.performed("d", 5)
    ledger.withdraw("d", "too little", 2)
    ledger.withdraw("d", "none at all", 0)
    assert ledger.as_dict()["d"] == {"performed": 3, "skipped": 2, "unverifiable": 0, "reasons": ["too little"]}


# --- the book ---------------------------------------------------------------------------------------------------------


def test_the_book_is_named_after_the_verb_before_it_or_by_the_environment(
    book: Copy, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bad, good = str(book("schema")), str(book("nulls"))
    monkeypatch.chdir(tmp_path)
    assert run("check").exit_code == 2
    assert run("check", "--book", bad).exit_code == 1
    assert run("--book", bad, "check").exit_code == 1
    assert run("check", SOURCEBOOK_BOOK=bad).exit_code == 1
    assert run("--book", good, "check", SOURCEBOOK_BOOK=bad).exit_code == 0
    assert run("check", "--book", good, SOURCEBOOK_BOOK=bad).exit_code == 0
    assert run("--book", good, "check", "--book", good).exit_code == 0
    twice = run("--book", good, "check", "--book", bad)
    assert (twice.exit_code, "two books are named" in twice.stderr) == (2, True)
    assert run("--book", good, "schema", "show").exit_code == 0  # of a group within
    monkeypatch.chdir(bad)
    assert run("check", SOURCEBOOK_BOOK=good).exit_code == 0
    assert run("check", SOURCEBOOK_BOOK="").exit_code == 1  # which is as if it were not set


def test_a_book_that_is_named_and_is_none(tmp_path: Path) -> None:
    by_environment = run("check", SOURCEBOOK_BOOK=str(tmp_path))
    assert by_environment.exit_code == 2
    assert "SOURCEBOOK_BOOK names" in by_environment.stderr
    none = run("--book", str(tmp_path), "init", str(tmp_path / "b"))
    assert (none.exit_code, "init takes no --book" in none.stderr) == (2, True)


# --- names that are nearly right --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "meant"),
    [
        ("chexk", "'check'"),
        ("verifyy", "'verify'"),
        ("check --selct x", "'--select'"),
        ("schema shoow", "'show'"),
        ("explain key-mising", "'key-missing'"),
        ("check --select key-mising", "'key-missing'"),
        ("schema show statoins", "'stations'"),
        ("where statoins ash", "'stations'"),
        ("where stations ash nme", "'name'"),
    ],
)
def test_what_was_meant_is_named(book: Copy, words: str, meant: str) -> None:
    told = run("--book", str(book("schema")), *words.split())
    assert told.exit_code == 2
    assert meant in told.stderr
    assert "did you mean" in told.stderr.lower()


def test_where_nothing_is_near_all_commands_are_named() -> None:
    told = run("frobnicate")
    assert told.exit_code == 2
    assert "The commands are init, schema, check, " in told.stderr


# --- colours ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("environment", "terminal", "coloured"),
    [
        ({}, True, True),
        ({}, False, False),
        ({"NO_COLOR": "1"}, True, False),
        ({"NO_COLOR": ""}, True, True),
        ({"FORCE_COLOR": "1"}, False, True),
        ({"FORCE_COLOR": "1", "NO_COLOR": "1"}, True, False),
        ({"CLICOLOR_FORCE": "1"}, False, True),
        ({"CLICOLOR_FORCE": "0"}, False, False),
        ({"CLICOLOR": "0"}, True, False),
        ({"CLICOLOR": "0", "FORCE_COLOR": "1"}, True, True),
        ({"TERM": "dumb"}, True, False),
    ],
)
def test_colours(environment: dict[str, str], terminal: bool, coloured: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("NO_COLOR", "FORCE_COLOR", "CLICOLOR", "CLICOLOR_FORCE", "TERM"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr("sys.stdout.isatty", lambda: terminal)
    assert in_colour() == coloured
