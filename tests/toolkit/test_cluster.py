# SPDX-License-Identifier: Apache-2.0
"""Builds whose files a cluster compiles: the same findings and the same bytes, whatever becomes of its workers."""

from __future__ import annotations

import json
import logging
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import CancelledError, Future
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from threading import Thread, Timer
from typing import Any

import pytest
from click.testing import CliRunner

import sourcebook
from bench.generate import generate
from sourcebook import files
from sourcebook.cli import main
from sourcebook.compile.by_cluster import ByCluster
from sourcebook.errors import EnvironmentFailure, UsageError
from sourcebook.machine import cluster, frames, go_between, reaching, toolkit
from sourcebook.publish.build import Built
from sourcebook.storage import afar
from tests.served import not_ignoring

psutil = pytest.importorskip("psutil")
pytest.importorskip("distributed")
pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("cluster")]

Copy = Callable[[str], Path]

_WAIT = 60.0  # seconds for what starts


def command_of(one: psutil.Process) -> str:
    """The command of a process; none of one that has ended, be it that its parent has not asked after it yet."""
    with suppress(psutil.Error):
        return " ".join(one.cmdline())
    return ""


@dataclass
class Fleet:
    """A scheduler and workers, started apart as processes of this machine."""

    folder: Path
    address: str = ""
    started: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def start(self, *words: str) -> None:
        """Start a part of Dask, which listens on the loopback alone."""
        command = [sys.executable, "-m", "dask", *words, "--host", "127.0.0.1", "--dashboard-address", "127.0.0.1:0"]
        with (self.folder / f"{words[0]}-{len(self.started)}.log").open("wb") as log:
            self.started.append(subprocess.Popen(command, stdout=log, stderr=log, cwd=self.folder))

    def workers(self) -> list[int]:
        """The processes that work: children of those that start them anew."""
        children = (child for one in self.started[1:] for child in psutil.Process(one.pid).children())
        return [child.pid for child in children if (words := command_of(child)) and "resource_tracker" not in words]

    def end(self) -> None:
        """End all."""
        for one in self.started:
            for child in psutil.Process(one.pid).children(recursive=True):
                with suppress(psutil.NoSuchProcess):
                    child.kill()
            one.kill()
            one.wait()


def until(there: Callable[[], Any]) -> Any:
    """What is there in the end."""
    end = time.monotonic() + _WAIT
    while not (found := there()):
        assert time.monotonic() < end, "it never came"
        time.sleep(0.05)
    return found


@pytest.fixture(scope="module")
def fleet(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Fleet]:
    made = Fleet(tmp_path_factory.mktemp("fleet"))
    try:
        about = made.folder / "scheduler.json"
        made.start("scheduler", "--port", "0", "--scheduler-file", str(about))
        until(lambda: about.is_file() and about.stat().st_size)
        made.address = json.loads(about.read_text("utf-8"))["address"]
        for _ in range(2):
            folder = str(made.folder)
            made.start("worker", made.address, "--nthreads", "1", "--nanny", "--local-directory", folder)
        until(lambda: len(made.workers()) == 2)
        yield made
    finally:
        made.end()


def told(built: Built) -> tuple[Any, ...]:
    """All that a build says of its records, and the bytes of what it published."""
    checked = built.checked
    there = sorted(built.release.rglob("*.db")) if built.release else []
    return (
        checked.findings,
        checked.known,
        checked.ledger.as_dict(),
        checked.kept_back,
        built.records,
        built.release and built.release.name,
        [path.read_bytes() for path in there],
    )


@pytest.mark.parametrize(
    "name",
    [
        "orchard",  # nothing is wrong
        "record-cost",  # judging a record takes too long: the child of a worker is ended, and the driver tells
        "embargo-day",  # what is not public is told from the files
        "reference-branches",  # where references lead is said by schemas
        "yaml-syntax",  # files that cannot be read
        "layouts",
        "key-duplicate",  # of files that others compiled
        "reference",
    ],
)
def test_a_book_is_the_same(fleet: Fleet, book: Copy, name: str) -> None:
    folder = book(name)
    here = told(sourcebook.build(folder))
    assert told(sourcebook.build(folder, cluster=fleet.address, clean=True)) == here


