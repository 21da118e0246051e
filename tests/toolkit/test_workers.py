# SPDX-License-Identifier: Apache-2.0
"""Several workers at one socket: kept going, ended together, and of one release at a time."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any, ClassVar

import httpx
import pytest

import sourcebook
from sourcebook.errors import EnvironmentFailure, UsageError
from sourcebook.machine import system
from sourcebook.site import releases
from sourcebook.site.fleet import keeper
from sourcebook.site.fleet.member import ALIVE, READY, Member
from sourcebook.site.lanes.service import SQL
from sourcebook.site.releases import Releases
from tests.hostile.load.turning import Seen
from tests.served import PYTHONS, address_of, not_ignoring, running

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("serve")]
Copy = Callable[[str], Path]
WORKERS = 2
SHARED = "of all"
needs_proc = pytest.mark.skipif(not Path("/proc/self/task").is_dir(), reason="processes are looked at in /proc")


@pytest.fixture(scope="module", params=PYTHONS.values(), ids=PYTHONS)
def python(request: pytest.FixtureRequest) -> str:
    if not Path(request.param).exists():
        pytest.skip("the environment of the other Datasette is not set up: scripts/test makes it")
    return str(request.param)


@contextmanager
def served(python: str, folder: Path, aside: Path) -> Iterator[tuple[httpx.Client, subprocess.Popen[bytes], Path]]:
    log = aside / "log"
    command = [python, "-m", "sourcebook.cli", "serve", "--book", str(folder), "--port", "0"]
    with log.open("wb") as file:
        process = subprocess.Popen(
            [*command, "--workers", str(WORKERS)],
            stdout=file,
            stderr=subprocess.STDOUT,
            env={**os.environ, "TMPDIR": str(aside)},
            preexec_fn=not_ignoring,
        )
    try:
        address = address_of(lambda: log.read_text("utf-8", "replace"))
        with httpx.Client(base_url=address, timeout=30, trust_env=False) as client:
            yield client, process, log
    finally:
        process.kill()
        process.wait()


def below(pid: int) -> list[int]:
    """Those whom a process has started, and that are there still; none of one that has gone meanwhile."""
    with suppress(FileNotFoundError, ProcessLookupError):
        return [int(one) for one in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    return []


def tree(pid: int) -> list[int]:
    return [pid, *(one for child in below(pid) for one in tree(child))]


def until(holds: Callable[[], bool], seconds: float = 30) -> None:
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.05)


def changed(folder: Path, name: str) -> str:
    """The next release of a book; its name."""
    (folder / "data/growers/late.yaml").write_text(f"name: {name}\n", encoding="utf-8")
    built = sourcebook.build(folder)
    assert built.release
    return built.release.name


def alive(pids: list[int]) -> list[int]:
    """Those of some processes that have not ended: one that nobody has asked after has."""
    found = []
    for pid in pids:
        with suppress(FileNotFoundError, ProcessLookupError):
            if Path(f"/proc/{pid}/stat").read_text("ascii", "replace").rpartition(")")[2].split()[0] != "Z":
                found.append(pid)
    return found


@needs_proc
def test_workers_answer_are_started_again_and_end_in_order(python: str, book: Copy, tmp_path: Path) -> None:
    folder = book("orchard")
    first = changed(folder, "First Farm")
    with served(python, folder, tmp_path) as (client, process, log):
        workers = below(process.pid)
        assert len(workers) == WORKERS
        for path in ("/", "/growers", "/search?q=farm", "/orchard.json?sql=select+1", "/-/downloads/orchard.db"):
            assert client.get(path).status_code in (200, 302), path
        assert client.get("/-/health").json() == {"ok": True, "release": first}

        os.kill(workers[0], signal.SIGKILL)
        until(lambda: len(below(process.pid)) == WORKERS and workers[0] not in below(process.pid))
        assert log.read_text().count("worker 1 was ended by SIGKILL; it is started again") == 1
        client.close()
        second = changed(folder, "Second Farm")
        with httpx.Client(base_url=client.base_url, timeout=30, trust_env=False) as again:
            until(lambda: again.get("/-/health").json()["release"] == second)
            assert "Second Farm" in again.get("/growers/late").text

        all_of_them = tree(process.pid)
        process.send_signal(signal.SIGTERM)
        assert process.wait(20) == -signal.SIGTERM
        until(lambda: not alive(all_of_them))
    assert sorted(one.name for one in tmp_path.iterdir() if one.name.startswith("sourcebook-")) == []


@needs_proc
@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGINT, signal.SIGHUP])
def test_workers_end_with_the_process_that_keeps_them(how: signal.Signals, book: Copy, tmp_path: Path) -> None:
    folder = book("orchard")
    changed(folder, "First Farm")
    with served(sys.executable, folder, tmp_path) as (_, process, log):
        all_of_them = tree(process.pid)
        assert len(all_of_them) > WORKERS
        process.send_signal(how)
        assert process.wait(20) in (-how, 130)
        until(lambda: not alive(all_of_them))
        assert "Traceback" not in log.read_text()


def test_an_address_that_is_taken_and_a_damaged_release_are_told(book: Copy) -> None:
    folder = book("orchard")
    changed(folder, "First Farm")
    command = [sys.executable, "-m", "sourcebook.cli", "serve", "--book", str(folder), "--workers", "2", "--port"]
    with running([*command, "0"]) as output:
        port = address_of(output).rstrip("/").rpartition(":")[2]
        done = subprocess.run([*command, port], capture_output=True, text=True, timeout=60, check=False)
        assert (done.returncode, done.stdout) == (4, "")
        assert f"cannot listen on 127.0.0.1:{port}" in done.stderr
    (folder / "build/current/metadata.json").write_text("{}")
    done = subprocess.run([*command, "0"], capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stdout) == (4, "")
    assert "not as it was built" in done.stderr
    assert "Traceback" not in done.stderr


def test_what_cannot_be_is_refused(book: Copy, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = book("orchard")
    with pytest.raises(UsageError, match="nothing is built"):
        sourcebook.serve(folder)
    changed(folder, "First Farm")
    with pytest.raises(UsageError, match="0 workers: from 1 to 64"):
        sourcebook.serve(folder, workers=0)
    done = threading.Event()
    other = threading.Thread(target=done.wait)
    other.start()
    try:
        with pytest.raises(UsageError, match="this one has more"):
            sourcebook.serve(folder, workers=2)
    finally:
        done.set()
        other.join()
    monkeypatch.setattr(system, "FORKS", False)
    with pytest.raises(EnvironmentFailure, match="which this system cannot"):
        sourcebook.serve(folder, workers=2)


# --- what keeps the processes, by processes that do nothing -----------------------------------------------------------

BEGIN = """
import os, select, signal, socket, sys, threading, time
from sourcebook.site.accepting import ended_in_order, opened
from sourcebook.site.fleet import keeper
from sourcebook.site.fleet.keeper import Fleet, Post
from sourcebook.errors import EnvironmentFailure, UsageError

