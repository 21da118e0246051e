# SPDX-License-Identifier: Apache-2.0
"""A small load generator for a server on the loopback interface: HTTP/1.1 with kept connections, bounded in time and
number of requests. It ends by itself.
"""

from __future__ import annotations

import asyncio
import itertools
import statistics
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

HOST = "127.0.0.1"
_PATIENCE = 60  # seconds for one answer


@dataclass(frozen=True, slots=True)
class Load:
    """What came back: answers a second, milliseconds of the middle one and of the slowest in a hundred, failures."""

    rate: float
    median_ms: float
    p99_ms: float
    answers: int
    failures: int
    bytes: int


@dataclass(slots=True)
class _Tally:
    seconds: list[float] = field(default_factory=list)
    failures: int = 0
    bytes: int = 0


@dataclass(frozen=True, slots=True)
class Asking:
    """What is asked with every address, and the status that answers it rightly."""

    headers: Mapping[str, str] = field(default_factory=dict)
    status: int = 200

    def request(self, port: int, path: str) -> bytes:
        """The bytes of a request."""
        lines = [f"GET {path} HTTP/1.1", f"Host: {HOST}:{port}", "Accept: */*"]
        lines += [f"{name}: {value}" for name, value in self.headers.items()]
        return "\r\n".join([*lines, "", ""]).encode()


PLAINLY = Asking()


def load(
    port: int,
    paths: Sequence[str],
    *,
    clients: int = 8,
    seconds: float = 3,
    most: int = 20_000,
    asking: Asking = PLAINLY,
) -> Load:
    """Ask for ``paths`` over and over, by ``clients`` at once, until ``seconds`` are over or ``most`` were asked for.

    A request that is under way then is waited for, and counts. An answer of another status than ``asking`` has is a
    failure.
    """
    return asyncio.run(_load(port, itertools.islice(itertools.cycle(paths), most), clients, seconds, asking))


async def _load(port: int, asked: Iterator[str], clients: int, seconds: float, asking: Asking) -> Load:
    tally = _Tally()
    begun = time.perf_counter()
    await asyncio.gather(*(_client(port, asked, begun + seconds, tally, asking) for _ in range(clients)))
    took = time.perf_counter() - begun
    times = sorted(tally.seconds) or [0.0]
    middle, slow = statistics.median(times), times[min(len(times) - 1, int(len(times) * 0.99))]
    return Load(len(tally.seconds) / took, middle * 1000, slow * 1000, len(tally.seconds), tally.failures, tally.bytes)


async def _client(port: int, asked: Iterator[str], until: float, tally: _Tally, asking: Asking) -> None:
    reader, writer = await asyncio.open_connection(HOST, port)
    try:
        for path in asked:
            begun = time.perf_counter()
            if begun > until:
                return
            writer.write(asking.request(port, path))
            try:
                status, size, kept = await asyncio.wait_for(_answer(reader), _PATIENCE)
            except (TimeoutError, OSError, asyncio.IncompleteReadError):
                tally.failures += 1
                return
            tally.seconds.append(time.perf_counter() - begun)
            tally.failures += status != asking.status
            tally.bytes += size
            if not kept:
                writer.close()
                reader, writer = await asyncio.open_connection(HOST, port)
    finally:
        writer.close()


async def _answer(reader: asyncio.StreamReader) -> tuple[int, int, bool]:
    """Status and size of an answer, and whether the connection stays."""
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
    status = int(head.split(maxsplit=2)[1])
    headers = dict(line.split(": ", 1) for line in head.split("\r\n")[1:] if ": " in line)
    kept = headers.get("connection") != "close"
    if headers.get("transfer-encoding") != "chunked":
        length = int(headers.get("content-length", 0))
        await _skip(reader, length)
        return status, length, kept
    total = 0
    while size := int(await reader.readline(), 16):
        await _skip(reader, size + 2)
        total += size
    await reader.readline()
    return status, total, kept


async def _skip(reader: asyncio.StreamReader, size: int) -> None:
    while size:
        read = await reader.read(min(size, 1 << 16))
        if not read:
            raise asyncio.IncompleteReadError(b"", size)
        size -= len(read)
