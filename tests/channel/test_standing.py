# SPDX-License-Identifier: Apache-2.0
"""How following stands, as who watches a server is told it: by every worker, with 200, and in words for anybody."""

from __future__ import annotations

import calendar
import errno
import json
import os
import shutil
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from sourcebook.channel import standing as module
from sourcebook.channel.beside import Channel
from sourcebook.channel.following import follow
from sourcebook.channel.form import OLDER, Refused
from sourcebook.channel.pushing import push
from sourcebook.channel.standing import Standing
from sourcebook.errors import EnvironmentFailure, UsageError
from sourcebook.storage import StorageFailure
from tests.channel.books import Book, current
from tests.served import address_of, running, wait_for

Told = dict[str, Any]


@pytest.fixture
def book(tmp_path: Path) -> Book:
    """A book that is built."""
    found = Book(tmp_path / "book")
    found.build(1)
    return found


@pytest.fixture
def followed(book: Book, tmp_path: Path) -> Path:
    """A build folder that has followed it."""
    push(book.folder, str(tmp_path / "target"))
    follow(str(tmp_path / "target"), tmp_path / "there" / "build")
    return tmp_path / "there" / "build"


def _seconds(told: str) -> int:
    return calendar.timegm(time.strptime(told, "%Y-%m-%dT%H:%M:%SZ"))


def _asked(address: str, times: int = 8) -> list[Told]:
    """What is told over connections of their own, so that each worker is asked sooner or later."""
    found = []
    for _ in range(times):
        answer = httpx.get(f"{address}-/health", timeout=30, trust_env=False)
        assert answer.status_code == 200
        assert answer.json()["ok"] is True  # it shows a release all the while
        found.append(answer.json()["following"])
    return found


def _until(address: str, state: str, output: Callable[[], str]) -> Told:
    """What all that are asked tell, once it is that."""
    until = time.monotonic() + 60
    said = _asked(address)
    while {one["state"] for one in said} != {state}:
        assert time.monotonic() < until, (said, output())
        time.sleep(0.1)
        said = _asked(address)
    for name in ("ok", "error", "failing_since", "release", "serial"):
        assert len({one[name] for one in said}) == 1, said
    return said[-1]


@pytest.mark.slow
@pytest.mark.parametrize("workers", [1, 2])
def test_what_becomes_of_a_target_is_told(book: Book, tmp_path: Path, workers: int) -> None:
    target, there = tmp_path / "target", tmp_path / "there"
    push(book.folder, str(target))
    serial = json.loads((target / "current.json").read_text())["serial"]
    first, older = current(book.build_folder).name, tmp_path / "older"
    shutil.copytree(target, older)
    command = [sys.executable, "-m", "sourcebook.cli", "serve", "--follow", target.as_uri(), "--book", str(there)]
    begun = int(time.time())
    with running([*command, "--port", "0", "--interval", "0.1", "--workers", str(workers)]) as output:
        address = address_of(output)
        with httpx.Client(base_url=address, timeout=60, trust_env=False) as client:
            wait_for(client, "/")
        told = _until(address, "current", output)
        assert told["ok"] is True
        assert (told["error"], told["failing_since"], told["serial"]) == (None, None, serial)
        assert begun <= _seconds(told["looked"]) <= time.time()
        assert 0 <= told["age"] <= time.time() - begun + 1
        assert told["release"] == first

        target.rename(tmp_path / "gone")
        away = _until(address, "unreachable", output)
        assert away["ok"] is False
        assert (away["release"], away["serial"]) == (told["release"], told["serial"])
        since = _seconds(away["failing_since"])
        assert _seconds(away["looked"]) <= since <= time.time()
        assert str(tmp_path) not in json.dumps(away)
        assert "what is shown stays" in output()
        time.sleep(1.1)
        later = _asked(address, 1)[0]
        assert later["failing_since"] == away["failing_since"]
        assert later["age"] > away["age"]
        assert httpx.get(f"{address}growers/turn", timeout=30, trust_env=False).status_code == 200

        (tmp_path / "gone").rename(target)
        _until(address, "current", output)

        book.build(2)
        push(book.folder, str(target))
        until = time.monotonic() + 60
        while (shown := httpx.get(f"{address}-/health", timeout=30, trust_env=False).json())["release"] == first:
            assert time.monotonic() < until, shown
            time.sleep(0.1)
        second = _until(address, "current", output)
        assert second["serial"] > told["serial"]
        assert shown["release"] == second["release"] == current(there / "build").name

        target.rename(tmp_path / "newer")
        older.rename(target)
        refused = _until(address, "refused", output)
        assert "older" in refused["error"]
        assert (refused["release"], refused["serial"]) == (second["release"], second["serial"])
        assert "turn2" in httpx.get(f"{address}growers/turn", timeout=30, trust_env=False).text


