# SPDX-License-Identifier: Apache-2.0
"""Connections that send nothing, too much, or take nothing: each ends within its limits, and keeps no reader out."""

from __future__ import annotations

import os
import re
import resource
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest
import uvicorn

import sourcebook
from sourcebook.machine.system import files_allowed
from sourcebook.site.listening import Connections, Limits
from tests.served import BOOKS, address_of

pytestmark = pytest.mark.xdist_group("serve")
BODY = b"x" * 4_000_000
QUICK = Limits(head=1.0, slow=1.0, least=50_000, longest_head=2_000, discarded=1_000_000, connections=20, tick=0.1)


async def app(scope: Any, _receive: Any, send: Any) -> None:
    """A short answer, or a long one in pieces."""
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"text/plain")]})
    if scope["path"] == "/long":
        for start in range(0, len(BODY), 100_000):
            await send({"type": "http.response.body", "body": BODY[start : start + 100_000], "more_body": True})
    await send({"type": "http.response.body", "body": b"" if scope["path"] == "/long" else b"short"})


@contextmanager
def listening(limits: Limits = QUICK) -> Iterator[tuple[int, Connections]]:
    connections = Connections(limits)
    config = uvicorn.Config(
        app,
        http=connections.protocol,
        h11_max_incomplete_event_size=limits.longest_head,
        ws="none",
        lifespan="off",
        log_level="critical",
    )
    server = uvicorn.Server(config)
    with socket.create_server(("127.0.0.1", 0)) as here:
        here.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 50_000)  # else the system takes all of an answer
        thread = threading.Thread(target=server.run, kwargs={"sockets": [here]}, daemon=True)
        thread.start()
        yield here.getsockname()[1], connections
        server.should_exit = True
        thread.join(20)
        assert not thread.is_alive()


def connected(port: int, sends: bytes = b"") -> socket.socket:
    made = socket.create_connection(("127.0.0.1", port), timeout=10)
    made.sendall(sends)
    return made


def connected_over_and_over(host: str, port: int) -> None:
    """Connect again and again, for less than a server that is to end gives to answers under way."""
    for _ in range(70):
        socket.create_connection((host, port), timeout=5).close()
        time.sleep(0.1)


def heard(one: socket.socket) -> bytes:
    """All that comes until the other side ends."""
    parts = []
    try:
        while part := one.recv(65_536):
            parts.append(part)
    except ConnectionError:
        pass
    return b"".join(parts)


def sent(one: socket.socket, pieces: list[bytes], pause: float = 0.0) -> bool:
    """Send pieces; whether the other side heard all of them."""
    try:
        for piece in pieces:
            one.sendall(piece)
            time.sleep(pause)
    except ConnectionError:
        return False
    return True