told_ready, is_ready = os.pipe()

def ready():
    print("ready", flush=True)
    os.write(is_ready, b"r")

def kept(*posts):
    try:
        with ended_in_order() as ends:
            ends.server = Fleet(posts, opened("127.0.0.1", 0))
            ends.server.run(ready)
    except (UsageError, EnvironmentFailure) as error:
        print(type(error).__name__, error, flush=True)

def stays(member):
    member.end_with_keeper()
    member.started()
    time.sleep(60)

def falls(member):
    member.started()
    select.select([told_ready], [], [])  # so that none ends before all are there
    os._exit(7)
"""


def kept(code: str, seconds: float = 90) -> tuple[str, str]:
    """What is printed, and what is logged, by a program that keeps processes."""
    done = subprocess.run(
        [sys.executable, "-c", BEGIN + code], capture_output=True, text=True, timeout=seconds, check=False
    )
    return done.stdout, done.stderr


def test_who_ends_over_and_over_is_started_ever_later_and_given_up_when_nobody_is_left() -> None:
    said, logged = kept('kept(Post("worker 1", falls), Post("worker 2", falls))')
    assert said == (
        "ready\nEnvironmentFailure no process stays that answers readers: the last has ended with exit code 7\n"
    )
    for wait in ("again\n", "again in 0.5 s\n", "again in 1 s\n", "again in 2 s\n"):
        assert logged.count(f"worker 1 has ended with exit code 7; it is started {wait}") == 1


def test_one_that_stays_is_not_given_up_for_others_that_do_not() -> None:
    said, logged = kept(
        """
