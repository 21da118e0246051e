# SPDX-License-Identifier: Apache-2.0
"""What readers may make expensive is answered by processes of their own, within limits: nobody waits for it."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import Any, NamedTuple

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

import sourcebook
from sourcebook.site.lanes import forks as module
from sourcebook.site.lanes.forks import Forks
from sourcebook.site.lanes.limits import Limits
from sourcebook.site.lanes.service import SQL
from sourcebook.site.lanes.wire import Message, received, scope_as_data, scope_of
from tests.served import BOOKS, PYTHONS, address_of, wait_for

pytestmark = [
    pytest.mark.xdist_group("serve"),
    pytest.mark.skipif(not Path("/proc/self/status").is_file(), reason="memory and processes are looked up in /proc"),
]
FOREVER = "with recursive c(x) as (select 1 union all select x + 1 from c) select sum(x) from c"
LONG = "select instr(printf('%.*c', 4900000, 'a'), printf('%.*c', 2400000, 'a') || 'b')"  # within one step of SQLite
MEMORY = (
    "with recursive c(x) as (select 1 union all select x + 1 from c limit 300) "
    "select printf('%.*c', 4900000, 'x') || x as x from c"
)
LARGE = (
    "with recursive c(x) as (select 1 union all select x + 1 from c limit 8) "
    "select printf('%.*c', 900000, 'x') || x as x from c"
)


class Server(NamedTuple):
    client: httpx.Client
    pid: int

    def ask(self, sql: str, form: str = ".json") -> httpx.Response:
        return self.client.get(f"/orchard{form}", params={"sql": sql}, follow_redirects=True)

    def processes(self) -> list[int]:
        """The processes that the server has started, and those that these have."""
        (forking,) = _children(self.pid)
        return [forking, *_children(forking)]


def _children(parent: int) -> list[int]:
    found = []
    for one in Path("/proc").iterdir():
        try:
            if one.name.isdigit() and (one / "stat").read_text().rpartition(")")[2].split()[1] == str(parent):
                found.append(int(one.name))
        except OSError:
            continue
    return found


@pytest.fixture(scope="module", params=PYTHONS.values(), ids=PYTHONS)
def server(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    if not Path(request.param).exists():
        pytest.skip("the environment of the other Datasette is not set up: scripts/test makes it")
    folder = shutil.copytree(BOOKS / "orchard", tmp_path_factory.mktemp("apart") / "orchard")
    sourcebook.build(folder)
    with _served(request.param, folder) as one:
        yield one


class _served:  # noqa: N801 # reads as what it is in a with statement
    """``sourcebook serve`` of a folder, with the number of its process."""

    def __init__(self, python: str, folder: Path) -> None:
        import subprocess

        self._log = folder / "serve.log"
        command = [python, "-m", "sourcebook.cli", "serve", "--book", str(folder), "--port", "0"]
        with self._log.open("wb") as file:
            self._process = subprocess.Popen(command, stdout=file, stderr=subprocess.STDOUT)

    def __enter__(self) -> Server:
        address = address_of(lambda: self._log.read_text("utf-8", "replace"))
        self._client = httpx.Client(base_url=address, timeout=30, trust_env=False)
        wait_for(self._client, "/")
        return Server(self._client, self._process.pid)

    def __exit__(self, *_error: object) -> None:
        self._client.close()
        self._process.kill()
        self._process.wait()


@pytest.mark.parametrize(
    ("sql", "told"),
    [
        (FOREVER, "longer|time|interrupted"),
        (LONG, "longer than"),
        (MEMORY, "more memory|longer than"),
        (LARGE, "larger than"),
    ],
    ids=["time", "time-within-one-step", "memory", "answer"],
)
def test_sql_that_goes_over_a_limit_is_told_which(server: Server, sql: str, told: str) -> None:
    answer = server.ask(sql)
    assert answer.status_code == 400
    assert any(one in answer.json()["error"] for one in told.split("|")), answer.text
    page = server.ask(sql, "")
    if told == "larger than":  # a page shows the beginnings of long values
        assert page.status_code == 200
    else:
        assert page.status_code == 400
        assert any(one in page.text for one in told.split("|")), page.text
    assert server.ask("select 1 + 1 as two").json()["rows"] in ([[2]], [{"two": 2}])  # by a worker made anew


@pytest.mark.parametrize("sql", ["select randomblob(999999999)", "select load_extension('x')", "select nothing"])
def test_a_csv_of_sql_that_fails_is_refused_in_words(server: Server, sql: str) -> None:
    answer = server.ask(sql, ".csv")
    assert answer.status_code == 400
    assert answer.text.strip()


def test_a_sort_that_takes_too_much_room_is_told_so(server: Server) -> None:
    rows = "with recursive c(x) as (select 1 union all select x + 1 from c limit 60)"
    answer = server.ask(
        f"{rows} select length(a) from (select hex(zeroblob(1000000)) || x as a from c order by a desc)"
    )
    assert answer.status_code == 400
    assert any(one in answer.json()["error"] for one in ("more room", "more memory", "longer than")), answer.text


def test_pages_do_not_wait_for_the_sql_of_readers(server: Server) -> None:
    address = str(server.client.base_url).rstrip("/")

    def ask(_number: int) -> httpx.Response:
        return httpx.get(f"{address}/orchard.json", params={"sql": FOREVER}, timeout=60, follow_redirects=True)

    with ThreadPoolExecutor(30) as threads:
        asking = [threads.submit(ask, number) for number in range(30)]
        while not all(one.done() for one in asking):
            for path in ("/", "/varieties", "/orchard/varieties.json", "/search?q=apple"):
                assert server.client.get(path).status_code == 200, path
        answers = [one.result() for one in asking]
    refused = [one for one in answers if one.status_code == 503]
    assert len(refused) >= 30 - SQL.workers - SQL.waiting * 4
    assert {one.status_code for one in answers} <= {400, 503}
    for one in refused:
        assert one.headers["retry-after"].isdigit()
        assert "ask again" in one.json()["error"]
        assert one.headers["cache-control"] == "no-store"


def test_a_worker_that_something_else_ends_is_made_anew(server: Server) -> None:
    forking, *workers = server.processes()
    for one in workers:
        os.kill(one, signal.SIGKILL)
    assert server.ask("select 1 as one").status_code == 200
    assert server.client.get("/orchard/varieties.json").status_code == 200
    os.kill(forking, signal.SIGKILL)
    _wait_until_ended(server.processes()[1:])
    assert server.ask("select 1 as one").status_code == 200


def test_what_starts_workers_and_stands_still_is_replaced(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    told = {"folder": "nowhere"}  # who is started with that ends at once
    begun = time.monotonic()
    monkeypatch.setattr(module, "_PATIENCE", 2.0)
    with closing(Forks()) as forks:
        first, link = forks.start(told)
        link.close()
        forking = forks._process.pid
        os.kill(forking, signal.SIGSTOP)
        second, link = forks.start(told)  # by another process, which had to load all first
        link.close()
        _wait_until_ended([forking, first])
        forking = forks._process.pid
        os.kill(forking, signal.SIGSTOP)
        assert forks.end(second) == -signal.SIGKILL
        _wait_until_ended([forking, second])
        third, link = forks.start(told)
        link.close()
        forking = forks._process.pid
        os.kill(forking, signal.SIGSTOP)
    _wait_until_ended([forking, third])  # and who closes it does not wait for ever either
    assert time.monotonic() - begun < 60
    assert caplog.text.count("stands still: another takes its place") == 2
    assert "KeyError" in capfd.readouterr().err


def _wait_until_ended(numbers: list[int]) -> None:
    until = time.monotonic() + 10
    while any(_is_running(one) for one in numbers):
        assert time.monotonic() < until
        time.sleep(0.05)


def _is_running(number: int) -> bool:
    try:
        return Path(f"/proc/{number}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


@pytest.mark.parametrize("python", PYTHONS.values(), ids=PYTHONS)
def test_workers_end_with_the_server_however_that_ends(python: str, tmp_path: Path) -> None:
    if not Path(python).exists():
        pytest.skip("the environment of the other Datasette is not set up: scripts/test makes it")
    folder = shutil.copytree(BOOKS / "orchard", tmp_path / "orchard")
    sourcebook.build(folder)
    with _served(python, folder) as one:
        assert one.ask("select 1").status_code == 200
        processes = one.processes()
        assert len(processes) >= 3
        os.kill(one.pid, signal.SIGKILL)
        _wait_until_ended(processes)


def test_each_answer_names_its_release(server: Server) -> None:
    paths = (
        "/",
        "/nosuch",
        "/varieties?q=a",
        "/orchard/varieties",
        "/orchard.json?sql=select+1",
        "/-/downloads/SHA256SUMS",
    )
    named = {server.client.get(path, follow_redirects=True).headers["sourcebook-release"] for path in paths}
    assert len(named) == 1
    assert len(named.pop()) == 16


def test_what_a_reader_sends_is_bounded(server: Server) -> None:
    answer = server.client.post("/orchard/varieties", content=b"a" * 2_000_000)
    assert answer.status_code in (405, 413)


# --- messages ---------------------------------------------------------------------------------------------------------


def _read(data: bytes) -> Message:
    async def read() -> Message:
        reader = asyncio.StreamReader()
        reader.feed_data(data)
        reader.feed_eof()
        return await received(reader)

    return asyncio.run(read())


@given(st.dictionaries(st.text(max_size=9), st.integers() | st.text(max_size=9), max_size=3), st.lists(st.binary()))
def test_a_message_is_received_as_it_was_sent(head: dict[str, Any], bodies: list[bytes]) -> None:
    head.pop("sizes", None)
    assert _read(Message(head, tuple(bodies)).packed()) == Message(head, tuple(bodies))


@pytest.mark.parametrize("data", [b"", b"\0\0", b"\0\0\0\x05{", b"\xff\xff\xff\xff{}", b'\0\0\0\x0e{"sizes":[-1]}'])
def test_what_is_no_message_is_an_error(data: bytes) -> None:
    with pytest.raises((asyncio.IncompleteReadError, ValueError)):
        _read(data)


@given(st.binary(min_size=1, max_size=40), st.binary(max_size=40))
def test_a_request_reaches_a_worker_byte_for_byte(raw: bytes, query: bytes) -> None:
    headers = [(b"host", raw.replace(b"\n", b""))]
    scope = {"http_version": "1.1", "method": "GET", "path": "/", "raw_path": raw, "query_string": query}
    told = _read(Message({"scope": scope_as_data(scope, headers)}).packed()).head["scope"]
    found = scope_of(told)
    assert (found["raw_path"], found["query_string"], found["headers"]) == (raw, query, headers)


def test_limits_are_told_whole() -> None:
    limits = Limits(seconds=1.5, cpu=2, memory=3, heap=4, file=5, answer=6, grown=7, nice=8)
    assert Limits(**limits.as_data()) == limits
