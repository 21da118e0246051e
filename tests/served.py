# SPDX-License-Identifier: Apache-2.0
"""Servers for tests: started on a free port of the loopback interface, and ended by the id they were started with."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

ROOT = Path(__file__).parent.parent
BOOKS = ROOT / "tests" / "books"
OTHER = ROOT / ".venv-datasette-1" / "bin" / "python"
PYTHONS = {"datasette-0": sys.executable, "datasette-1": str(OTHER)}


def not_ignoring() -> None:
    """Have a process that begins hear signals that it would ignore where tests were started by nohup, or behind &."""
    for number in (signal.SIGHUP, signal.SIGINT):
        signal.signal(number, signal.SIG_DFL)


@contextmanager
def serving(python: str, folder: Path, *options: str) -> Iterator[httpx.Client]:
    """``sourcebook serve`` of the book in ``folder`` by the interpreter ``python``; a client that speaks to it."""
    with running([python, "-m", "sourcebook.cli", "serve", "--book", str(folder), "--port", "0", *options]) as output:
        address = address_of(output)
        with httpx.Client(base_url=address, timeout=30, trust_env=False) as client:
            yield client


@contextmanager
def running(command: list[str]) -> Iterator[Callable[[], str]]:
    """A process that ends with the block; what it has printed so far can be asked for."""
    with tempfile.NamedTemporaryFile() as file:
        process = subprocess.Popen(command, stdout=file, stderr=subprocess.STDOUT)
        try:
            yield lambda: Path(file.name).read_text("utf-8", "replace")
        finally:
            process.terminate()
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def address_of(output: Callable[[], str]) -> str:
    """Where a server listens, once its ``output`` says so."""
    until = time.monotonic() + 90
    while not (found := re.search(r"serving (http://127\.0\.0\.1:\d+/)\n", output())):
        assert time.monotonic() < until, output()
        time.sleep(0.05)
    return found[1]


def wait_for(client: httpx.Client, path: str, seconds: float = 30) -> httpx.Response:
    """The answer of a server that is still starting."""
    until = time.monotonic() + seconds
    while True:
        try:
            return client.get(path)
        except httpx.TransportError:
            if time.monotonic() > until:
                raise
            time.sleep(0.1)
