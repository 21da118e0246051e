# SPDX-License-Identifier: Apache-2.0
"""A lane: some workers, and those who wait for one. There is an end to how many wait, and how long."""

from __future__ import annotations

import asyncio
import shutil
import signal
import socket
import tempfile
from dataclasses import dataclass, replace
from typing import Any

from sourcebook.errors import EnvironmentFailure
from sourcebook.site.lanes.forks import Forks
from sourcebook.site.lanes.limits import Limits
from sourcebook.site.lanes.wire import OVER, READY, Message, received

_STARTING = 20  # seconds in which a worker is to be ready


class Busy(Exception):
    """All workers have been busy for as long as one may wait, or too many wait already."""


class Over(Exception):
    """A request went over a limit: ``limit`` is ``time``, ``memory``, ``answer``, or ``crash`` where it was none."""

    def __init__(self, limit: str) -> None:
        super().__init__(limit)
        self.limit = limit


class _Ended(Exception):
    """Something else has ended a worker, as a system does that has no memory left."""


@dataclass(frozen=True, slots=True)
class Lane:
    """How many workers a lane has, within which limits, and who may wait for them."""

    workers: int
    limits: Limits
    waiting: int  # requests that may wait
    patience: float  # seconds for which one does

    def shared(self, servers: int) -> Lane:
        """The share of one of so many servers: a worker each at least, for else it could not answer."""
        return replace(self, workers=max(1, self.workers // servers), waiting=max(1, self.waiting // servers))


class Workers:
    """The workers of one lane for one release; each is started when there is something to do for it."""

    def __init__(self, lane: Lane, forks: Forks, told: dict[str, Any]) -> None:
        """``told`` is what workers are told beside limits."""
        self._lane = lane
        self._forks = forks
        self._told = {**told, "limits": lane.limits.as_data()}
        self._idle: list[_Worker] = []
        self._all: set[_Worker] = set()
        self._free = asyncio.Semaphore(lane.workers)
        self._waiting = 0
        self._stopped = False

    async def start(self) -> dict[str, Any]:
        """Have one worker ready; what it says of its Datasette. Raises EnvironmentFailure where it does not start."""
        worker = await self._started()
        self._idle.append(worker)
        return worker.said

    async def ask(self, message: Message) -> Message:
        """The answer of a worker. Raises Busy, Over or EnvironmentFailure."""
        if self._free.locked():
            await self._wait()
        else:
            await self._free.acquire()
        # To its end, though the reader may be gone: a worker cannot be told to stop, it could only be ended.
        answering = asyncio.create_task(self._answered(message))
        answering.add_done_callback(lambda done: done.cancelled() or done.exception())  # which is told to nobody then
        return await asyncio.shield(answering)

    async def _wait(self) -> None:
        if self._waiting >= self._lane.waiting:
            await asyncio.sleep(self._lane.patience / 2)  # who asks again at once is not to gain by it
            raise Busy
        self._waiting += 1
        try:
            async with asyncio.timeout(self._lane.patience):
                await self._free.acquire()
        except TimeoutError:
            raise Busy from None
        finally:
            self._waiting -= 1

    async def _answered(self, message: Message) -> Message:
        try:
            try:
                return await self._answered_by(await self._taken(), message)
            except _Ended:
                return await self._answered_by(await self._started(), message)
        except _Ended:
            raise Over("memory") from None
        finally:
            self._free.release()

    async def _answered_by(self, worker: _Worker, message: Message) -> Message:
        try:
            answer = await worker.ask(message, self._lane.limits.seconds)
        except TimeoutError:
            await self._end(worker)
            raise Over("time") from None
        except (asyncio.IncompleteReadError, ConnectionError, ValueError) as error:
            status = await self._end(worker)
            if status == -signal.SIGKILL:  # and not by us
                raise _Ended from error
            raise Over(_limit(status)) from error
        if answer.head["last"]:
            await self._end(worker)
        else:
            self._idle.append(worker)
        if answer.head["kind"] == OVER:
            raise Over(answer.head["limit"])
        return answer

    async def _taken(self) -> _Worker:
        while self._idle:
            worker = self._idle.pop()
            if not worker.reader.at_eof():
                return worker
            await self._end(worker)  # something has ended it while it had nothing to do
        return await self._started()

    async def _started(self) -> _Worker:
        pid, to_it, temporary = await asyncio.get_running_loop().run_in_executor(self._forks.threads, self._forked)
        reader, writer = await asyncio.open_connection(sock=to_it)
        worker = _Worker(pid, reader, writer, temporary)
        self._all.add(worker)
        try:
            async with asyncio.timeout(_STARTING):
                worker.said = (await received(reader)).head
            if worker.said["kind"] != READY or self._stopped:
                raise ValueError("it is not wanted")
        except (asyncio.IncompleteReadError, ConnectionError, TimeoutError, ValueError) as error:
            await self._end(worker)
            raise EnvironmentFailure("a process that answers readers does not start") from error
        return worker

    async def _end(self, worker: _Worker) -> int:
        self._all.discard(worker)
        worker.writer.close()
        return await asyncio.get_running_loop().run_in_executor(self._forks.threads, self._ended, worker)

    def _forked(self) -> tuple[int, socket.socket, str]:
        temporary = tempfile.mkdtemp(dir=self._told["temporary"])
        try:
            return *self._forks.start({**self._told, "temporary": temporary}), temporary
        except BaseException:
            shutil.rmtree(temporary, ignore_errors=True)
            raise

    def _ended(self, worker: _Worker) -> int:
        try:
            return self._forks.end(worker.pid)
        finally:
            shutil.rmtree(worker.temporary, ignore_errors=True)

    async def stop(self) -> None:
        """End all workers, and start none any more. May be called again."""
        self._stopped = True
        self._idle.clear()
        await asyncio.gather(*map(self._end, [*self._all]))


class _Worker:
    """The server's end of a worker."""

    def __init__(self, pid: int, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, temporary: str) -> None:
        self.pid = pid
        self.reader = reader
        self.writer = writer
        self.temporary = temporary
        self.said: dict[str, Any] = {}

    async def ask(self, message: Message, seconds: float) -> Message:
        """Its answer. Raises TimeoutError, or ConnectionError or IncompleteReadError where it ends before."""
        async with asyncio.timeout(seconds):
            self.writer.write(message.packed())
            await self.writer.drain()
            return await received(self.reader)


def _limit(status: int) -> str:
    """The limit that a worker went over which has ended before it answered, by what it ended by."""
    if status == -signal.SIGXCPU:
        return "time"
    return "crash" if status in (-signal.SIGSEGV, -signal.SIGBUS, -signal.SIGABRT) else "memory"