def test_data_that_lies_elsewhere_is_read_by_the_workers(fleet: Fleet, book: Copy, tmp_path: Path) -> None:
    folder = book("reference")
    here = told(sourcebook.build(folder))
    assert here[0], "nothing is wrong in it, so that no line is looked up"
    (folder / "data").rename(tmp_path / "afar")
    apart = sourcebook.build(folder, cluster=fleet.address, data=str(tmp_path / "afar"), clean=True)
    assert told(apart) == here


def test_an_address_where_nothing_lies_publishes_no_empty_book(book: Copy, tmp_path: Path) -> None:
    folder = book("orchard")
    path = folder / "datapackage.yaml"
    path.write_text(
        re.sub(r"^( +)records:", r"\1may_be_empty: true\n\1records:", path.read_text("utf-8"), flags=re.M), "utf-8"
    )
    with pytest.raises(EnvironmentFailure, match=r"no file of a collection lies at .*nowhere"):
        sourcebook.build(folder, data=str(tmp_path / "nowhere"))


@pytest.mark.parametrize("option", ["--cluster", "--data"])
def test_a_variable_that_is_not_set_is_no_address(book: Copy, option: str) -> None:
    outcome = CliRunner().invoke(main, ["build", "--book", str(book("orchard")), option, ""])
    assert outcome.exit_code == 2
    assert f"{option} names nothing" in outcome.output


@pytest.mark.parametrize("pattern", ["data/**/*.yaml", "**/*.yaml"])
def test_data_that_lies_elsewhere_is_found_in_the_same_order(book: Copy, tmp_path: Path, pattern: str) -> None:
    folder = book("orchard")
    for name in ("b/a.yaml", "b.yaml", "b-c/a.yaml", "a/ü.yaml", "a/deep/x.yaml"):
        (folder / "data/growers" / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / "data/growers" / name).write_text("id: x\n", "utf-8")
    (folder / "more").mkdir()
    (folder / "more/one.yaml").write_text("a: 1\n", "utf-8")
    top = "" if pattern.startswith("*") else "data"
    here = list(files.walk(folder, top))
    (folder / "data").rename(tmp_path / "afar")
    with afar.lying(folder, "data", str(tmp_path / "afar")):
        assert list(files.walk(folder, top)) == here
        names = [path for path, _ in here if path.startswith(("data/", "more/"))]
        found = files.read_many(folder, names, 1_000_000)
    (tmp_path / "afar").rename(folder / "data")
    assert found == files.read_many(folder, names, 1_000_000)
    assert list(files.walk(folder, top)) == here


