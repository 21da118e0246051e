# SPDX-License-Identifier: Apache-2.0
"""One state of a private database, as pages are made of it: whoever reads it sees that state to the end."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from sourcebook.content.opened import LIMITS
from sourcebook.extract import SITE_INDEX
from sourcebook.publish.release import SUMS
from sourcebook.site.front import Front
from sourcebook.site.gone import HAS_TABLE
from sourcebook.site.handing.downloads import Downloads
from sourcebook.site.published import Published
from sourcebook.site.shown import Shown
from sourcebook.site.theirs import Theirs
from sourcebook.sqlite import bounded


def pinned(database: Path, index: Path | None = None) -> sqlite3.Connection:
    """A connection that reads a database, and the site's index beside it, as both are now, whatever is written."""
    connection = sqlite3.connect(_address(database), uri=True, check_same_thread=False, isolation_level=None)
    connection.execute("PRAGMA query_only = ON")
    connection.execute("PRAGMA temp_store = MEMORY")
    if index is not None:
        connection.execute("ATTACH ? AS site", (_address(index),))
    connection.execute("BEGIN")
    for schema in ("main", "site") if index is not None else ("main",):
        connection.execute(f"SELECT count(*) FROM {schema}.sqlite_master").fetchone()
    return connection


def _address(path: Path) -> str:
    return f"{path.resolve().as_uri()}?mode=ro"


class Pinned(Published):
    """A private database of one state, called by its ``number``."""

    def __init__(self, folder: Path, number: int) -> None:
        (folder / SUMS).touch()  # of no file: a preview hands none out
        super().__init__(folder)
        self.release = f"preview-{number}"
        self.kept[HAS_TABLE] = False  # so that nobody opens a connection to look

    @property
    def connection(self) -> sqlite3.Connection:
        """A connection of the calling thread, which cannot write."""
        found: sqlite3.Connection | None = getattr(self._own, "connection", None)
        if found is None:
            found = self._own.connection = pinned(self.folder / self.site.database, self.folder / SITE_INDEX)
            bounded(found, LIMITS)
            self._all.append(found)
        return found


class _Pages(Front):
    """The pages of one state, each made by a thread whose connection was opened when it began."""

    def __init__(self, datasette: Any, opened: Published, theirs: Theirs, files: Downloads) -> None:
        super().__init__(datasette, opened, "/", theirs, files)
        for threads in (self._threads, self._others):
            threads.shutdown(wait=False)
        self._threads, self._others = ThreadPoolExecutor(1), ThreadPoolExecutor(1)

    def open(self) -> None:
        """Have both threads' connections read what is there now."""
        for waiting in [threads.submit(lambda: self._opened.connection) for threads in (self._threads, self._others)]:
            waiting.result()

    async def asked(self, function: Callable[..., Any], *args: Any) -> Any:
        """What a function gives in a thread whose connection was opened with the state."""
        return await asyncio.get_running_loop().run_in_executor(self._threads, function, *args)


class Version:
    """ASGI application: one state of the private database in ``folder``. A resource: stop it when nobody asks."""

    def __init__(self, folder: Path, number: int, theirs: Theirs | None) -> None:
        """``theirs`` is at which addresses Datasette answers, as far as it is known. It reads what is there now."""
        self.folder, self.number, self.requests = folder, number, 0
        self.opened = Pinned(folder, number)
        self._shown: Shown | None = None
        self._starting = asyncio.Lock()
        self.theirs = theirs or self._datasette().theirs
        self._pages = _Pages(self._behind, self.opened, self.theirs, Downloads(folder, self.opened.site.name))
        self._pages.open()

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Answer one request."""
        await self._pages(scope, receive, send)

    async def asked(self, function: Callable[..., Any], *args: Any) -> Any:
        """What a function gives that asks this state: by no connection that is opened now, which may be of another."""
        return await self._pages.asked(function, *args)

    async def stop(self) -> None:
        """Let go of all that it holds."""
        if self._shown is not None:
            await self._shown.stop()
        await asyncio.get_running_loop().run_in_executor(None, self._pages.close)

    async def _behind(self, scope: Any, receive: Any, send: Any) -> None:
        """Datasette, which begins when it is first asked."""
        async with self._starting:
            shown = self._datasette()
            await shown.start()
        await shown.app(scope, receive, send)

    def _datasette(self) -> Shown:
        if self._shown is None:
            self._shown = Shown(self.folder, pages=False, opened=self.opened, connect=_connect)
        return self._shown


def _connect(path: str) -> sqlite3.Connection:
    return pinned(Path(path))