@pytest.mark.slow
def test_a_server_that_follows_nothing_tells_nothing_of_it(book: Book) -> None:
    command = [sys.executable, "-m", "sourcebook.cli", "serve", "--book", str(book.folder), "--port", "0"]
    with running([*command, "--workers", "2"]) as output:
        answer = httpx.get(f"{address_of(output)}-/health", timeout=30, trust_env=False).json()
        assert answer == {"ok": True, "release": current(book.build_folder).name}


def test_when_it_was_looked_last_is_known_after_a_restart(followed: Path, tmp_path: Path) -> None:
    ago = time.time() - 3 * 24 * 3600
    os.utime(followed / ".following.json", (ago, ago))
    release = current(followed).name
    told = Standing(followed, 60).told(release)
    assert (told["ok"], told["state"], told["release"]) == (False, "late", release)
    assert 3 * 24 * 3600 <= told["age"] <= 3 * 24 * 3600 + 60
    follow(str(tmp_path / "target"), followed)  # nothing is new
    told = Standing(followed, 60).told(release)
    assert (told["ok"], told["state"]) == (True, "current")
    assert told["age"] < 60


def test_what_says_nothing_for_long_and_what_is_not_shown_is_told(
    followed: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    standing = Standing(followed, 60)
    standing.note(Channel(str(tmp_path / "target")).once(followed))
    now, release = time.time(), current(followed).name
    after = lambda seconds: monkeypatch.setattr(module.time, "time", lambda: now + seconds)  # noqa: E731
    after(50)
    assert standing.told("another")["state"] == "current"  # it is being opened
    after(70)
    assert standing.told("another")["state"] == "unshown"
    assert standing.told(release)["ok"] is True
    after(15 * 60 + 130)
    assert standing.told(release)["state"] == "late"
    standing.note(StorageFailure("it is away"))
    assert standing.told(release)["state"] == "unreachable"
    assert standing.told(release)["age"] == 15 * 60 + 130


@pytest.mark.parametrize(
    ("error", "state", "says"),
    [
        (Refused("s3://shelf/secret goes back", OLDER), "refused", "older"),
        (Refused("the release at /srv/secret has the checksums of another"), "refused", "damaged"),
        (StorageFailure("s3://secret does not let files be read: AKIASECRET"), "unreachable", "does not answer"),
        (OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), "/srv/secret"), "failed", os.strerror(errno.ENOSPC)),
        (EnvironmentFailure("/srv/secret is in the way"), "failed", "this machine"),
        (UsageError("/srv/secret is no list of keys"), "failed", "as this server was told"),
    ],
)
def test_why_is_told_in_words_for_anybody(followed: Path, error: Exception, state: str, says: str) -> None:
    standing = Standing(followed, 60)
    standing.note(error)
    told = standing.told(current(followed).name)
    assert (told["ok"], told["state"]) == (False, state)
    assert says in told["error"]
    assert "secret" not in json.dumps(told).lower()


def test_what_is_half_written_is_not_told(followed: Path) -> None:
    standing, release = Standing(followed, 60), current(followed).name
    standing.note(StorageFailure("it is away"))
    before = standing.told(release)
    standing.note(Refused("it is not", OLDER))
    assert standing.told(release)["state"] == "refused"
    last = bytes(standing._memory[:]).index(b"refused")
    standing._memory[last : last + 1] = b"?"  # as one that was ended in the middle leaves it
    assert standing.told(release) == before
    standing.note(UsageError("what follows was started again"))
    assert standing.told(release)["state"] == "failed"
    assert standing.told(release)["failing_since"] == before["failing_since"]


def test_a_look_that_is_noted_nowhere_fails_nothing(followed: Path, tmp_path: Path) -> None:
    """A disk that takes nothing is told when there is something to write."""
    from sourcebook.channel.remembered import note_look

    note_look(tmp_path / "nowhere")
    assert follow(str(tmp_path / "target"), followed).changed is False