keeper._TRIES = 2
began, begins = os.pipe()
def ends(member):
    os.write(begins, b"x")
    falls(member)
def end(member):
    for _ in range(4):
        os.read(began, 1)
    os.kill(os.getppid(), signal.SIGTERM)
    time.sleep(60)
kept(Post("worker 1", stays), Post("worker 2", ends), Post("beside", end, answers=False))
"""
    )
    assert said == "ready\n"
    assert logged.count("worker 2 has ended with exit code 7") >= 3
    assert "worker 1" not in logged


def test_why_the_first_does_not_start_is_raised() -> None:
    code = """
def fails(member):
    raise UsageError("there is\\n nothing here")
kept(Post("worker 1", stays), Post("worker 2", fails))
"""
    assert kept(code) == ("UsageError there is nothing here\n", "")
    said, logged = kept("kept(Post('worker 1', lambda member: 1 / 0))")
    assert said == "EnvironmentFailure worker 1 has ended with exit code 1 before it could answer\n"
    assert "ZeroDivisionError" in logged


def test_who_says_nothing_is_ended() -> None:
    said, logged = kept(
        """
began, begins = os.pipe()
def silent(member):
    os.write(begins, b"x")
    stays(member)
def end(member):
    for _ in range(2):
        os.read(began, 1)
    os.kill(os.getppid(), signal.SIGTERM)
kept(Post("worker 1", silent, quiet=0.5), Post("beside", end, answers=False))
"""
    )
    assert said == "ready\n"
    assert "worker 1 has said nothing" in logged
    assert "worker 1 was ended by SIGKILL; it is started again" in logged


@needs_proc
def test_nobody_is_ended_for_a_time_in_which_all_stood_still() -> None:
    """By Ctrl-Z, with a container, or with the machine: the keeper was not there to hear either."""
    said, logged = kept(
        """
def lives(member):
    member.started()
    while True:
        member.say("alive")
        time.sleep(0.1)
def pauses(member):
    select.select([told_ready], [], [])
    keeps = os.getppid()
    children = open(f"/proc/{keeps}/task/{keeps}/children").read().split()
    (worker,) = {int(one) for one in children} - {os.getpid()}
    os.kill(keeps, signal.SIGSTOP)
    os.kill(worker, signal.SIGSTOP)
    time.sleep(4)
    os.kill(keeps, signal.SIGCONT)
    time.sleep(0.5)  # in which the worker has said nothing yet
    os.kill(worker, signal.SIGCONT)
    time.sleep(1.5)
    os.kill(keeps, signal.SIGTERM)
    time.sleep(60)
kept(Post("worker 1", lives, quiet=3.0), Post("beside", pauses, answers=False))
"""
    )
    assert (said, logged) == ("ready\n", "")


def test_a_process_is_started_again_when_there_are_files_for_it() -> None:
    said, logged = kept(
        """
pair, asked = socket.socketpair, []
def seldom():
    asked.append(1)
    if len(asked) == 3:
        raise OSError(24, "Too many open files")
    return pair()
keeper.socket.socketpair = seldom
def end(member):
    select.select([told_ready], [], [])
    time.sleep(2)
    os.kill(os.getppid(), signal.SIGTERM)
    time.sleep(60)
def once(member):
    (stays if len(asked) > 3 else falls)(member)
