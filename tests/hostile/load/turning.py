# SPDX-License-Identifier: Apache-2.0
"""A small book one of whose records carries the number of the build, and who reads it in every way while that changes.

An answer names its release in a header; the number in its text must be that of this release, wherever it stands.
"""

from __future__ import annotations

import asyncio
import random
import re
import shutil
import time
from bisect import bisect_right
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

import httpx

import sourcebook
from sourcebook.publish import pointer
from tests.hostile.load.connection import Connection, Reply, Request
from tests.hostile.load.ordinary import PATIENCE, steadily
from tests.hostile.load.tally import Tallies
from tests.served import BOOKS

RELEASE = "sourcebook-release"
_NUMBER = re.compile(rb"turn(\d{6})farm")
_MANY = 20_000  # records of the last build, so that some files take a while to be read
_HEAVY = quote(
    "with recursive c(n) as (select 1 union all select n+1 from c) select count(*) from (select n from c limit 90000)"
)
_SELECT = quote("select name from growers where name like 'Walnut%'")

_SHOWING: tuple[tuple[int, str, str], ...] = (
    (30, "page of the record", "/growers/turn"),
    (12, "record as JSON", "/growers/turn.json"),
    (20, "listing", "/growers"),
    (8, "listing as JSON", "/growers.json"),
    (10, "listing as CSV", "/growers.csv"),
    (10, "page that names it", "/harvests/3"),
    (30, "CSV download", "/-/downloads/csv/growers.csv"),
    (15, "JSON download", "/-/downloads/json/growers.json"),
    (10, "database", "/-/downloads/orchard.db"),
    (6, "search", "/search?q=walnut"),
    (6, "page with parameters", "/growers?q=walnut"),
    (6, "Datasette's table", "/orchard/growers"),
    (4, "Datasette's table as JSON", "/orchard/growers.json?_shape=array"),
    (4, "Datasette's row", "/orchard/growers/turn"),
    (2, "Datasette's row as JSON", "/orchard/growers/turn.json"),
    (2, "SQL", f"/orchard.json?sql={_SELECT}&_n={{}}"),
)
_OTHERS: tuple[tuple[int, str, str], ...] = (
    (20, "home", "/"),
    (4, "question", "/questions/heaviest?at_least=1"),
    (4, "query of Datasette's", "/orchard/heaviest.json?at_least=1"),
    (4, "not there", "/nothing-{}"),
)
_ALL = _SHOWING + _OTHERS
_SHOWS = {kind for _, kind, _ in _SHOWING}


class Book:
    """The book, and which build made which release."""

    def __init__(self, folder: Path) -> None:
        shutil.copytree(BOOKS / "orchard", folder)
        self.folder = folder
        self.numbers: dict[str, int] = {}
        self.published: dict[int, float] = {}  # by number when it was
        self.count = 0
        self._harvests = (folder / "data/harvests.yaml").read_text("utf-8")

    def build(self, *, many: bool = False) -> None:
        """Make the next release: the record has another text, and its harvest another weight."""
        self.count += 1
        text = f"name: Walnut turn{self.count:06}farm\nplace: At turn{self.count:06}farm\n"
        (self.folder / "data/growers/turn.yaml").write_text(text, encoding="utf-8")
        last = f"- {{number: 3, variety: Red Lantern, by: turn, kilograms: {self.count}}}\n"
        more = "".join(f"- {{number: {n}, variety: Red Lantern, kilograms: {n}}}\n" for n in range(4, _MANY * many))
        (self.folder / "data/harvests.yaml").write_text(f"{self._harvests}{last}{more}", encoding="utf-8")
        built = sourcebook.build(self.folder)
        assert built.release, "\n".join(map(str, built.checked.findings))
        assert built.release.name not in self.numbers, "two builds made one release"
        self.numbers[built.release.name] = self.count
        self.published[self.count] = time.monotonic()

    def wait_for(self, port: int, seconds: float = 60) -> None:
        """Wait until a server shows the last release."""
        name, until = pointer.read(self.folder / "build"), time.monotonic() + seconds
        with httpx.Client(base_url=f"http://127.0.0.1:{port}", trust_env=False, timeout=seconds) as client:
            while client.get("/").headers.get(RELEASE) != name:
                assert time.monotonic() < until, f"release {name} is not shown"
                time.sleep(0.1)


@dataclass(slots=True)
class Seen:
    """What came of asking: by kind, and how often a release said which number of a build."""

    tallies: Tallies
    numbers: Counter[tuple[str, int]] = field(default_factory=Counter)
    answers: list[tuple[float, float, str]] = field(default_factory=list)  # asked when, answered when, by which release

    def mixed(self, known: dict[str, int]) -> list[str]:
        """Answers whose text is not of the release that they name."""
        wrong = [(pair, count) for pair, count in self.numbers.items() if known.get(pair[0]) != pair[1]]
        return [f"{count} × {release} says {number}, not {known.get(release)}" for (release, number), count in wrong]

    def behind(self, known: dict[str, int], since: dict[int, float] | None = None) -> list[float]:
        """By how many seconds answers were of a release that was replaced when they were asked for.

        It counts as replaced from when a newer one was seen in an answer first, whoever gave that, or ``since`` then.
        """
        answers = sorted((asked, done, known[release]) for asked, done, release in self.answers if release in known)
        if since is None:
            since = {}
            for _, done, number in answers:
                since[number] = min(done, since.get(number, done))
        newest, latest = dict[int, float](), float("inf")
        for number in sorted(since, reverse=True):  # who shows the next but one has replaced this one, too
            latest = newest[number] = min(latest, since[number])
        numbers = sorted(newest)
        found = []
        for asked, _, number in answers:
            later = numbers[bisect_right(numbers, number) :]
            if later and asked > newest[later[0]]:
                found.append(asked - newest[later[0]])
        return found


