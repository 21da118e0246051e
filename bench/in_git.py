# SPDX-License-Identifier: Apache-2.0
"""Books that lie in a repository of git, made once in a folder that is named, and what is measured of them."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterable
from pathlib import Path

from bench.measure import Case, Spread, take_turns

_WHO = (
    "-c",
    "user.name=Benchmark",
    "-c",
    "user.email=none@example.org",
    "-c",
    "commit.gpgsign=false",
    "-c",
    "gc.auto=0",
)


def git(folder: Path, *arguments: str) -> None:
    """Run git in ``folder``, by the settings of nobody."""
    command = ["git", "-C", str(folder), *_WHO, *arguments]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)


def commit(folder: Path, message: str) -> None:
    """Commit all that lies there."""
    git(folder, "add", "--all")
    git(folder, "commit", "-q", "-m", message)


def run(make: Callable[[Path, int], object], cases: Callable[[Path], Iterable[Case]], *, rounds: int) -> None:
    """Make a book in the folder that the command line names, if none is there, measure the cases in turns, and print.

    The command line may say how many records it has, 100,000 else, and how many ``rounds`` there are.
    """
    folder = Path(sys.argv[1])
    records, rounds = (int(one) for one in (*sys.argv[2:], *("100000", str(rounds))[len(sys.argv) - 2 :]))
    if not (folder / ".git").exists():
        make(folder, records)
    os.environ.setdefault("GIT_CONFIG_GLOBAL", os.devnull)
    results = take_turns(list(cases(folder)), rounds, folder.parent, lambda text: print(text, file=sys.stderr))
    for result in results:
        for what in ("wall", "cpu", "peak"):
            spread = Spread.of(getattr(one, what) for one in result.done)
            print(f"{result.case.name}: {what} {spread.median:,.2f} ({spread.least:,.2f} to {spread.greatest:,.2f})")
