# SPDX-License-Identifier: Apache-2.0
"""What holds of every verb that has the option: --dry-run writes nothing, and an empty text names nothing."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result

import sourcebook
from sourcebook.cli import main
from sourcebook.cli.group import AnyText

LIBRARY = Path(__file__).parent.parent.parent / "examples" / "library"


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, list(arguments))


def verbs(group: click.Group = main) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    """All commands, each with the words that call it."""
    ctx = click.Context(group)
    for name in group.list_commands(ctx):
        one = group.get_command(ctx, name)
        assert one is not None
        if isinstance(one, click.Group):
            yield from (((name, *words), inner) for words, inner in verbs(one))
        else:
            yield (name,), one


# --- nothing is written in a dry run ----------------------------------------------------------------------------------

DRY = {
    "init": (("--adopt", "{beside}"),),
    "dups": (("authors", "--different", "cora-sampel", "cora-sample", "--why", "An aunt and her niece."),),
    "new": (("authors", "zora", "--set", "name=Zora Example"),),
    "set": (("books[id=garden-year].pages", "213"), ("books[id=garden-year].pages", "212")),
    "fix": ((), ("--likely",)),
    "rename": (("authors", "edda-probe", "edda"),),
    "merge": (("authors", "cora-sampel", "cora-sample", "--prefer", "keep"),),
    "delete": (("loans", "loan-0001"), ("loans", "loan-0001", "--reason", "Entered twice.")),
    "retract": (("loans/loan-0001", "--reason", "It was another book."),),
    "takedown": (
        ("loans/loan-0001", "--reason", "Asked for."),
        ("loans/loan-0001", "--reason", "Asked for.", "--sweep"),
        ("loans/loan-0001", "--reason", "Asked for.", "--expressions", "{beside}/words"),
        ("loans/loan-0002", "--reason", "Asked for.", "--sweep"),  # which is taken down: nothing to be changed
        ("--sweep",),
        ("--check",),
        ("--sweep", "--check"),
        ("--expressions", "{beside}/words"),
    ),
    "import": (("{book}/incoming/loans.csv", "--into", "loans"), ("{book}/incoming/bequest.xlsx", "--into", "books")),
    "release": ((), ("--version", "9.0.0"), ("--minor",), ("--tag",)),
    "freeze": (("--to", "{beside}/site"),),
}
"""How the verbs that have --dry-run are called here."""


def git(folder: Path, *arguments: str) -> None:
    who = ("-c", "user.name=A Test", "-c", "user.email=hidden@example.org")
    subprocess.run(("git", "-C", str(folder), *who, *arguments), check=True, capture_output=True)


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A book in git that is built, with a record that was taken down since, which the build has."""
    folder = Path(shutil.copytree(LIBRARY, tmp_path_factory.mktemp("dry") / "library"))
    shutil.rmtree(folder / "build", ignore_errors=True)
    (folder.parent / "beside/data").mkdir(parents=True)
    (folder.parent / "beside/data/one.yaml").write_text("name: One\n", "utf-8")
    git(folder, "init", "--quiet", "--initial-branch", "main")
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--message", "A state of the book")
    assert sourcebook.build(folder).release is not None
    taken = run("takedown", "loans/loan-0002", "--reason", "Asked for.", "--yes", "--book", str(folder))
    assert taken.exit_code == 0, taken.output
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--message", "Without it")
    return folder


def state(folder: Path) -> dict[str, tuple[int, bytes]]:
    """All that lies there: what each file holds and when it was written. What git keeps for itself is left out."""
    found = {}
    for path in sorted(folder.rglob("*")):
        if path.name != "index" or path.parent.name != ".git":
            data = path.read_bytes() if path.is_file() and not path.is_symlink() else b""
            found[str(path.relative_to(folder))] = (0 if path.is_dir() else path.lstat().st_mtime_ns, data)
    return found


def test_every_verb_with_a_dry_run_is_tried() -> None:
    dry = {words[0] for words, one in verbs() if any("--dry-run" in param.opts for param in one.params)}
    assert dry == set(DRY)


@pytest.mark.slow
@pytest.mark.xdist_group("dry")
@pytest.mark.parametrize("verb", DRY)
def test_a_dry_run_writes_nothing(library: Path, verb: str, tmp_path: Path) -> None:
    if verb == "freeze":  # which refuses what was taken down and is there yet
        library = Path(shutil.copytree(library, tmp_path / "library", symlinks=True))
        assert run("build", "--book", str(library)).exit_code == 0
    before = state(library.parent)
    assert any(path.startswith("library/build/releases/") for path in before)
    book = () if verb == "init" else ("--book", str(library))
    for number, arguments in enumerate(DRY[verb]):
        said = [one.format(beside=library.parent / "beside", book=library) for one in arguments]
        for asked in ((), ("--yes",)) if verb not in ("init", "freeze") else ((),):
            told = run(verb, *said, *book, "--dry-run", *asked)
            assert told.exit_code in (0, 1, 2), told.output
            assert number or told.exit_code == (1 if verb == "import" else 0), told.output  # as far as the findings
            assert state(library.parent) == before, (verb, said, asked)


