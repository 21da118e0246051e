# SPDX-License-Identifier: Apache-2.0
"""Targets whose answers come in drops, and what hangs or waits: it ends, or is told."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from sourcebook.channel import beside, fetching
from sourcebook.channel.beside import Channel
from sourcebook.channel.following import follow
from sourcebook.channel.pushing import push
from sourcebook.errors import EnvironmentFailure
from sourcebook.machine import system
from sourcebook.storage import StorageFailure, remote
from tests.channel.books import Book

DROPS = {
    "headers": (b"HTTP/1.1 200 OK\r\nX: ", b"a"),
    "early hints": (b"", b"HTTP/1.1 103 Early Hints\r\nLink: <a>\r\n\r\n"),
    "body": (b"HTTP/1.1 200 OK\r\nContent-Length: 60000\r\n\r\n", b"a"),
}


@pytest.fixture(params=DROPS)
def dripping(request: pytest.FixtureRequest) -> Iterator[str]:
    """The address of a server that is never silent, and never done."""
    first, drop = DROPS[request.param]
    over = threading.Event()

    class Drips(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            with suppress(OSError):
                self.wfile.write(first)
                while not over.wait(0.1):
                    self.wfile.write(drop)

        do_HEAD = do_GET  # noqa: N815 # as it is called there

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Drips) as server:
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        over.set()
        server.shutdown()


@pytest.mark.parametrize("kind", ["web", "s3"])
def test_an_answer_in_drops_is_given_up(
    dripping: str, kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(remote, "_SILENT", 1)
    monkeypatch.setattr(remote, "_SLOWEST", 100_000)
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "FICTION")
    begun = time.monotonic()
    address, endpoint = (dripping, "") if kind == "web" else ("s3://shelf/book", dripping)
    with pytest.raises(StorageFailure, match=r"no answer came|too slow"):
        follow(address, tmp_path / "build", endpoint=endpoint)
    assert time.monotonic() - begun < 30


def test_what_follows_gives_signs_of_life(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    book, target = Book(tmp_path / "book"), tmp_path / "target"
    book.build(1)
    push(book.folder, str(target))
    signs: list[int] = []
    seen: list[int] = []

    def enough(_seconds: float) -> bool:
        seen.append(len(signs))
        return len(seen) == 2

    Channel(str(target)).go_on(tmp_path / "build", lambda _: None, enough, alive=lambda: signs.append(1))
    assert seen[0] >= 33  # contents
    assert seen[1] > seen[0]  # a look without news, too
    monkeypatch.setattr(beside, "_BEAT", 0.01)
    before = len(signs)
    assert not beside._slept(lambda: signs.append(1), 0.1)
    assert len(signs) - before >= 2


def test_who_waits_for_another_says_so_once(tmp_path: Path) -> None:
    book, target, build = Book(tmp_path / "book"), tmp_path / "target", tmp_path / "build"
    book.build(1)
    push(book.folder, str(target))
    (build / ".coming").mkdir(parents=True)
    handle = system.held(build / ".coming")
    system.lock(handle)
    signs: list[float] = []
    told: list[str] = []

    def alive() -> None:
        signs.append(time.monotonic())
        if len(signs) == 8:
            os.close(handle)

    Channel(str(target)).go_on(build, told.append, lambda _: True, alive=alive)
    assert [line for line in told if "waiting" in line] == [f"{fetching.WAITING} …"]
    assert "is current" in told[-1]


def test_the_same_failure_is_told_once_whatever_it_names(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    number = iter(range(100))

    def fails(*_: object, **__: object) -> None:
        at = next(number)
        match at // 3:
            case 0:
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), f"/there/.coming/.part-{at:016x}")
            case 1:
                raise EnvironmentFailure(f"{at + 10_000:,} bytes are to be copied, and the disk has {at:,}")
            case 2:
                raise OSError(errno.EACCES, os.strerror(errno.EACCES), "/there")
            case _:
                raise EnvironmentFailure(f"the release {at:016x} has the checksums of another")

    monkeypatch.setattr(beside, "follow", fails)
    told: list[str] = []
    Channel(str(tmp_path)).go_on(tmp_path, told.append, lambda _: len(told) == 5)
    assert [("space" in line, "bytes" in line, "denied" in line) for line in told] == [
        (True, False, False),
        (False, True, False),
        (False, False, True),
        (False, False, False),
        (False, False, False),  # another release is another matter
    ]


HANGING = """
import logging, socket, sys, time
from pathlib import Path
from sourcebook.site.fleet.keeper import Fleet, Post

starts = Path(sys.argv[1])

def answers(member):
    member.started()
    while True:
        member.alive()
        time.sleep(0.1)

def hangs(member):
    with starts.open("a") as file:
        file.write("x")
    time.sleep(600)

logging.basicConfig()
follows = Post("what follows releases", hangs, answers=False, quiet=0.5)
fleet = Fleet([Post("worker 1", answers), follows], socket.create_server(("127.0.0.1", 0)))
look = fleet._look

def looking():
    look()
    fleet.should_exit = starts.exists() and len(starts.read_text()) == 2

fleet._look = looking
fleet.run(lambda: None)
"""


def test_what_follows_and_hangs_is_ended_and_started_again(tmp_path: Path) -> None:
    command = [sys.executable, "-c", HANGING, str(tmp_path / "starts")]  # a process of one thread
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "starts").read_text() == "xx"
    assert "what follows releases has said nothing" in done.stderr
    assert "what follows releases was ended by SIGKILL; it is started again" in done.stderr