kept(Post("worker 1", once), Post("beside", end, answers=False))
"""
    )
    assert said == "ready\n"
    assert logged == (
        "worker 1 has ended with exit code 7; it is started again\n"
        "worker 1 cannot be started: Too many open files; it is started again in 0.5 s\n"
    )


def test_what_cannot_be_said_at_once_is_said_later_and_whole() -> None:
    ours, theirs = socket.socketpair()
    with closing(ours), closing(theirs):
        ours.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 1)
        ours.setblocking(False)
        theirs.setblocking(False)
        member = Member(ours)
        for number in range(5_000):
            member.say(READY, f"{number:016x}:1")
            member.say(ALIVE)
        member.shows("ff:1")
        heard = b""
        while b"shows ff:1\n" not in heard:
            heard += theirs.recv(1_000)
            member.say(ALIVE)
        said = [line for line in heard.decode().splitlines() if line != ALIVE]
        assert said == [*(f"ready {number:016x}:1" for number in range(5_000)), "shows ff:1"]
        assert heard.count(b"alive") < 2_500  # nobody need be told so twice


def test_what_follows_beside_is_started_again_and_ends_with_the_keeper(tmp_path: Path) -> None:
    book = tmp_path / "calls"
    said, logged = kept(
        f"""
calls = {str(book)!r}
def follow():
    with open(calls, "a") as file:
        file.write(f"{{os.getpid()}}\\n")
    if len(open(calls).readlines()) < 3:
        return
    os.kill(os.getppid(), signal.SIGKILL)
    time.sleep(60)
def follows(member):
    member.end_with_keeper()
    follow()
kept(Post("worker 1", stays), Post("what follows", follows, answers=False))
"""
    )
    assert said == "ready\n"
    assert logged.count("what follows has ended with exit code 0; it is started again") == 2
    pids = [int(one) for one in book.read_text().split()]
    assert len(pids) == 3
    until(lambda: not alive(pids))


def test_a_release_is_shown_when_all_have_it_ready(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keeper, "check_forks", lambda: None)
    links = [_Link(), _Link()]
    posts = [keeper.Post(str(n), lambda _: None, pid=n + 1, link=link, started=True) for n, link in enumerate(links)]  # type: ignore[arg-type]
    fleet = keeper.Fleet(posts, None)  # type: ignore[arg-type]
    for post, said, told in (
        (0, b"shows a\n", [[], []]),
        (1, b"shows a\nready b\n", [[], []]),
        (0, b"rea", [[], []]),
        (0, b"dy c\n", [[], []]),  # who is behind by one waits, and so does the other
        (1, b"ready c\n", [[b"show c\n"], [b"show c\n"]]),
        (0, b"ready d\n", [[b"show c\n"], [b"show c\n"]]),
        (1, b"shows d\n", [[b"show c\n", b"show d\n"], [b"show c\n"]]),  # it began with that one
        (0, b"cannot e\n", [[b"show c\n", b"show d\n"], [b"show c\n"]]),
        (1, b"ready e\n", [[b"show c\n", b"show d\n"], [b"show c\n", b"show e\n"]]),  # nobody waits for the other
    ):
        links[post].said = said
        fleet._hear(posts[post])
        assert [link.told for link in links] == told, said


class _Link:
    """In the place of a socket."""

    def __init__(self) -> None:
        self.said = b""
        self.told: list[bytes] = []

    def recv(self, _size: int) -> bytes:
        return self.said

    def sendall(self, line: bytes) -> None:
        self.told.append(line)


# --- one release after another ----------------------------------------------------------------------------------------


class Quick:
    """In the place of a release that is served: it starts at once."""

    told: ClassVar[list[tuple[Any, ...]]] = []

    def __init__(self, folder: Path, held: int, *told: Any) -> None:
        self.requests = 0
        self.is_gone = False
        self.folder = folder
        self.held = held
        Quick.told.append(told)

    async def start(self) -> None:
        """Nothing is to be done."""

    def look(self) -> None:
        """Nothing is to be let go of."""

    async def stop(self) -> None:
        self.close()

    def close(self) -> None:
        os.close(self.held)


class Partner:
    """The other workers: ready when they are told to be."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.shown: list[str] = []
        self.refused: list[str] = []
        self.may = asyncio.Event()

    async def agreed(self, release: str) -> None:
        self.asked.append(release.partition(":")[0])
        await self.may.wait()

    def shows(self, release: str) -> None:
        self.shown.append(release.partition(":")[0])

    def cannot(self, release: str) -> None:
        self.refused.append(release.partition(":")[0])


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch, book: Copy) -> Path:
    monkeypatch.setattr(releases, "OneRelease", Quick)
    monkeypatch.setattr(Quick, "told", [])
    folder = book("orchard")
    changed(folder, "First Farm")
    return folder


