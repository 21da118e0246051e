# SPDX-License-Identifier: Apache-2.0
"""What a build costs that tells the history, beside one that does not.

``python -m bench.history FOLDER [RECORDS] [ROUNDS]`` makes the book of the benchmark in FOLDER and commits it: at first
all but 200 records, 300 of them with another title, then the others in twenty commits. It builds with the history and
without in turns, clean, and then after one more commit with the cache, and prints the median of each.
"""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

from bench.cases import sourcebook
from bench.generate import generate
from bench.in_git import commit, git, run
from bench.measure import Case

_COMMITS = 20
_NEW, _EDITED = 10, 15  # records of each commit
_ON = "\nsourcebook:\n"
_OFF = "\nsourcebook:\n  history: false\n"


def make(folder: Path, records: int) -> None:
    """Make a book with a history in ``folder``."""
    generate(folder, records)
    (folder / ".gitignore").write_text("/build/\n", "utf-8")
    paths = sorted((folder / "data/objects").rglob("*.yaml"))
    late = paths[: _NEW * _COMMITS]
    edited = paths[len(late) : len(late) + _EDITED * _COMMITS]
    texts = {path: path.read_bytes() for path in (*late, *edited)}
    for path in late:
        path.unlink()
    for path in edited:
        path.write_bytes(_other_title(texts[path]))
    git(folder, "init", "-q")
    commit(folder, "All that there was")
    for number in range(_COMMITS):
        now = late[number * _NEW : (number + 1) * _NEW] + edited[number * _EDITED : (number + 1) * _EDITED]
        for path in now:
            path.write_bytes(texts[path])
        commit(folder, f"More of it, {number + 1}")


def _other_title(text: bytes) -> bytes:
    """A record with another title."""
    lines = text.splitlines(keepends=True)
    return b"".join(b"title: As it was called before\n" if line.startswith(b"title: ") else line for line in lines)


def _cases(folder: Path) -> Iterator[Case]:
    descriptor = folder / "datapackage.yaml"
    edited = sorted((folder / "data/objects").rglob("*.yaml"))[-1]

    def say(text: str) -> None:
        known = descriptor.read_text("utf-8").replace(_OFF, _ON)
        descriptor.write_text(known.replace(_ON, text), "utf-8")

    def on(_number: int) -> None:
        say(_ON)

    def off(_number: int) -> None:
        say(_OFF)

    def one_more(number: int) -> None:
        subprocess.run(sourcebook("build", "--book", str(folder)), check=True, capture_output=True)
        edited.write_bytes(edited.read_bytes() + f"# {number}\n".encode())
        commit(folder, "One more")

    def one_more_with(number: int) -> None:
        say(_ON)
        one_more(number)

    def one_more_without(number: int) -> None:
        say(_OFF)
        one_more(number)

    build = sourcebook("build", "--book", str(folder))
    clean = [*build, "--clean"]
    yield Case("clean, with the history", "", clean, folder, on)
    yield Case("clean, without", "", clean, folder, off)
    yield Case("one more commit, with the history", "", build, folder, one_more_with)
    yield Case("one more commit, without", "", build, folder, one_more_without)


if __name__ == "__main__":
    run(make, _cases, rounds=3)
