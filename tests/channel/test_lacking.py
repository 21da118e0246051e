# SPDX-License-Identifier: Apache-2.0
"""What this machine has not: it is told as that, at the first copy too, and is never taken for what is followed."""

from __future__ import annotations

import errno
import json
import os
import shutil
import socket
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any, NoReturn

import pytest

from sourcebook.channel import fetching, following
from sourcebook.channel.beside import Channel
from sourcebook.channel.following import follow
from sourcebook.channel.form import Short
from sourcebook.channel.pushing import push
from sourcebook.errors import EnvironmentFailure
from sourcebook.site import one_release
from tests.channel.books import Book, current

THREADS = RuntimeError("can't start new thread")


@pytest.fixture
def book(tmp_path: Path) -> Book:
    """A book that is built, and pushed."""
    found = Book(tmp_path / "book")
    found.build(1)
    push(found.folder, str(tmp_path / "target"))
    return found


def _raising(error: Exception) -> Any:
    def raises(*_: object, **__: object) -> NoReturn:
        raise error

    return raises


@pytest.mark.parametrize(
    ("error", "why"), [(MemoryError(), "no memory is left"), (THREADS, "no more threads may be started")]
)
def test_what_runs_out_is_told_and_tried_again(
    book: Book, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: Exception, why: str
) -> None:
    channel, build, said = Channel(str(tmp_path / "target")), tmp_path / "there/build", []
    with monkeypatch.context() as short:
        short.setattr(following, "fetch", _raising(error))
        with pytest.raises(EnvironmentFailure, match=f"cannot be followed into .*: {why} on this machine"):
            channel.begin(build, said.append)
    channel.begin(build, said.append)
    book.build(2)
    push(book.folder, str(tmp_path / "target"))
    standing = channel.standing(build)
    with monkeypatch.context() as short:
        short.setattr(following, "fetch", _raising(error))
        channel.go_on(build, said.append, lambda _: True, standing=standing)
        told = standing.told(current(build).name)
        assert (told["state"], told["error"]) == ("failed", f"this machine does not let it be copied: {why}")
        assert said[-1].startswith("what is shown stays: ")
    channel.go_on(build, said.append, lambda _: True, standing=standing)
    assert standing.told(current(build).name)["ok"]


def test_a_mistake_of_ours_is_not_laid_to_the_machine(
    book: Book, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert book.folder.is_dir()
    monkeypatch.setattr(following, "fetch", _raising(RuntimeError("dictionary changed size during iteration")))
    with pytest.raises(RuntimeError, match="dictionary"):
        follow(str(tmp_path / "target"), tmp_path / "there/build")


@pytest.mark.parametrize(
    "error",
    [MemoryError(), THREADS, PermissionError(errno.EACCES, "Permission denied"), OSError(errno.EAGAIN, "Again")],
)
def test_a_release_that_this_machine_cannot_try_is_not_called_one_that_cannot_be_shown(
    book: Book, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    monkeypatch.setattr(one_release, "Published", _raising(error))
    with pytest.raises(type(error)):
        one_release.try_opening(current(book.build_folder))


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        (sqlite3.SQLITE_IOERR_READ, EnvironmentFailure),
        (sqlite3.SQLITE_CANTOPEN, EnvironmentFailure),
        (sqlite3.SQLITE_CORRUPT, ValueError),
        (sqlite3.SQLITE_NOTADB, ValueError),
    ],
)
def test_what_sqlite_lacks_is_told_from_what_is_wrong_in_a_database(
    book: Book, monkeypatch: pytest.MonkeyPatch, code: int, expected: type[Exception]
) -> None:
    error = sqlite3.OperationalError("it fails")
    error.sqlite_errorcode = code
    monkeypatch.setattr(one_release, "Published", _raising(error))
    folder = current(book.build_folder)
    with pytest.raises(expected):
        one_release.try_opening(folder)