def test_a_new_release_is_followed_though_nobody_asks_and_shown_with_the_others(
    quick: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(releases, "_TOGETHER", 60)

    async def main() -> None:
        partner = Partner()
        with closing(Releases(quick / "build", others=partner)) as app:
            await app.start()
            assert (len(partner.shown), partner.asked) == (1, [])  # who begins waits for nobody
            second = changed(quick, "Second Farm")
            while not partner.asked:
                await asyncio.sleep(0.01)
            assert partner.asked == [second]
            third = changed(quick, "Third Farm")  # while it waits: the second is not shown by anybody any more
            while len(partner.asked) < 2:
                await asyncio.sleep(0.01)
            assert (partner.asked, partner.shown[1:]) == ([second, third], [])
            partner.may.set()
            while len(partner.shown) < 2:
                await asyncio.sleep(0.01)
            assert partner.shown[1:] == [third]

    asyncio.run(main())


def test_others_are_not_waited_for_for_ever(quick: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(releases, "_TOGETHER", 0.5)

    async def main() -> None:
        partner = Partner()
        with closing(Releases(quick / "build", others=partner)) as app:
            await app.start()
            second = changed(quick, "Second Farm")
            while len(partner.shown) < 2:
                await asyncio.sleep(0.01)
            assert partner.shown[1:] == [second]

    asyncio.run(main())


def test_who_cannot_show_a_release_says_so(quick: Path, caplog: pytest.LogCaptureFixture) -> None:
    async def main() -> None:
        partner = Partner()
        with closing(Releases(quick / "build", others=partner)) as app:
            await app.start()
            second = changed(quick, "Second Farm")
            (quick / "build/current/metadata.json").write_text("{}")
            while not partner.refused:
                await asyncio.sleep(0.01)
            assert (partner.refused[0], partner.asked, len(partner.shown)) == (second, [], 1)

    asyncio.run(main())
    assert "cannot be shown; the one before it stays" in caplog.text


def test_workers_share_a_secret_and_what_sql_may_take(quick: Path) -> None:
    async def main() -> None:
        for _ in range(WORKERS):
            with closing(Releases(quick / "build", secret=SHARED, workers=WORKERS)) as app:
                await app.start()
        with closing(Releases(quick / "build")) as app:
            await app.start()

    asyncio.run(main())
    *ours, alone = [(told["secret"], workers) for _, _, told, workers in Quick.told]
    assert ours == [(SHARED, WORKERS)] * WORKERS
    assert alone[0] not in ("", SHARED)
    assert (SQL.shared(1), SQL.shared(2).workers, SQL.shared(8).workers) == (SQL, 1, 1)
    assert SQL.shared(2).waiting * 2 == SQL.waiting


def test_an_answer_of_a_release_that_was_replaced_is_seen() -> None:
    known = {"a": 1, "b": 2, "c": 3}
    seen = Seen({}, answers=[(0.0, 0.5, "a"), (0.2, 1.0, "b"), (0.9, 1.2, "a"), (1.1, 1.3, "b")])
    assert seen.behind(known) == []
    seen.answers += [(1.25, 1.5, "a"), (2.0, 2.5, "c"), (3.5, 3.6, "b"), (4.0, 4.1, "a")]
    assert seen.behind(known) == [0.25, 1.0, 3.0]
    assert seen.behind(known, {2: 0.75, 3: 2.5}) == pytest.approx([0.15, 0.5, 1.0, 3.25])
