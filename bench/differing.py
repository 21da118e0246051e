# SPDX-License-Identifier: Apache-2.0
"""What it costs to tell what differs between two tags of a large book.

``python -m bench.differing FOLDER [RECORDS] [ROUNDS]`` makes the book of the benchmark in FOLDER, commits it as the tag
v1, changes ten records and commits that as v2. Then it tells the difference of both, and that of v1 and the working
tree, and prints the median of each. Beside it stands what the interpreter and git take by themselves.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from bench.cases import sourcebook
from bench.generate import generate
from bench.measure import Case, Spread, take_turns

_CHANGED = 10
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


def _git(folder: Path, *arguments: str) -> None:
    command = ["git", "-C", str(folder), *_WHO, *arguments]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)


def make(folder: Path, records: int) -> None:
    """Make a book with two tags in ``folder``."""
    generate(folder, records)
    (folder / ".gitignore").write_text("/build/\n", "utf-8")
    _git(folder, "init", "-q")
    _tag(folder, "v1")
    paths = sorted((folder / "data/objects").rglob("*.yaml"))
    for path in paths[:: len(paths) // _CHANGED][:_CHANGED]:
        lines = path.read_text("utf-8").splitlines(keepends=True)
        path.write_text("".join("title: Another one\n" if one.startswith("title: ") else one for one in lines), "utf-8")
    _tag(folder, "v2")
    _git(folder, "gc", "-q")


def _tag(folder: Path, name: str) -> None:
    _git(folder, "add", "--all")
    _git(folder, "commit", "-q", "-m", name)
    _git(folder, "tag", name)


def _cases(folder: Path) -> Iterator[Case]:
    told = sourcebook("diff", "--book", str(folder))
    yield Case("two tags", "", [*told, "v1", "v2"], folder)
    yield Case("two tags, as JSON", "", [*told, "v1", "v2", "--format", "json"], folder)
    yield Case("a tag and the working tree", "", [*told, "v1"], folder)
    git = shutil.which("git") or "git"
    yield Case("git diff of two tags", "", [git, "-C", str(folder), "diff", "--stat", "v1", "v2"], folder)
    yield Case("sourcebook --version", "", sourcebook("--version"), folder)


def main() -> None:
    """Make, measure, print."""
    folder = Path(sys.argv[1])
    records, rounds = (int(one) for one in (*sys.argv[2:], *("100000", "5")[len(sys.argv) - 2 :]))
    if not (folder / ".git").exists():
        make(folder, records)
    os.environ.setdefault("GIT_CONFIG_GLOBAL", os.devnull)
    results = take_turns(list(_cases(folder)), rounds, folder.parent, lambda text: print(text, file=sys.stderr))
    for result in results:
        for what in ("wall", "cpu", "peak"):
            spread = Spread.of(getattr(run, what) for run in result.done)
            print(f"{result.case.name}: {what} {spread.median:,.2f} ({spread.least:,.2f} to {spread.greatest:,.2f})")


if __name__ == "__main__":
    main()
