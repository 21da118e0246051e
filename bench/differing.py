# SPDX-License-Identifier: Apache-2.0
"""What it costs to tell what differs between two tags of a large book.

``python -m bench.differing FOLDER [RECORDS] [ROUNDS]`` makes the book of the benchmark in FOLDER, commits it as the tag
v1, changes ten records and commits that as v2. Then it tells the difference of both, and that of v1 and the working
tree, and prints the median of each. Beside it stands what the interpreter and git take by themselves.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

from bench.cases import sourcebook
from bench.generate import generate
from bench.in_git import commit, git, run
from bench.measure import Case

_CHANGED = 10


def make(folder: Path, records: int) -> None:
    """Make a book with two tags in ``folder``."""
    generate(folder, records)
    (folder / ".gitignore").write_text("/build/\n", "utf-8")
    git(folder, "init", "-q")
    _tag(folder, "v1")
    paths = sorted((folder / "data/objects").rglob("*.yaml"))
    for path in paths[:: len(paths) // _CHANGED][:_CHANGED]:
        lines = path.read_text("utf-8").splitlines(keepends=True)
        path.write_text("".join("title: Another one\n" if one.startswith("title: ") else one for one in lines), "utf-8")
    _tag(folder, "v2")
    git(folder, "gc", "-q")


def _tag(folder: Path, name: str) -> None:
    commit(folder, name)
    git(folder, "tag", name)


def _cases(folder: Path) -> Iterator[Case]:
    told = sourcebook("diff", "--book", str(folder))
    yield Case("two tags", "", [*told, "v1", "v2"], folder)
    yield Case("two tags, as JSON", "", [*told, "v1", "v2", "--format", "json"], folder)
    yield Case("a tag and the working tree", "", [*told, "v1"], folder)
    git = shutil.which("git") or "git"
    yield Case("git diff of two tags", "", [git, "-C", str(folder), "diff", "--stat", "v1", "v2"], folder)
    yield Case("sourcebook --version", "", sourcebook("--version"), folder)


if __name__ == "__main__":
    run(make, _cases, rounds=5)
