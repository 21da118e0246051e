# SPDX-License-Identifier: Apache-2.0
"""Hostile clients, who ask as soon as they are answered, and connections that send nothing or a byte now and then."""

from __future__ import annotations

import asyncio
import random
import resource
import time
from contextlib import suppress
from dataclasses import replace

from tests.hostile.load.attacks import attack
from tests.hostile.load.connection import HOST, Broken, Connection, Reply, Request
from tests.hostile.load.survey import Site
from tests.hostile.load.tally import Tallies, Tally

PATIENCE = 30.0  # seconds after which a client has been left without a word
_PAUSE = 0.05  # seconds between two requests of a client: it shares the processor, which a stranger's does not
_SLOW = 5  # one of so many connections sends a head, a byte at a time
_HEAD = b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: " + b"y" * 200


def assail(site: Site, seconds: float, clients: int, connections: int, seed: int) -> tuple[Tallies, int, int]:
    """Attack a site: what came of it by kind, the most silent connections held at once, and how many were closed."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = clients + connections + 100
    if soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (min(wanted, hard), hard))
    return asyncio.run(_assail(site, seconds, clients, connections, seed))


async def _assail(site: Site, seconds: float, clients: int, connections: int, seed: int) -> tuple[Tallies, int, int]:
    tallies: Tallies = {}
    until = time.perf_counter() + seconds
    silent = _Silent(site.port)
    async with asyncio.TaskGroup() as tasks:
        for number in range(connections):
            tasks.create_task(silent.hold(until, slow=number % _SLOW == 0))
        for number in range(clients):
            tasks.create_task(_client(site, until, random.Random(seed * 1000 + number), tallies))
    return tallies, silent.most, silent.closed


async def _client(site: Site, until: float, chance: random.Random, tallies: Tallies) -> None:
    connection = Connection(site.port)
    while (begun := time.perf_counter()) < until:
        request = attack(site, chance)
        status, wrong = await _outcome(connection, request, site)
        tally = tallies.setdefault(request.kind, Tally())
        tally.add(time.perf_counter() - begun, status, request.target, wrong)
        await asyncio.sleep(_PAUSE)
    connection.close()


async def _outcome(connection: Connection, request: Request, site: Site) -> tuple[str, str]:
    try:
        reply = await connection.ask(request, PATIENCE)
    except Broken as error:
        return "none", "" if not request.reads else str(error)
    if reply is None:
        return "left", ""
    if reply.status == 302 and request.kind.startswith("SQL"):  # where the other version of Datasette has it
        return await _outcome(connection, replace(request, target=reply.headers["location"]), site)
    if reply.status == 200 and ".csv?" in request.target and not reply.body.strip() and request.method == "GET":
        return "200", "an empty CSV, without a word"
    return str(reply.status), _wrong(reply, site)


def _wrong(reply: Reply, site: Site) -> str:
    if reply.status >= 500 and reply.status != 503:
        return f"status {reply.status}: {' '.join(reply.text().split())[:160]}"
    if site.folder.encode() in reply.body:
        return "tells where the book is on this machine"
    wrong = reply.unworded()
    return f"{wrong}: {reply.text()[:60]!r}" if wrong else ""


class _Silent:
    """Connections that wait for the server to lose patience."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._now = 0
        self.most = 0
        self.closed = 0

    async def hold(self, until: float, *, slow: bool) -> None:
        """Hold one, and open another where it is closed, until it is time."""
        while time.perf_counter() < until:
            try:
                async with asyncio.timeout_at(asyncio.get_running_loop().time() + until - time.perf_counter()):
                    await self._one(slow=slow)
            except TimeoutError:
                return
            except OSError:
                pass
            self.closed += 1
            await asyncio.sleep(0.5)

    async def _one(self, *, slow: bool) -> None:
        reader, writer = await asyncio.open_connection(HOST, self._port)
        self._now += 1
        self.most = max(self.most, self._now)
        try:
            sending = asyncio.create_task(_byte_by_byte(writer)) if slow else None
            try:
                while await reader.read(4096):  # until it is closed
                    pass
            finally:
                if sending:
                    sending.cancel()
        finally:
            self._now -= 1
            with suppress(OSError, RuntimeError):
                writer.transport.abort()


async def _byte_by_byte(writer: asyncio.StreamWriter) -> None:
    with suppress(OSError):
        for byte in _HEAD:
            writer.write(bytes([byte]))
            await writer.drain()
            await asyncio.sleep(1)
