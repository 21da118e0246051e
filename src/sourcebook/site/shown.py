# SPDX-License-Identifier: Apache-2.0
"""One release in a Datasette of its own, from its start to its end, after which nothing of it is left.

Datasette is made to live as long as its process. What it holds is let go here: threads, connections, and the temporary
file in which the 1.0 alpha keeps its catalogue.
"""

from __future__ import annotations

import asyncio
import atexit
import inspect
import json
import sqlite3
from collections.abc import Callable
from concurrent.futures import Executor
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import quote

from sourcebook.extract import DATASETTE, METADATA
from sourcebook.extract.datasette import SETTINGS
from sourcebook.site import plugin
from sourcebook.site.theirs import Theirs, theirs


class Shown:
    """One release, and the Datasette that shows it. ``requests`` counts those under way."""

    def __init__(
        self,
        folder: Path,
        *,
        secret: str | None = None,
        pages: bool = True,
        connect: Callable[[str], sqlite3.Connection] | None = None,
    ) -> None:
        """``folder`` is that of the release; ``secret`` what Datasette signs with, which it else draws itself.

        Without ``pages`` it has none but Datasette's, and the site's own are answered elsewhere. ``connect`` opens its
        database, which is no release's.
        """
        self.folder = folder
        self.requests = 0
        self.started = False
        self._datasette = datasette(folder, secret)
        for database in self._datasette.databases.values():
            if connect and database.path:
                database.connect = partial(_connected, connect, str(database.path))
        if not pages:
            plugin.without_pages(self._datasette)
        self.app = self._datasette.app()
        self._told: asyncio.Queue[Any] = asyncio.Queue()
        self._life: asyncio.Task[None] | None = None

    @property
    def theirs(self) -> Theirs:
        """Which addresses this Datasette answers at."""
        return theirs(self._datasette)

    async def start(self) -> None:
        """Let Datasette get ready, so that its first requests need not, and do not get in each other's way.

        Raises RuntimeError where it does not start.
        """
        if self.started:
            return
        # The lifespan protocol (https://asgi.readthedocs.io/en/latest/specs/lifespan.html): either version of Datasette
        # and the plugins around it then do what they else do at the first request.
        answers: asyncio.Queue[Any] = asyncio.Queue()
        self._life = asyncio.create_task(self.app(_LIFESPAN, self._told.get, answers.put))
        self._life.add_done_callback(lambda _: answers.put_nowait({"type": "lifespan.startup.failed"}))
        self._told.put_nowait({"type": "lifespan.startup"})
        answer = await answers.get()
        if answer["type"] != "lifespan.startup.complete":
            await self._life  # raises what it failed for, where it says that by an exception
            raise RuntimeError(f"Datasette did not start: {answer.get('message', 'it does not say why')}")
        self.started = True

    async def stop(self, aside: Executor | None = None) -> None:
        """Let Datasette and its plugins end their own work, then close: ``aside``, since that may have to wait."""
        if self._life:
            self._told.put_nowait({"type": "lifespan.shutdown"})
            await asyncio.wait([self._life])
        await asyncio.get_running_loop().run_in_executor(aside, self.close)

    def close(self) -> None:
        """Let go of all that Datasette holds; it waits for queries that are still running. May be called again."""
        plugin.close(self._datasette)
        if hasattr(self._datasette, "close"):
            self._datasette.close()
            # Registered for the file that is gone now, it would keep the whole Datasette in memory.
            atexit.unregister(self._datasette.get_internal_database()._cleanup_temp_file)
        else:
            _close_0(self._datasette)


def _connected(
    connect: Callable[[str], sqlite3.Connection], path: str, *_given: object, **_named: object
) -> sqlite3.Connection:
    """What Datasette asks a database for when it begins to read it."""
    return connect(path)


_LIFESPAN = {"type": "lifespan", "asgi": {"version": "3.0", "spec_version": "2.0"}, "state": {}}


def _close_0(datasette: Any) -> None:
    """What a Datasette before 1.0 cannot do itself: end its threads, and with them the connections that they keep."""
    from datasette.database import WriteTask

    datasette.executor.shutdown(wait=True, cancel_futures=True)
    for database in datasette.databases.values():
        thread, database._write_thread = database._write_thread, None
        if thread:
            database._write_queue.put(WriteTask(_end_thread, None, None))
            thread.join()
        database.close()


def _end_thread(connection: Any) -> None:
    """A task for a thread that waits for tasks for ever, and outlives any Exception."""
    connection.close()
    raise SystemExit


def datasette(folder: Path, secret: str | None = None) -> Any:
    """A Datasette over the release in ``folder``, configured as its generated files say; any supported version."""
    from datasette.app import Datasette

    metadata = json.loads((folder / METADATA).read_text("utf-8"))
    databases = [str(path) for path in folder.glob("*.db")]
    if "config" in inspect.signature(Datasette).parameters:
        config = json.loads((folder / DATASETTE).read_text("utf-8"))
        made = Datasette([], immutables=databases, metadata=metadata, config=config, secret=secret)
    else:
        made = Datasette([], immutables=databases, metadata=metadata, settings=SETTINGS, secret=secret)
    for database in made.databases.values():
        if database.path:
            database.path = _InAddress(database.path)
    return made


class _InAddress(str):
    """A path that Datasette puts into an address, ``file:PATH?immutable=1``, as it is: in a folder called a?b it fails.

    It does so by formatting, and by nothing else.
    """

    def __format__(self, _form: str) -> str:
        return quote(self)