def test_a_disk_without_room_says_what_is_left_free(
    book: Book, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert book.folder.is_dir()
    channel, build = Channel(str(tmp_path / "target")), tmp_path / "there/build"
    standing = channel.standing(tmp_path)
    monkeypatch.setattr(fetching.shutil, "disk_usage", lambda _: SimpleNamespace(free=2_097_152))
    with pytest.raises(
        Short, match=r"bytes are to be copied and 67,108,864 more to stay free, .* has 2,097,152"
    ) as raised:
        channel.once(build)
    standing.note(raised.value)
    assert standing.told("")["error"] == "this machine does not let it be copied: the disk has not the room for it"


@contextmanager
def _files_of_at_most(size: int) -> Iterator[None]:
    resource = pytest.importorskip("resource")
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_what_cannot_be_written_is_named(book: Book, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert book.folder.is_dir()
    build = tmp_path / "there/build"
    with _files_of_at_most(20_000), pytest.raises(OSError, match="too large") as raised:
        Channel(str(tmp_path / "target")).begin(build, lambda _: None)
    assert Path(raised.value.filename).parent == build / ".coming"
    monkeypatch.setattr(following, "install", _raising(OSError(errno.EIO, "Input/output error")))
    with pytest.raises(OSError, match="Input/output") as raised:
        follow(str(tmp_path / "target"), build)
    assert raised.value.filename == str(build)


def test_what_a_newer_toolkit_remembers_stops_nobody(book: Book, tmp_path: Path) -> None:
    target, build = str(tmp_path / "target"), tmp_path / "there/build"
    follow(target, build)
    remembered = build / ".following.json"
    told = json.loads(remembered.read_text())
    remembered.write_text(json.dumps({**told, "newer": [1], "coming": {**told, "newer": 2, "coming": None}}))
    assert follow(target, build).serial == told["serial"]  # done again, for something was coming
    remembered.write_text(json.dumps({**told, "newer": [1]}))
    assert not follow(target, build).changed
    name = book.build(2)
    push(book.folder, target)
    assert follow(target, build).release == name


def test_what_does_not_say_what_was_followed_tells_what_helps(book: Book, tmp_path: Path) -> None:
    target, build = str(tmp_path / "target"), tmp_path / "there/build"
    follow(target, build)
    (build / ".following.json").write_text("{}")
    with pytest.raises(EnvironmentFailure) as raised:
        follow(target, build)
    assert f"if you trust what is followed now, remove {build}, and follow again" in str(raised.value)
    shutil.rmtree(build)
    assert follow(target, build).release == current(book.build_folder).name


@pytest.mark.skipif(not hasattr(socket, "send_fds"), reason="it passes no descriptors")
def test_what_forks_ends_in_silence_with_a_server_that_was_ended() -> None:
    ours, theirs = socket.socketpair()
    with theirs:
        command = [sys.executable, "-P", "-m", "sourcebook.site.worker", str(theirs.fileno())]
        process = subprocess.Popen(command, pass_fds=[theirs.fileno()], stderr=subprocess.PIPE)
    ours.settimeout(60)
    ours.sendall(b'{"end": 999999}')
    ours.recv(1, socket.MSG_PEEK)  # it has answered, and that is never read
    ours.close()
    assert process.communicate(timeout=60)[1].decode() == ""
    assert process.returncode == os.EX_OK


_OUT_OF = """
import os, socket, sys
from sourcebook.site.worker import __main__ as forker

def work(to_server, told):
    raise {error}

forker.work = work
here, there = socket.socketpair()
pid = forker._started(here, os.dup(there.fileno()), {{}}, {{}})["pid"]
print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
"""


@pytest.mark.parametrize(
    ("error", "told"),
    [
        ('RuntimeError("can\'t start new thread")', "no more threads may be started on this machine\n"),
        ("MemoryError()", "no memory is left on this machine\n"),
        ('RuntimeError("of another kind")', "RuntimeError: of another kind\n"),
    ],
)
def test_a_process_that_this_machine_has_no_room_for_says_so_in_a_line(error: str, told: str) -> None:
    command = [sys.executable, "-c", _OUT_OF.format(error=error)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=True)
    assert done.stdout == "1\n"
    assert done.stderr.endswith(told)
    assert ("Traceback" in done.stderr) == ("another" in error)
