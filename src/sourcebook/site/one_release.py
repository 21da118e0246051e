# SPDX-License-Identifier: Apache-2.0
"""One release as it is served: its pages and files here, what Datasette answers in processes of its own."""

from __future__ import annotations

import asyncio
import errno
import os
import secrets
import sqlite3
from collections.abc import Mapping
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from sourcebook.content.addresses import DOWNLOADS
from sourcebook.errors import EnvironmentFailure, run_out
from sourcebook.extract.site import SITE
from sourcebook.machine import system
from sourcebook.site import allowed
from sourcebook.site.answer import Answer
from sourcebook.site.front import Front
from sourcebook.site.handing.downloads import Downloads
from sourcebook.site.headers import HEADERS, encoded
from sourcebook.site.lanes.forks import Forks
from sourcebook.site.lanes.service import Lanes, all_begun
from sourcebook.site.policies import NOTHING
from sourcebook.site.published import Published

_NAME = b"sourcebook-release"
_LONGEST = 120  # seconds in which a release is open, on whatever machine
_OF_THE_MACHINE = frozenset(
    getattr(errno, name, None)  # Windows has not all
    for name in (
        *("EACCES", "EAGAIN", "EDQUOT", "EFBIG", "EIO", "EMFILE"),
        *("ENFILE", "ENOBUFS", "ENOMEM", "ENOSPC", "EPERM", "EROFS"),
    )
)
_OF_SQLITE = frozenset((sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_NOMEM))


class OneRelease:
    """ASGI application, once it is started. ``requests`` counts those under way. A resource: stop it, or close it."""

    def __init__(
        self, folder: Path, held: int, forks: Forks, threads: Executor, told: Mapping[str, str], servers: int = 1
    ) -> None:
        """``folder`` is that of the release; in ``threads`` files are opened.

        ``held`` is a descriptor that keeps the folder where it is, and is closed with the release; ``told`` is what
        `Lanes` tells its workers. It is served by so many ``servers`` at the same time.
        """
        self.requests = 0
        self._held: int | None = held
        self._folder = folder
        self._threads = threads
        self._lanes = Lanes(folder, forks, told, servers)
        self._front: Front | None = None
        self._opened: Published | None = None
        self._files: Downloads | None = None

    @property
    def is_gone(self) -> bool:
        """Whether its files were taken away, though they are open here."""
        return not self._folder.is_dir()

    def look(self) -> None:
        """Let go of kept versions that were replaced since they were opened."""
        if self._opened is not None:
            _ = self._opened.versions.state

    async def start(self) -> None:
        """Open it, and have its processes ready. Raises OSError, ValueError or EnvironmentFailure."""
        opening = asyncio.get_running_loop().run_in_executor(self._threads, self._open)
        theirs, (opened, self._files) = await all_begun(self._lanes.start(), opening)
        self._opened = opened
        if opened is not None:
            self._front = Front(self._lanes, opened, "/", theirs, self._files)

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Answer one request, by name."""

        async def named(message: Any) -> None:
            if message["type"] == "http.response.start":
                headers = [*message.get("headers", ()), (_NAME, self._folder.name.encode("latin-1"))]
                message = {**message, "headers": headers}
            await send(message)

        if scope["type"] == "http":
            await (self._front or self._plainly)(scope, receive, named)

    async def _plainly(self, scope: Any, receive: Any, send: Any) -> None:
        """Answer out of a release of an older version, which has no pages but Datasette's."""
        path = scope["path"].removeprefix("/")
        if self._files is not None and path.startswith(DOWNLOADS):
            await self._files(scope, receive, send, path.removeprefix(DOWNLOADS))
            return
        try:
            told = allowed.refusal(scope["method"], tuple(path.split("/")), scope["query_string"].decode("latin-1"))
            if told is not None:
                raise told
            await self._lanes.sql(scope, receive, send)
        except allowed.Refused as refused:
            answer = Answer.refusal(refused.told, refused.status, data=scope["path"].endswith(".json"))
            headers = {"content-type": answer.media_type, **answer.headers, **refused.headers}
            all_headers = [*HEADERS, (b"content-security-policy", NOTHING), *encoded(headers.items())]
            await send({"type": "http.response.start", "status": answer.status, "headers": all_headers})
            await send({"type": "http.response.body", "body": answer.body})

    async def stop(self) -> None:
        """End its processes, then close it."""
        await self._lanes.stop()
        await asyncio.get_running_loop().run_in_executor(None, self.close)

    def close(self) -> None:
        """Let go of what is open here. May be called again."""
        if self._front is not None:
            self._front.close()
        held, self._held = self._held, None
        if held is not None:
            os.close(held)

    def _open(self) -> tuple[Published | None, Downloads]:
        if not (self._folder / SITE).is_file():
            return None, Downloads(self._folder, next(self._folder.glob("*.db")).stem)
        opened = Published(self._folder)
        return opened, Downloads(self._folder, opened.site.name)


def try_opening(folder: Path) -> None:
    """Open a release as it will be shown, with the processes that it takes, and close it again.

    Raises ValueError where it cannot be shown, and why; OSError and EnvironmentFailure where this machine does not let
    that be told, and so MemoryError, and RuntimeError where it has no more threads.
    """
    if not any(folder.glob("*.db")):
        raise ValueError("it has no database")
    try:
        if (folder / SITE).is_file():  # here first: of a process that has ended nobody knows why
            with closing(Published(folder)) as opened:
                opened.connection.execute("SELECT count(*) FROM sqlite_schema").fetchall()
        asyncio.run(asyncio.wait_for(_tried(folder), _LONGEST))
    except TimeoutError as error:
        raise EnvironmentFailure(f"a release was not opened within {_LONGEST} s") from error
    except (ValueError, EnvironmentFailure):
        raise
    except Exception as error:
        if run_out(error) or (isinstance(error, OSError) and error.errno and error.errno in _OF_THE_MACHINE):
            raise
        # The first byte tells the kind: https://sqlite.org/rescode.html#extrc
        code = getattr(error, "sqlite_errorcode", 0) & 0xFF
        if code in _OF_SQLITE:
            raise EnvironmentFailure(f"the database of a release could not be read: {error}") from error
        raise ValueError(f"{type(error).__name__}: {error}") from error


async def _tried(folder: Path) -> None:
    with (
        ThreadPoolExecutor(2) as threads,
        closing(Forks()) as forks,
        TemporaryDirectory(prefix="sourcebook-", ignore_cleanup_errors=True) as temporary,
    ):
        told = {"secret": secrets.token_hex(32), "temporary": temporary}
        opened = OneRelease(folder, system.held(folder), forks, threads, told)
        try:
            await opened.start()
        finally:
            await opened.stop()