def asked(port: int, seconds: float, rate: float, seed: int) -> Seen:
    """Ask for everything, ``rate`` times a second."""
    chance, seen = random.Random(seed), Seen({})
    tags: dict[str, str] = {}  # by address the last ETag
    releases: dict[str, str] = {}  # by ETag the release that it was of
    begun: dict[int, float] = {}  # by request when it was asked

    def following() -> Request:
        _, kind, target = chance.choices(_ALL, [weight for weight, *_ in _ALL])[0]
        headers = [("accept", "text/html,*/*"), ("accept-encoding", chance.choice(("gzip", "identity")))]
        if target in tags and chance.random() < 0.2:
            headers.append(("if-none-match", tags[target]))
        request = Request(kind, target.format(chance.randrange(10**9)), headers=tuple(headers))
        begun[id(request)] = time.monotonic()
        return request

    def judge(request: Request, reply: Reply) -> str:
        release = reply.headers.get(RELEASE, "")
        seen.answers.append((begun.pop(id(request)), time.monotonic(), release))
        right = {404} if request.kind == "not there" else {200, 302} if request.kind == "SQL" else {200, 304}
        if reply.status not in right:
            return f"status {reply.status}: {' '.join(reply.text().split())[:160]}"
        if not release:
            return f"{reply.status} does not name its release"
        if reply.status == 304:
            return "" if releases[dict(request.headers)["if-none-match"]] == release else "304 for another release"
        if reply.status == 302:
            return ""
        found = {int(number) for number in _NUMBER.findall(_unpacked(reply))}
        if "etag" in reply.headers:
            tags[request.target] = reply.headers["etag"]
            releases[reply.headers["etag"]] = release
        if len(found) > 1:
            return f"shows {len(found)} releases at once"
        if request.kind in _SHOWS and not found:
            return "does not show the record"
        seen.numbers.update((release, number) for number in found)
        return ""

    seen.tallies = asyncio.run(steadily(port, seconds, rate, following, judge))
    return seen


def _unpacked(reply: Reply) -> bytes:
    return reply.text().encode() if reply.headers.get("content-encoding") else reply.body


async def under_way(port: int, end: Callable[[], None], readers: int = 24) -> list[str]:
    """Have answers under way, then ``end`` the server: what is wrong with these answers, in words."""
    slowly = [f"/-/downloads/{file}" for file in ("json/harvests.json", "orchard.db", "csv/harvests.csv")]
    quickly = (
        f"/orchard.json?sql={_HEAVY}",
        "/harvests?q=red&page=30",
        "/harvests.json",
        "/orchard/harvests.json?_size=1000&_shape=array",
    )
    begun = [asyncio.Event() for _ in range(readers)]
    reading = [
        asyncio.create_task(_slowly(port, slowly[number % len(slowly)], event)) for number, event in enumerate(begun)
    ]
    await asyncio.gather(*(event.wait() for event in begun))
    connections = [Connection(port) for _ in quickly]
    asking = [
        asyncio.create_task(connection.ask(Request(target, target), PATIENCE))
        for connection, target in zip(connections, quickly, strict=True)
    ]
    await asyncio.sleep(0.1)
    waiting = sum(not task.done() for task in (*reading, *asking))
    end()
    wrong = [str(error) for error in await asyncio.gather(*reading) if error]
    for target, answer in zip(quickly, await asyncio.gather(*asking, return_exceptions=True), strict=True):
        if not isinstance(answer, Reply) or answer.status not in (200, 302):
            wrong.append(f"{target}: {answer!r}")
    for connection in connections:
        connection.close()
    return wrong if waiting >= readers // 3 else [*wrong, f"only {waiting} answers were under way: nothing is proved"]


async def _slowly(port: int, target: str, begun: asyncio.Event) -> str:
    """Read an answer in about two seconds; what is wrong with it."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=16_384)
    try:
        writer.write(Request("", target).packed(port))
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
        begun.set()
        length = re.search(r"content-length: (\d+)", head)
        step, got, last = max(4096, int(length[1]) // 80 if length else 30_000), 0, b""
        while part := await reader.read(step):
            got += len(part)
            last = (last + part)[-7:]
            if length and got >= int(length[1]):
                break
            if last.endswith(b"0\r\n\r\n") and not length:
                break
            await asyncio.sleep(0.02)
    except (OSError, asyncio.IncompleteReadError) as error:
        begun.set()
        return f"{target}: {error!r}"
    finally:
        writer.transport.abort()
    if " 200 " not in head[:20]:
        return f"{target}: {head[:40]!r}"
    whole = got == int(length[1]) if length else last.endswith(b"0\r\n\r\n")
    return "" if whole else f"{target}: broke off after {got:,} bytes"
