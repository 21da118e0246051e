# SPDX-License-Identifier: Apache-2.0
"""``sourcebook serve`` of a copy of a book, its temporary files in a folder of their own."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from argparse import ArgumentParser
from collections.abc import Iterator
from concurrent.futures import Executor, ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path

import sourcebook
from sourcebook.site.lanes.service import PAGES, SQL, TABLES
from tests.hostile.load.ordinary import all_at_once
from tests.hostile.load.watching import Held, settled
from tests.served import ROOT, address_of

_PARTS = ("data", "schemas", "scripts", "datapackage.yaml")  # of the reference book


@dataclass(frozen=True, slots=True)
class Server:
    """A server that runs: its process, where it is asked, the folder of its temporary files, and what it says."""

    process: subprocess.Popen[bytes]
    address: str
    temporary: Path
    log: Path

    def end(self, seconds: float = 20) -> int | None:
        """Tell it to end in order: what it ended by, None where it did not in time."""
        self.process.send_signal(signal.SIGTERM)
        try:
            return self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            return None

    @property
    def port(self) -> int:
        """Where it listens."""
        return int(self.address.rstrip("/").rpartition(":")[2])


def full(server: Server, database: str, *, workers: int = 1, follow: bool = False, seconds: float = 60) -> Held:
    """What is held when each process is there that there may be, so that it can be compared with the same later.

    Which of several ``workers`` a reader comes to is chance: they are asked until all of them have all. It fails where
    one of the processes does not come in so many ``seconds``, or one stays that should not.
    """
    of_a_worker = 2 + sum(lane.workers for lane in (SQL.shared(workers), TABLES, PAGES))  # it, and who forks for it
    most = workers * of_a_worker + int(workers > 1 or follow) + int(follow)
    until = time.monotonic() + seconds
    while True:
        all_at_once(server.port, database, readers=8 * workers)
        found = settled(server.process.pid, server.temporary, 1)
        if found.processes == most:
            return found
        assert time.monotonic() < until, f"there are {found.processes} processes, not {most}"


def copied(book: Path, to: Path) -> Path:
    """A copy of a book without what was built of it, built."""
    if book.resolve() == ROOT:
        to.mkdir(parents=True)
        for name in _PARTS:
            (shutil.copytree if (ROOT / name).is_dir() else shutil.copy)(ROOT / name, to / name)
    else:
        shutil.copytree(book, to, symlinks=True, ignore=shutil.ignore_patterns("build", ".git", ".venv*"))
    built = sourcebook.build(to)
    if built.release is None:
        raise SystemExit("\n".join(map(str, built.checked.findings[:20])))
    return to


@contextmanager
def served(python: str, folder: Path, aside: Path, *more: str) -> Iterator[Server]:
    """The server of a built book by an interpreter, with ``more`` options; it has ended when the block has."""
    temporary = aside / "temporary"
    temporary.mkdir(parents=True)
    log = aside / "log"
    command = [python, "-m", "sourcebook.cli", "serve", "--book", str(folder), "--port", "0", *more]
    with log.open("wb") as file:
        env = {**os.environ, "TMPDIR": str(temporary)}
        process = subprocess.Popen(command, cwd=ROOT, stdout=file, stderr=subprocess.STDOUT, env=env)
    try:
        yield Server(process, address_of(lambda: log.read_text("utf-8", "replace")), temporary, log)
    finally:
        process.kill()
        process.wait()


@contextmanager
def beside_others(python: str, folder: Path, aside: Path, most: int, *more: str) -> Iterator[tuple[Server, Executor]]:
    """A server, and ``most`` processes in which others read it, so that they take nothing from who measures."""
    with served(python, folder, aside, *more) as server, ProcessPoolExecutor(most, get_context("spawn")) as others:
        yield server, others


def options(name: str, about: str | None) -> ArgumentParser:
    """What a run of a server is told on the command line, whatever else it is told."""
    parser = ArgumentParser(name, description=about)
    parser.add_argument("--python", default=sys.executable, help="the interpreter, and its Datasette, that serves")
    parser.add_argument("--seed", type=int, default=1)
    return parser


def version(python: str) -> str:
    """Which Datasette an interpreter has."""
    code = "from datasette.version import __version__; print(__version__)"
    return subprocess.run([python, "-c", code], capture_output=True, text=True, check=True).stdout.strip()