@pytest.mark.slow
@pytest.mark.xdist_group("dry")
def test_a_dry_run_beside_what_writes_is_refused_in_words(library: Path) -> None:
    for arguments, word in (
        (("--sweep",), "takedown --check"),
        (("--expressions", "words"), "--expressions writes"),
        (("loans/loan-0001", "--reason", "Why.", "--check"), "say one"),
    ):
        told = run("takedown", *arguments, "--dry-run", "--book", str(library))
        assert (told.exit_code, word in told.stderr) == (2, True), told.output
    assert run("takedown", "--check", "--dry-run", "--book", str(library)).exit_code == 1  # it is left in build/


# --- an empty text names nothing --------------------------------------------------------------------------------------

VALUES = {("set", "value"), ("takedown", "instead")}
"""Where an empty text is a value, which is written into a record."""

NAMED = [
    (words, one, param)
    for words, one in verbs()
    for param in one.params
    if isinstance(param, click.Argument) or not (getattr(param, "is_flag", False) or getattr(param, "count", False))
]


def test_an_empty_text_is_a_value_here_and_nowhere_else() -> None:
    assert {(words[-1], param.name) for words, _, param in NAMED if isinstance(param.type, AnyText)} == VALUES


@pytest.mark.parametrize("empty", ["", " "])
@pytest.mark.parametrize(("words", "command", "param"), NAMED, ids=[f"{w[-1]} {p.name}" for w, _, p in NAMED])
def test_an_empty_text_names_nothing(
    words: tuple[str, ...], command: click.Command, param: click.Parameter, empty: str, tmp_path: Path
) -> None:
    arguments = [one for one in command.params if isinstance(one, click.Argument)]
    before = arguments[: arguments.index(param)] if isinstance(param, click.Argument) else []
    said = [*("x" for _ in before), empty] if isinstance(param, click.Argument) else [param.opts[0], empty]
    said += [empty] * (param.nargs - 1)
    name = param.opts[0] if isinstance(param, click.Option) else param.human_readable_name
    book = () if param.name == "book" or words[0] in ("init", "apply") else ("--book", str(tmp_path))
    told = run(*words, *book, *said)
    refused = f"{name} names nothing" in told.stderr
    if (words[-1], param.name) in VALUES:
        assert not refused
    else:
        assert (told.exit_code, refused) == (2, True), told.output


def test_an_empty_book_is_not_the_one_that_lies_here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copytree(LIBRARY, tmp_path / "library")
    monkeypatch.chdir(tmp_path / "library")
    for arguments in (("--book", "", "check"), ("check", "--book", ""), ("schema", "show", "--book", "")):
        told = run(*arguments)
        assert (told.exit_code, "--book names nothing" in told.stderr) == (2, True), told.output
    emptied = run("set", "books[id=garden-year].title", "", "--dry-run")
    assert '"" has 0 characters' in emptied.stdout, emptied.output  # a value, judged as any other


# --- what was likely meant --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "arguments",
    [
        ("new", "boks", "a"),
        ("set", "boks.pages", "1"),
        ("export", "boks", "--to", "boks.csv"),
        ("dups", "boks"),
        ("rename", "boks", "a", "b"),
        ("delete", "boks", "a"),
        ("refs", "boks", "a"),
        ("schema", "show", "boks"),
    ],
    ids=lambda arguments: arguments[0],
)
def test_a_collection_that_is_not_there_is_a_mistake_of_usage(arguments: tuple[str, ...]) -> None:
    told = run(*arguments, "--book", str(LIBRARY))
    assert (told.exit_code, "did you mean 'books'?" in told.stderr) == (2, True), told.output


@pytest.mark.parametrize(
    "verb", [("retract", "--reason", "Why."), ("takedown", "--reason", "Why."), ("delete",), ("refs",)]
)
def test_a_record_is_named_in_one_word_or_two(verb: tuple[str, ...]) -> None:
    dry = ("--dry-run",) if verb[0] != "refs" else ()
    one, two = (
        run(verb[0], *record, *verb[1:], *dry, "--book", str(LIBRARY))
        for record in (("loans/loan-0001",), ("loans", "loan-0001"))
    )
    assert (one.exit_code, one.output) == (0, two.output)
    half = run(verb[0], "loans", *verb[1:], *dry, "--book", str(LIBRARY))
    assert (half.exit_code, "write COLLECTION/KEY" in half.stderr) == (2, True), half.output


def test_a_book_that_is_named_without_its_option_is_told_it() -> None:
    for verb in ("build", "verify", "release", "mutate"):
        told = run(verb, str(LIBRARY))
        assert (told.exit_code, f"--book {LIBRARY}" in told.stderr) == (2, True), told.output
