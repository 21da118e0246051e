# SPDX-License-Identifier: Apache-2.0
"""The processes of a preview, started by the one that serves, and ended with it."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path
from typing import Any

_ROOM = "sourcebook.dev"
_LONGEST = 1 << 30  # bytes of a line: all findings of a book


class Process:
    """A process of ours. It, and all that it has started, ends with ``end``."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self.process = process

    async def end(self) -> None:
        """End it, with all that it has started. May be called again."""
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        await self.process.wait()


async def started(
    name: str, *given: str, top: Path, pass_fds: tuple[int, ...] = (), stdin: int | None = None
) -> Process:
    """A process that is the module ``name`` of this room, whose temporary files lie in ``top``."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-P",  # what lies in the folder that it is started in is not taken for a module
        "-m",
        f"{_ROOM}.{name}",
        *given,
        stdin=asyncio.subprocess.DEVNULL if stdin is None else stdin,
        stdout=asyncio.subprocess.PIPE,
        pass_fds=pass_fds,
        env={**os.environ, "TMPDIR": str(top)},
        start_new_session=True,
        limit=_LONGEST,
    )
    return Process(process)


class Wire:
    """What the process says that keeps the book, and what it is told."""

    def __init__(self, process: Process, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.process = process
        self._reader, self._writer = reader, writer

    @staticmethod
    async def begun(root: Path, top: Path) -> Wire:
        """Start it, for the book in ``root``; private databases lie in ``top``."""
        ours, theirs = socket.socketpair()
        with theirs:
            process = await started(
                "keeper", str(root), str(top), str(theirs.fileno()), top=top, pass_fds=(theirs.fileno(),)
            )
        reader, writer = await asyncio.open_connection(sock=ours, limit=_LONGEST)
        return Wire(process, reader, writer)

    async def heard(self) -> AsyncIterator[dict[str, Any]]:
        """What it says, until it ends."""
        # One that ends before it has read all that it was told is an error of the connection, not the end of a stream;
        # what it was about to say may be there in part.
        with suppress(ConnectionError):
            while (line := await self._reader.readline()).endswith(b"\n"):
                yield json.loads(line)

    async def say(self, **told: Any) -> None:
        """Tell it something."""
        with suppress(ConnectionError):
            self._writer.write(json.dumps(told).encode() + b"\n")
            await self._writer.drain()

    async def end(self) -> None:
        """End it."""
        self._writer.close()
        await self.process.end()