def test_names_that_only_a_storage_can_have_are_told(book: Copy, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = book("orchard")
    names = [
        "data/growers//a.yaml",
        "data/growers/../a.yaml",
        "data/growers/a\nb.yaml",
        "data/" + "x/" * 200 + "a.yaml",
    ]
    with afar.lying(folder, "data", "memory://orchard/data"):
        monkeypatch.setattr(afar.Afar, "names", lambda *_: iter(names))
        told = [odd.rule for _, odd in files.walk(folder, "data") if odd]
    assert sorted(told) == ["file-kind", "file-name", "file-name", "file-name"]


def test_workers_make_the_same_partitions(fleet: Fleet, book: Copy) -> None:
    pytest.importorskip("pyarrow")
    folder = book("orchard")

    def parts(**options: str) -> dict[str, bytes]:
        built = sourcebook.build(folder, only="parquet", clean=True, **options)  # type: ignore[arg-type]
        assert built.release is not None
        return {path.name: path.read_bytes() for path in sorted(built.release.rglob("*.parquet"))}

    here = parts()
    assert here
    assert parts(cluster=fleet.address) == here


def test_what_did_not_change_is_not_handed_out(fleet: Fleet, book: Copy, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = book("orchard")
    sourcebook.build(folder, cluster=fleet.address)
    assert sourcebook.build(folder, cluster=fleet.address).unchanged
    (folder / "scripts/views/more.sql").write_text("SELECT 1 AS one", "utf-8")
    found = []
    handed_out = ByCluster._handed_out

    def noted(self: ByCluster, *given: Any) -> Any:
        found.append(handed_out(self, *given))
        return found[-1]

    monkeypatch.setattr(ByCluster, "_handed_out", noted)
    sourcebook.build(folder, cluster=fleet.address)
    assert found
    assert all(one.found for one in found)


class Killing:
    """Ends or stops a worker whenever some more records are read."""

    def __init__(self, fleet: Fleet, what: signal.Signals, most: int) -> None:
        self.killed: list[int] = []
        self._fleet, self._what, self._most = fleet, what, most
        self._at = 0

    def __call__(self, stage: str, done: int = 0, total: int = 0, /) -> None:
        if stage != "reading records" or not done or done < self._at or len(self.killed) == self._most:
            return
        self._at = done + total // (self._most + 2)
        there = [pid for pid in until(self._fleet.workers) if pid not in self.killed]
        if there:
            os.kill(there[0], self._what)
            self.killed.append(there[0])


@pytest.fixture(scope="module")
def museum(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, tuple[Any, ...]]:
    folder = tmp_path_factory.mktemp("large") / "museum"
    generate(folder, 6_000)
    return folder, told(sourcebook.build(folder))


def test_workers_that_are_killed_change_nothing(fleet: Fleet, museum: tuple[Path, tuple[Any, ...]]) -> None:
    folder, here = museum
    killing = Killing(fleet, signal.SIGKILL, 5)
    assert told(sourcebook.build(folder, cluster=fleet.address, clean=True, progress=killing)) == here
    assert len(set(killing.killed)) >= 3


def test_a_worker_that_stands_still_is_waited_for(fleet: Fleet, museum: tuple[Path, tuple[Any, ...]]) -> None:
    folder, here = museum
    until(lambda: len(fleet.workers()) == 2)
    stopping = Killing(fleet, signal.SIGSTOP, 1)

    def wake() -> None:
        for pid in stopping.killed:
            os.kill(pid, signal.SIGCONT)

    def progress(stage: str, done: int = 0, total: int = 0, /) -> None:
        before = len(stopping.killed)
        stopping(stage, done, total)
        if len(stopping.killed) > before:
            Timer(3, wake).start()

    assert told(sourcebook.build(folder, cluster=fleet.address, clean=True, progress=progress)) == here
    assert len(stopping.killed) == 1


def test_a_worker_with_another_toolkit_is_refused(fleet: Fleet, book: Copy, monkeypatch: pytest.MonkeyPatch) -> None:
    here = toolkit.facts()
    monkeypatch.setattr(toolkit, "facts", lambda: ("CPython 3.99.0", "SQLite 4.0.0", *here[2:]))
    with pytest.raises(EnvironmentFailure, match=r"in the place of CPython 3\.99\.0, SQLite 4\.0\.0: install"):
        sourcebook.build(book("orchard"), cluster=fleet.address)


def test_workers_of_this_machine_listen_to_nobody_else(book: Copy) -> None:
    folder = book("orchard")
    here = told(sourcebook.build(folder))
    listening: set[str] = set()

    def progress(_stage: str, done: int = 0, _total: int = 0, /) -> None:
        if done:
            own = psutil.Process()
            for one in (own, *own.children(recursive=True)):
                with suppress(psutil.NoSuchProcess):  # a child of a worker that ended meanwhile
                    found = one.net_connections("inet")
                    listening.update(each.laddr.ip for each in found if each.status == psutil.CONN_LISTEN)

    assert told(sourcebook.build(folder, cluster="local", jobs=2, clean=True, progress=progress)) == here
    assert listening == {"127.0.0.1"}


@pytest.mark.skipif(not hasattr(signal, "SIGHUP"), reason="signals of POSIX")
@pytest.mark.parametrize(
    ("number", "group", "code"),
    [
        ("SIGINT", True, 130),  # as a terminal does
        ("SIGHUP", True, -1),  # as one that is closed
        ("SIGTERM", True, -15),  # as `timeout` does
        ("SIGTERM", False, -15),
        ("SIGKILL", False, -9),
    ],
)
def test_however_a_build_ends_its_workers_end_and_leave_nothing(
    museum: tuple[Path, tuple[Any, ...]], tmp_path: Path, number: str, group: bool, code: int
) -> None:
    words = ["build", "--book", str(museum[0]), "--clean", "--cluster", "local", "--jobs", "2"]
    command = [sys.executable, "-m", "sourcebook.cli", *words]
    env = os.environ | {"TMPDIR": str(tmp_path)}
    started = subprocess.Popen(
        command,
        stderr=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        start_new_session=True,
        env=env,
        preexec_fn=not_ignoring,
    )
    with started:
        mine = psutil.Process(started.pid)

        def all_there() -> list[Any]:
            found = mine.children(recursive=True)
            return found if sum("spawn_main" in command_of(one) for one in found) == 2 else []

        workers = until(all_there)
        assert [*tmp_path.glob("sourcebook-cluster-*")]
        (os.killpg if group else os.kill)(started.pid, getattr(signal, number))
        _, said = started.communicate(timeout=_WAIT)
    assert started.returncode == code
    assert said.strip() == b""
    until(lambda: not any(one.is_running() for one in workers))
    until(lambda: not [*tmp_path.glob("sourcebook-*")])  # who ends the workers removes what they leave


@pytest.mark.skipif(not hasattr(signal, "SIGHUP"), reason="signals of POSIX")
def test_told_to_end_while_workers_start_it_leaves_nothing(tmp_path: Path) -> None:
    command = [sys.executable, "-P", "-m", go_between.__name__]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, env=os.environ | {"TMPDIR": str(tmp_path)}
    ) as started:
        assert started.stdin is not None
        frames.send(started.stdin, frames.LOCAL, 2, _WAIT)
        until(lambda: [*tmp_path.glob("sourcebook-cluster-*")])
        started.terminate()
        assert started.wait(_WAIT) == 0
    assert not [*tmp_path.iterdir()]


def test_what_lies_beside_the_book_is_no_module_of_workers(book: Copy, tmp_path: Path) -> None:
    folder = book("orchard")
    for name in ("distributed", "multiprocessing", "pickle", "sourcebook"):
        (folder / f"{name}.py").write_text(f"open({str(tmp_path / 'run')!r}, 'w')", "utf-8")
    command = [str(Path(sys.executable).parent / "sourcebook"), "build", "--cluster", "local", "--jobs", "2"]
    subprocess.run(command, cwd=folder, check=True, capture_output=True)
    assert not (tmp_path / "run").exists()


def test_a_cluster_that_is_not_there_is_told_soon(book: Copy, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cluster, "_REACHED", 0.5)
    with pytest.raises(EnvironmentFailure, match=r"no cluster is reached at 127\.0\.0\.1:1"):
        sourcebook.build(book("orchard"), cluster="127.0.0.1:1")


@pytest.mark.parametrize("address", ["somewhere", "ftp://127.0.0.1:1", "127.0.0.1:", "tcp://user@host:1"])
def test_what_is_no_address_is_refused(book: Copy, address: str) -> None:
    with pytest.raises(UsageError, match="is no address of a cluster"):
        sourcebook.build(book("orchard"), cluster=address)


def test_without_dask_it_is_said_what_to_install(book: Copy, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(UsageError, match=r"pip install 'sourcebook\[cluster\]'"):
        sourcebook.build(book("orchard"), cluster="local")


def test_what_dask_raises_is_put_into_words() -> None:
    from distributed.scheduler import KilledWorker, NoWorkerError

    killed = KilledWorker("a task", None, 3)  # type: ignore[no-untyped-call, arg-type]
    for error, words in (
        (CancelledError(), "was lost before"),
        (killed, "4 workers of the cluster at there ended"),
        (NoWorkerError("a task", 1.0), "has had no worker"),  # type: ignore[no-untyped-call]
        (ModuleNotFoundError("No module named 'sourcebook'"), "must have the same Sourcebook"),
    ):
        found = go_between.in_words(error, "there")
        assert isinstance(found, EnvironmentFailure)
        assert words in str(found)


class Odd(Exception):
    """One that cannot be made anew from what a pickle has of it."""

    def __init__(self, one: str, other: str) -> None:
        super().__init__(one + other)


def test_what_a_task_raises_is_raised_where_it_is_wanted() -> None:
    same = go_between.in_words(FileNotFoundError(2, "No such file", "data/a.yaml"), "there")
    assert isinstance(same, FileNotFoundError)
    assert same.filename == "data/a.yaml"
    try:
        raise ValueError("a mistake of ours")
    except ValueError as error:
        bug = go_between.in_words(error, "there")
    assert isinstance(bug, ValueError)
    assert "test_what_a_task_raises" in "".join(bug.__notes__), "nobody could tell where it was raised"
    assert str(go_between.in_words(Odd("a ", "mistake"), "there")) == "Odd: a mistake"


class Unworked:
    """What talks to a scheduler that has some threads of workers, and never a result."""

    def __init__(self) -> None:
        self.status, self.nthreads = "running", 0

    def scheduler_info(self, **_: Any) -> dict[str, Any]:
        return {"workers": {"one": {"nthreads": self.nthreads}}}

    def get_executor(self, **_: Any) -> Any:
        return self

    def submit(self, *_: Any) -> Future[bytes]:
        return Future()


def test_what_nobody_works_on_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    said: list[tuple[Any, ...]] = []
    client = Unworked()
    handing = go_between.Handing(client, "there", lambda *one: said.append(one))  # type: ignore[arg-type]
    monkeypatch.setattr(go_between, "_ALONE", 100.0)
    long_ago = time.monotonic() - 50
    assert handing.look(long_ago) > long_ago, "nothing was handed out, so that nobody is missed"
    handing.do(frames.SUBMIT, 7, b"a task", [])
    handing.do(frames.SUBMIT, 8, b"a task", [])
    handing.do(frames.CANCEL, 8)
    assert handing.look(long_ago) == long_ago
    client.nthreads = 2
    assert handing.look(long_ago) > long_ago
    client.nthreads = 0
    handing.look(long_ago - 100)
    what, number, error = said.pop()
    assert (what, number) == (frames.FAILED, 7)
    assert "has had no worker for 100 seconds" in str(error)
    assert said == [(frames.THREADS, 0), (frames.THREADS, 2)]
    handing.do(frames.SUBMIT, 9, b"a task", [])
    client.status = "closed"
    handing.look(time.monotonic())
    assert "was lost before the work was done" in str(said.pop()[2])


def test_workers_load_what_they_do_by_its_name() -> None:
    """By value it would be the code of one version of Python, and `toolkit` could not tell of another."""
    from distributed.protocol.pickle import dumps

    for one in (frames.worked, frames.same):
        assert len(dumps(one)) < 100  # type: ignore[no-untyped-call]
    ours = "from sourcebook.machine import frames; import runpy; there = runpy.run_module({!r}); "
    ours += "assert there['worked'].__module__ == there['same'].__module__ == frames.__name__"
    subprocess.run([sys.executable, "-c", ours.format(go_between.__name__)], check=True)


def test_the_end_of_who_talks_to_the_cluster_is_told(book: Copy) -> None:
    def progress(stage: str, done: int = 0, _total: int = 0, /) -> None:
        if stage == "looking for changes" and not done:
            (one,) = (one for one in psutil.Process().children() if "go_between" in " ".join(one.cmdline()))
            one.kill()

    with pytest.raises(EnvironmentFailure, match=r"the process was ended that talks to the cluster at local"):
        sourcebook.build(book("orchard"), cluster="local", jobs=2, progress=progress)


FORKS = """
import os, sys
from pathlib import Path
threads = []
os.register_at_fork(before=lambda: threads.append(len(os.listdir("/proc/self/task"))))
import sourcebook
for folder in sys.argv[2:]:
    sourcebook.build(Path(folder), cluster=sys.argv[1], jobs=2)
print(threads, [name for name in ("dask", "distributed") if name in sys.modules])
"""


@pytest.mark.skipif(sys.platform != "linux", reason="/proc")
@pytest.mark.parametrize("where", ["", frames.LOCAL])
def test_who_forks_has_one_thread(fleet: Fleet, book: Copy, where: str) -> None:
    """Before the cluster compiles, while it does (some chunks are for the driver), and when it was left.

    Python warns of threads from 3.12 on; what is counted is the same on any.
    """
    warned = "error:This process:DeprecationWarning"
    command = [sys.executable, "-W", warned, "-c", FORKS, where or fleet.address]
    said = subprocess.run(
        [*command, str(book("layouts")), str(book("orchard")), str(book("record-cost"))],
        capture_output=True,
        text=True,
        check=True,
    )
    assert "DeprecationWarning" not in said.stderr
    threads, _, loaded = said.stdout.strip().partition("] ")
    assert len(threads.split(",")) >= 8, "it hardly forks, so that nothing is shown"
    assert set(threads.strip("[]").split(", ")) == {"1"}
    assert loaded == "[]"


def test_dask_is_imported_where_a_cluster_is_asked_for_alone(book: Copy) -> None:
    program = (
        "import sys\nfrom sourcebook.cli import main\n"
        f"sys.argv = ['sourcebook', 'build', '--book', {str(book('orchard'))!r}]\n"
        "try: main()\nexcept SystemExit: pass\n"
        "print([name for name in ('dask', 'distributed', 'fsspec') if name in sys.modules])"
    )
    said = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert said.stdout.splitlines()[-1] == "[]"


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="pipes of POSIX")
@pytest.mark.parametrize("address", ["{}", "file://{}"])
def test_what_is_odd_in_a_folder_elsewhere_is_told_as_in_the_book(book: Copy, tmp_path: Path, address: str) -> None:
    """Links, pipes and names of all kinds: no record is passed over in silence."""
    folder = book("orchard")
    growers = folder / "data/growers"
    names = [".new-grower.yaml", ".turned.yaml", "line\nbreak.yaml"]
    for name in names:
        (growers / name).write_text("id: x\nname: X\n", "utf-8")
        (folder / "data" / name).write_text("id: x\nname: X\n", "utf-8")
    (growers / "link.yaml").symlink_to(names[0])
    (growers / "linked").symlink_to(folder / "schemas")
    os.mkfifo(growers / "pipe.yaml")
    here = told(sourcebook.build(folder))
    rules = [one.rule for one in here[0]]
    assert rules.count("file-kind") >= 3
    assert "file-name" in rules
    (folder / "data").rename(tmp_path / "afar")
    apart = told(sourcebook.build(folder, data=address.format(tmp_path / "afar")))
    assert apart == here


def test_a_folder_that_is_there_is_not_said_to_lack(book: Copy, tmp_path: Path) -> None:
    folder = book("orchard")
    for path in (folder / "data/growers").iterdir():
        path.unlink()
    here = sourcebook.build(folder).checked.findings
    assert any(one.rule == "collection-empty" for one in here)
    (folder / "data").rename(tmp_path / "afar")
    assert sourcebook.build(folder, data=str(tmp_path / "afar")).checked.findings == here


@pytest.mark.parametrize("answer", [b"", b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n"])
def test_what_is_no_scheduler_is_told_in_time(book: Copy, monkeypatch: pytest.MonkeyPatch, answer: bytes) -> None:
    """One that takes connections and says nothing, and a web server."""
    monkeypatch.setattr(cluster, "_REACHED", 1.0)
    with socket.create_server(("127.0.0.1", 0)) as server:
        taken: list[socket.socket] = []

        def take() -> None:
            with suppress(OSError):
                while True:
                    taken.append(server.accept()[0])
                    taken[-1].sendall(answer)

        Thread(target=take, daemon=True).start()
        start = time.monotonic()
        with pytest.raises(EnvironmentFailure, match="does not answer as a Dask scheduler does"):
            sourcebook.build(book("orchard"), cluster=f"127.0.0.1:{server.getsockname()[1]}")
        assert time.monotonic() - start < 15
        for one in taken:
            one.close()


def test_what_is_raised_is_not_logged_besides() -> None:
    import distributed.client  # noqa: F401 - whose loggers are there then
    import tornado.log  # noqa: F401

    loud = {name: logging.getLogger(name) for name in ("tornado.application", "distributed.client")}
    before = {name: one.isEnabledFor(logging.ERROR) for name, one in loud.items()}
    with reaching.quiet():
        assert not any(one.isEnabledFor(logging.ERROR) for one in loud.values())
        assert logging.getLogger("distributed.worker").isEnabledFor(logging.ERROR)
    assert {name: one.isEnabledFor(logging.ERROR) for name, one in loud.items()} == before
