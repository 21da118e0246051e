# SPDX-License-Identifier: Apache-2.0
"""A release that is shown stays where it is, and one that goes is shown by nobody: whoever is first."""

from __future__ import annotations

import errno
import os
import threading
import time
from pathlib import Path

import pytest

from sourcebook.machine import system
from sourcebook.publish import release
from sourcebook.publish.pruning import prune

pytestmark = pytest.mark.skipif(not system.HANDLES, reason="folders are not held here")


@pytest.fixture
def build(tmp_path: Path) -> Path:
    """Two releases."""
    for name in ("old", "new"):
        (tmp_path / "releases" / name).mkdir(parents=True)
    return tmp_path


@pytest.mark.parametrize("goes", [False, True])
def test_who_begins_to_show_what_is_looked_at_just_then_waits(build: Path, goes: bool) -> None:
    old = build / "releases" / "old"
    looking = os.open(old, system.FOLDER)
    system.lock(looking)

    def look() -> None:
        time.sleep(0.1)
        if goes:
            old.rename(build / ".work-x")
        os.close(looking)

    thread = threading.Thread(target=look)
    thread.start()
    try:
        if goes:
            with pytest.raises(FileNotFoundError):
                release.showing(old)
            return
        handle = release.showing(old)
        prune(build, "new", "", spare=False)
        assert old.is_dir()
        os.close(handle)
        prune(build, "new", "", spare=False)
        assert not old.exists()
    finally:
        thread.join()


def test_what_is_shown_is_there_as_long_as_it_is(build: Path) -> None:
    """One shows and lets go, the other removes and puts back, as fast as they can."""
    old, ends = build / "releases" / "old", threading.Event()

    def removing() -> None:
        while not ends.is_set():
            prune(build, "new", "", spare=False)
            old.mkdir(exist_ok=True)

    thread = threading.Thread(target=removing)
    thread.start()
    shown = 0
    try:
        until = time.monotonic() + 1
        while time.monotonic() < until or not shown:
            try:
                handle = release.showing(old)
            except OSError:
                continue
            inode = os.fstat(handle).st_ino
            time.sleep(0.0005)
            assert old.stat().st_ino == inode
            os.close(handle)
            shown += 1
    finally:
        ends.set()
        thread.join()


@pytest.mark.parametrize("raised", [BrokenPipeError, BlockingIOError])
def test_what_is_raised_while_one_waits_ends_the_wait(build: Path, raised: type[OSError]) -> None:
    """As by telling somebody who has gone: else two would hold the folder at once."""
    one, other = (os.open(build, system.FOLDER) for _ in range(2))
    system.lock(one)
    told: list[bool] = []

    def waiting() -> None:
        told.append(True)
        if len(told) > 1:
            raise raised

    try:
        with pytest.raises(raised):
            system.await_lock(other, 0.001, waiting)
        assert len(told) == 2
    finally:
        os.close(one)
    system.await_lock(other, 0.001, waiting)
    third = os.open(build, system.FOLDER)
    with pytest.raises(BlockingIOError):
        system.lock(third)
    os.close(other)
    os.close(third)


def test_nothing_is_waited_for_where_there_are_no_locks(build: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def none(_: int) -> None:
        raise OSError(errno.ENOLCK, "no locks available")

    monkeypatch.setattr(system, "lock", none)
    handle = os.open(build, system.FOLDER)
    system.await_lock(handle, 0.001, lambda: pytest.fail("nobody holds it"))
    os.close(handle)
