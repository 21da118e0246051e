# SPDX-License-Identifier: Apache-2.0
"""A server that lives through many releases: nothing of those that went is left, and no request fails."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

import sourcebook
from tests.served import PYTHONS, address_of, not_ignoring

pytestmark = [
    pytest.mark.xdist_group("serve"),
    pytest.mark.skipif(not Path("/proc/self/fd").is_dir(), reason="threads and descriptors are counted in /proc"),
]
Copy = Callable[[str], Path]


@pytest.fixture(params=PYTHONS.values(), ids=PYTHONS)
def python(request: pytest.FixtureRequest) -> str:
    if not Path(request.param).exists():
        pytest.skip("the environment of the other Datasette is not set up: scripts/test makes it")
    return str(request.param)


class Server:
    """``sourcebook serve`` of a book with two releases, between which the link can be turned."""

    def __init__(self, folder: Path, process: subprocess.Popen[bytes], client: httpx.Client, aside: Path) -> None:
        self.client = client
        self.process = process
        self.aside = aside
        self._build = folder / "build"
        self._releases = sorted((folder / "build/releases").iterdir())

    def turn(self) -> int:
        """Make the other release the current one; returns how many growers it has."""
        new = next(one for one in self._releases if one != (self._build / "current").resolve())
        link = self._build / ".turned"
        link.symlink_to(f"releases/{new.name}")
        link.rename(self._build / "current")
        return len((new / "csv/growers.csv").read_text().splitlines()) - 1

    def growers(self) -> int:
        answer = self.client.get("/orchard/growers.json?_shape=array")
        assert answer.status_code == 200, answer.text[:500]
        return len(answer.json())

    def held(self) -> tuple[int, int, int]:
        """How many threads, descriptors and temporary files there are."""
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        threads = next(int(line.split()[1]) for line in status.splitlines() if line.startswith("Threads:"))
        return threads, len(list(Path(f"/proc/{self.process.pid}/fd").iterdir())), len(list(self.aside.iterdir()))

    def memory(self) -> int:
        """Bytes of memory that are held."""
        return int(Path(f"/proc/{self.process.pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


@contextmanager
def server(python: str, folder: Path, aside: Path) -> Iterator[Server]:
    sourcebook.build(folder)
    (folder / "data/growers/late.yaml").write_text("name: Late Farm\n")
    assert sourcebook.build(folder).release
    aside.mkdir()
    command = [python, "-m", "sourcebook.cli", "serve", "--book", str(folder), "--port", "0"]
    output = aside.with_suffix(".log")
    with output.open("wb") as file:
        env = {**os.environ, "TMPDIR": str(aside)}
        process = subprocess.Popen(command, stdout=file, stderr=subprocess.STDOUT, env=env, preexec_fn=not_ignoring)
    try:
        address = address_of(lambda: output.read_text("utf-8", "replace"))
        with httpx.Client(base_url=address, timeout=30, trust_env=False) as client:
            yield Server(folder, process, client, aside)
    finally:
        process.kill()
        process.wait()


def test_nothing_of_releases_that_went_is_left(book: Copy, python: str, tmp_path: Path) -> None:
    with server(python, book("orchard"), tmp_path / "aside") as one:
        held = []
        for number in range(40):
            growers = one.turn()
            assert one.growers() == growers
            for page in ("/", "/orchard", "/orchard/varieties?_search=red"):
                assert one.client.get(page).status_code == 200
            if number in (8, 9, 10, 37, 38, 39):
                time.sleep(1)  # what went is closed beside the answers
                held.append((*one.held(), one.memory()))
        # A release starts its threads as they are needed, so that one of them may have some more than another.
        *before, memory_before = map(max, zip(*held[:3], strict=True))
        *after, memory_after = map(min, zip(*held[3:], strict=True))
        assert all(late <= early + 2 for early, late in zip(before, after, strict=True)), held
        assert memory_after - memory_before < 25_000_000, held


@pytest.mark.parametrize("name", ["SIGTERM", "SIGINT", "SIGHUP"])
def test_a_server_that_ends_leaves_nothing(book: Copy, python: str, tmp_path: Path, name: str) -> None:
    number = getattr(signal, name)
    with server(python, book("orchard"), tmp_path / "aside") as one:
        for _ in range(3):
            one.turn()
            one.growers()
        one.process.send_signal(number)
        code = one.process.wait(20)
        assert list(one.aside.iterdir()) == []
        assert code == -number if number != signal.SIGINT else code > 0


def test_no_request_fails_while_releases_come_and_go(book: Copy, python: str, tmp_path: Path) -> None:
    with server(python, book("orchard"), tmp_path / "aside") as one:
        done = threading.Event()
        codes: list[int] = []

        def ask(path: str) -> None:
            with httpx.Client(base_url=one.client.base_url, timeout=30, trust_env=False) as client:
                while not done.is_set():
                    codes.append(client.get(path).status_code)

        pages = ("/", "/orchard/growers.json", "/orchard/varieties", "/orchard/growers?_search=farm")
        readers = [threading.Thread(target=ask, args=(page,)) for page in pages]
        for reader in readers:
            reader.start()
        for _ in range(25):
            one.turn()
            until = len(codes) + 6
            while len(codes) < until and any(reader.is_alive() for reader in readers):
                done.wait(0.01)
        done.set()
        for reader in readers:
            reader.join()
    assert len(codes) > 100
    assert set(codes) == {200}


def test_first_requests_of_the_app_alone_wait_for_its_start(book: Copy, python: str) -> None:
    """Datasette's own application, as any server may run it: many requests before the first is answered."""
    folder = book("orchard")
    release = sourcebook.build(folder).release
    code = """
import asyncio, sys
from pathlib import Path
import httpx
from sourcebook.site.shown import datasette
async def main():
    for _ in range(5):
        transport = httpx.ASGITransport(app=datasette(Path(sys.argv[1])).app())
        async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
            pages = ["/", "/orchard", "/orchard/growers", "/"] * 3
            answers = await asyncio.gather(*map(client.get, pages), return_exceptions=True)
            print([getattr(answer, "status_code", answer) for answer in answers])
asyncio.run(main())
"""
    result = subprocess.run([python, "-c", code, str(release)], capture_output=True, text=True, timeout=60, check=False)
    assert result.stdout.splitlines() == [str([200] * 12)] * 5, result.stdout + result.stderr


def test_a_copy_can_be_moved_in_by_hand(book: Copy, tmp_path: Path) -> None:
    """Releases of another folder, as deployments do that copy them: only the link says which is current."""
    folder = book("orchard")
    with server(sys.executable, folder, tmp_path / "aside") as one:
        before = one.growers()
        current = (folder / "build/current").resolve()
        shutil.copytree(current, current.with_name("0123456789abcdef"), symlinks=True)
        link = folder / "build/.other"
        link.symlink_to("releases/0123456789abcdef")
        link.rename(folder / "build/current")
        assert one.growers() == before
        assert "0123456789abcdef" in one.client.get("/").text