def asked(port: int, path: str = "/") -> bytes:
    with connected(port, f"GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode()) as one:
        return heard(one)


@pytest.mark.parametrize("sends", [b"", b"GET / HTTP/1.1\r\nHost: x\r\n", b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"])
def test_who_sends_no_head_or_only_half_of_one_is_let_go(sends: bytes) -> None:
    """The third has had an answer, and asks for nothing more: the server itself keeps it for five seconds."""
    with listening() as (port, _), connected(port, sends) as one:
        before = time.monotonic()
        heard(one)
        assert time.monotonic() - before < 4.5


def test_a_head_that_comes_byte_by_byte_is_not_waited_for() -> None:
    with listening() as (port, _), connected(port) as one:
        before = time.monotonic()
        assert not sent(one, [bytes([byte]) for byte in b"GET / HTTP/1.1\r\nX: " + b"y" * 100], pause=0.1)
        assert time.monotonic() - before < 8  # all of it takes twelve


def test_a_new_reader_is_answered_where_all_others_send_nothing() -> None:
    with listening(Limits(connections=20)) as (port, connections), ExitStack() as stack:
        idle = [stack.enter_context(connected(port, b"GET /" if n % 2 else b"")) for n in range(60)]
        assert asked(port).endswith(b"short\r\n0\r\n\r\n")
        assert connections.most == 20
        idle[0].settimeout(5)
        assert heard(idle[0]) == b""  # the first of them made room


def test_who_does_not_read_is_let_go_and_who_reads_slowly_is_not() -> None:
    # The clock runs for a reader who had no time too, as where much else is to do: so it runs for longer.
    with listening(replace(QUICK, slow=6.0)) as (port, connections):
        ask = b"GET /long HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
        with connected(port) as deaf, connected(port) as slow:
            for one in (deaf, slow):
                one.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 20_000)
                one.sendall(ask)
            taken = 0
            until = time.monotonic() + 60
            while (part := slow.recv(100_000)) and time.monotonic() < until:
                taken += len(part)
                time.sleep(0.02)
            assert taken > len(BODY)
            until = time.monotonic() + 60
            while connections._all:  # the deaf one has not been let go of yet, and is not to read before
                assert time.monotonic() < until
                time.sleep(0.1)
            assert len(heard(deaf)) < len(BODY)


def test_readers_who_do_not_read_make_room_where_nobody_is_idle() -> None:
    with listening(Limits(connections=4, slow=600, tick=0.1)) as (port, _), ExitStack() as stack:
        for _ in range(4):
            one = stack.enter_context(connected(port))
            one.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 20_000)
            one.sendall(b"GET /long HTTP/1.1\r\nHost: x\r\n\r\n")
        until = time.monotonic() + 30  # they are known to be behind
        while not asked(port).endswith(b"short\r\n0\r\n\r\n"):
            assert time.monotonic() < until


def test_a_head_that_is_too_long_is_refused_in_words() -> None:
    with listening() as (port, _):
        with connected(port, b"GET /" + b"a" * 5_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n") as one:
            answer = heard(one)
        assert answer.startswith(b"HTTP/1.1 431 ")
        assert b"longer than 2,000 bytes" in answer
        assert b"nosniff" in answer
        with connected(port, b"nonsense\r\n\r\n") as one:
            assert heard(one).startswith(b"HTTP/1.1 400 ")
        with connected(port, b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nnonsense\r\n") as one:
            heard(one)  # ends, in the middle of an answer or before it
        assert asked(port).endswith(b"short\r\n0\r\n\r\n")


@pytest.mark.parametrize("how", ["content-length: 50000000", "transfer-encoding: chunked"])
def test_what_is_sent_with_a_request_is_let_go_and_not_without_end(how: str) -> None:
    with listening() as (port, _), connected(port) as one:
        one.sendall(f"GET / HTTP/1.1\r\nHost: x\r\n{how}\r\n\r\n".encode())
        assert not sent(one, [b"186a0\r\n" + b"x" * 100_000 + b"\r\n"] * 500)


def test_an_answer_is_heard_by_who_has_not_sent_all() -> None:
    with listening(Limits(tick=0.1)) as (port, _), connected(port) as one:
        one.sendall(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 30000000\r\n\r\n")
        assert sent(one, [b"x" * 1_000_000] * 30)
        answer = heard(one)
        assert answer.startswith(b"HTTP/1.1 200 ")
        assert b"connection: close" in answer.lower()
        assert answer.endswith(b"short\r\n0\r\n\r\n")


@pytest.mark.parametrize(
    "how", ["Content-Length: 4\r\nTransfer-Encoding: chunked", "Content-Length: 5", "Transfer-Encoding: chunked"]
)
def test_no_request_is_heard_behind_what_is_sent_with_one(how: str) -> None:
    """A server in front might take it for a part of the first, or the other way round."""
    with listening() as (port, _), connected(port) as one:
        head = f"GET / HTTP/1.1\r\nHost: x\r\n{how}\r\n\r\n"
        one.sendall(f"GET / HTTP/1.1\r\nHost: x\r\n\r\n{head}0\r\n\r\nGET / HTTP/1.1\r\nHost: x\r\n\r\n".encode())
        answers = heard(one)
        assert answers.count(b"HTTP/1.1 200 ") == 2
        assert answers.lower().count(b"connection: close") == 1


def test_as_many_files_are_open_as_may_be() -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (200, hard))
        assert files_allowed(65_536) == min(hard, 65_536)
        assert resource.getrlimit(resource.RLIMIT_NOFILE) == (min(hard, 65_536), hard)
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


# --- the served site --------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = shutil.copytree(BOOKS / "orchard", tmp_path_factory.mktemp("listening") / "orchard")
    sourcebook.build(folder)
    return folder


@contextmanager
def served(built: Path, log: Path) -> Iterator[tuple[subprocess.Popen[bytes], str]]:
    command = [sys.executable, "-m", "sourcebook.cli", "serve", "--book", str(built), "--port", "0"]
    with log.open("wb") as output:
        process = subprocess.Popen(command, stdout=output, stderr=subprocess.STDOUT)
    try:
        yield process, address_of(lambda: log.read_text("utf-8", "replace"))
    finally:
        process.kill()
        process.wait()


def memory(pid: int) -> int:
    """Bytes that a process alone has in memory."""
    status = Path(f"/proc/{pid}/status").read_text()
    return int(re.search(r"RssAnon:\s+(\d+)", status)[1]) * 1024  # type: ignore[index]


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/status").is_file(), reason="memory is read in /proc")
@pytest.mark.parametrize("method", ["POST", "PUT", "GET", "DELETE"])
@pytest.mark.parametrize("path", ["/", "/orchard/varieties.json", "/-/messages", "/-/downloads/orchard.db"])
def test_what_is_sent_costs_no_memory(built: Path, served_once: tuple[int, str], method: str, path: str) -> None:
    pid, address = served_once
    host, port = re.findall(r"//(.*):(\d+)/", address)[0]
    before = memory(pid)
    with socket.create_connection((host, int(port)), timeout=10) as one:
        one.sendall(f"{method} {path} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 200000000\r\n\r\n".encode())
        status = b""
        try:
            for _ in range(200):
                one.sendall(b"x" * 1_000_000)
                status = status or one.recv(12, socket.MSG_DONTWAIT | socket.MSG_PEEK)
        except BlockingIOError:
            pass
        except ConnectionError:
            pass
    assert memory(pid) < before + 20_000_000
    assert httpx.get(address, trust_env=False).status_code == 200


@pytest.fixture(scope="module")
def served_once(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[int, str]]:
    with served(built, tmp_path_factory.mktemp("log") / "log") as (process, address):
        httpx.get(address, trust_env=False, timeout=30)
        yield process.pid, address


@pytest.mark.slow
@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "TRACE", "PROPFIND"])
def test_nothing_but_reading_is_answered_anywhere(served_once: tuple[int, str], method: str) -> None:
    paths = (
        "/",
        "/varieties",
        "/orchard",
        "/orchard/varieties.json",
        "/-/downloads/orchard.db",
        "/-/messages",
        "/nosuch",
    )
    with httpx.Client(base_url=served_once[1], trust_env=False) as site:
        for path in (*paths, "/orchard/-/query", "/orchard/varieties/-/insert", "/-/sourcebook/site.css"):
            answer = site.request(method, path)
            assert answer.status_code == 405, path
            assert answer.headers["allow"] == "GET, HEAD, OPTIONS"
            assert "only read" in answer.text
            assert answer.headers["content-security-policy"]


@pytest.mark.slow
def test_a_download_under_way_ends_whole_when_the_server_is_told_to_end(built: Path, tmp_path: Path) -> None:
    folder = shutil.copytree(built, tmp_path / "orchard", symlinks=True)
    release = (folder / "build/current").resolve()
    table = next(release.glob("csv/*.csv"))
    content = os.urandom(1_000_000) * 12
    with served(folder, tmp_path / "log") as (process, address):
        assert httpx.get(address, trust_env=False, timeout=30).status_code == 200
        table.chmod(0o644)
        table.write_bytes(content)  # what a server has opened it does not look at again
        host, port = re.findall(r"//(.*):(\d+)/", address)[0]
        with socket.create_connection((host, int(port)), timeout=10) as one:
            one.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 20_000)
            one.sendall(f"GET /-/downloads/csv/{table.name} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
            first = one.recv(65_536)
            process.send_signal(signal.SIGTERM)
            with pytest.raises(ConnectionError):
                connected_over_and_over(host, int(port))
            rest = heard(one)
            assert (first + rest).partition(b"\r\n\r\n")[2] == content
        assert process.wait(10) == -signal.SIGTERM


@pytest.mark.slow
def test_a_thousand_who_send_nothing_keep_no_reader_out(served_once: tuple[int, str]) -> None:
    host, port = re.findall(r"//(.*):(\d+)/", served_once[1])[0]
    files_allowed(65_536)
    with ExitStack() as stack:
        for _ in range(1_100):
            stack.enter_context(socket.create_connection((host, int(port)), timeout=10))
        for _ in range(3):
            before = time.monotonic()
            assert httpx.get(served_once[1], trust_env=False, timeout=10).status_code == 200
            assert time.monotonic() - before < 5  # the others are let go of after ten
