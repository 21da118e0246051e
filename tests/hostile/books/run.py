# SPDX-License-Identifier: Apache-2.0
"""Many cases: each is made anew in a folder of its own, with files beside it that no book may see or change."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from multiprocessing import get_context
from pathlib import Path
from random import Random

from tests.hostile.books import kinds
from tests.hostile.books.apart import Ran, run, warm
from tests.hostile.books.judge import is_in_the_way, published, wrong
from tests.hostile.books.model import CANARY, Generator

FORMS = ("line", "text", "json", "github", "sarif", "junit")


@dataclass(frozen=True)
class Result:
    """What became of a case: how its commands ended, and each thing that is wrong, with the command."""

    number: int
    name: str
    ended: tuple[str, ...]  # "check 1", as often as commands were run
    wrong: tuple[str, ...]
    slowest: float  # CPU seconds of a command
    largest: int  # bytes of memory, resident


def named(only: str = "") -> list[tuple[str, Generator]]:
    """The generators by their names, ``kind.generator``; those alone that begin with ``only``."""
    found = [(f"{kind.name}.{name}", make) for kind in kinds.ALL for name, make in kind.generators.items()]
    return [one for one in found if one[0].startswith(only)]


def results(seed: int, numbers: Iterable[int], only: str = "", jobs: int = 1) -> Iterator[Result]:
    """The results of the cases with these numbers: each generator in turn, by randomness that its number seeds."""
    warm()
    with ProcessPoolExecutor(jobs, get_context("fork")) as pool:
        yield from pool.map(_tried, ((seed, number, only) for number in numbers))


@cache
def _known(only: str) -> list[tuple[str, Generator]]:
    return named(only)


def _tried(asked: tuple[int, int, str]) -> Result:
    seed, number, only = asked
    generators = _known(only)
    name, generator = generators[number % len(generators)]
    case = generator(Random(f"{seed}:{number}"))
    with _folder() as around:
        beside = _beside(around)
        book = around / "book"
        case.write(book)
        before = _contents(beside), _contents(book)
        ran: list[Ran] = []
        faults: list[str] = []

        def command(*arguments: str, at: Path = book) -> Ran:
            done = run([str(at) if one == "BOOK" else one for one in arguments], around)
            ran.append(done)
            faults.extend(f"{arguments[0]}: {one}" for one in wrong(done))
            return done

        form = FORMS[number // len(generators) % len(FORMS)]
        command("check", "--book", "BOOK", "--format", form)
        if _contents(book) != before[1]:
            faults.append("check: the book was changed")
        checked = ran[-1].code
        if checked < 0:  # the others would be no better
            return _result(number, name, ran, faults)
        built = command("build", "--book", "BOOK")
        if {built.code, checked} == {0, 1}:
            faults.append(f"build: check ended with {checked}, build with {built.code}")
        if built.code == 0:
            faults += [f"build: {one}" for one in published(book)]
            if command("verify", "--book", "BOOK").code == 1:
                first = (ran[-1].out.splitlines() or [b""])[0].decode("utf-8", "replace")
                faults.append(f"verify: the release that was published is not what its records make it: {first[:150]}")
        elif (book / "build" / "current").exists() and not is_in_the_way(built):
            faults.append("build: failed, and published something")
        for one in case.commands:
            command(*one)
        if any(data != _at(book, path) for path, data in before[1].items()):
            faults.append("a file of the book was changed")
        if case.adopt:
            adopted = around / "found"
            shutil.copytree(book, adopted, symlinks=True, ignore=_no_pipes)
            for own in ("datapackage.yaml", "build"):
                shutil.rmtree(adopted / own, ignore_errors=True)
                (adopted / own).unlink(missing_ok=True)
            command("init", "BOOK", "--adopt", at=adopted)
        if _contents(beside) != before[0]:
            faults.append("a file beside the book was changed")
        more = {path.name for path in around.iterdir()} - {"book", "beside", "found"}
        if more:
            faults.append(f"something was written beside the book: {sorted(more)}")
    return _result(number, name, ran, faults)


def _result(number: int, name: str, ran: list[Ran], faults: list[str]) -> Result:
    ended = tuple(f"{one.command[0]} {'killed' if one.code < 0 else one.code}" for one in ran)
    return Result(number, name, ended, tuple(faults), max(one.cpu for one in ran), max(one.peak for one in ran))


def _no_pipes(folder: str, names: list[str]) -> list[str]:
    paths = {name: Path(folder, name) for name in names}
    return [name for name, path in paths.items() if not (path.is_symlink() or path.is_file() or path.is_dir())]


def _beside(around: Path) -> Path:
    """The folder that no book may see: what is in it fits the schema of the cases, so that it would be published."""
    beside = around / "beside"
    beside.mkdir()
    (beside / "secret.yaml").write_text(f"name: {CANARY}\n")
    (beside / "secret.json").write_text(f'{{"type": "object", "title": "{CANARY}", "const": "{CANARY}"}}')
    (beside / "data").mkdir()
    (beside / "data" / "more.yaml").write_text(f"name: {CANARY}\n")
    return beside


def _contents(folder: Path) -> dict[str, object]:
    """Every file below a folder but for what is generated, by its path: its bytes, or what else it is."""
    found: dict[str, object] = {}
    waiting = [""]
    while waiting:
        here = waiting.pop()
        for entry in os.scandir(folder / here):
            path = f"{here}/{entry.name}" if here else entry.name
            if path != "build":
                found[path] = _at(folder, path)
                waiting += [path] if entry.is_dir(follow_symlinks=False) else []
    return found


def _at(folder: Path, path: str) -> object:
    whole = folder / path
    if whole.is_symlink():
        return whole.readlink()
    if not whole.is_file():
        return "folder" if whole.is_dir() else "odd" if os.path.lexists(whole) else None
    return whole.read_bytes()


@contextmanager
def _folder() -> Iterator[Path]:
    """A folder that is removed afterwards, whatever a case made in it: deeper than Python's own remover goes."""
    folder = tempfile.mkdtemp(prefix="hostile-")
    try:
        yield Path(folder)
    finally:
        subprocess.run(["rm", "-rf", "--", folder], check=False)


def seconds() -> float:
    """The time that a run is measured by."""
    return time.monotonic()
