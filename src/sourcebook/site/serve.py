# SPDX-License-Identifier: Apache-2.0
"""The verb ``serve``: the current release of a book in Datasette, read-only; a new release is picked up as it comes."""

from __future__ import annotations

import inspect
import json
import os
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any

from sourcebook.book import Folder, build_folder
from sourcebook.errors import EnvironmentFailure
from sourcebook.export import DATASETTE, METADATA
from sourcebook.export.datasette import SETTINGS
from sourcebook.publish import release


def serve(folder: Folder, *, host: str = "127.0.0.1", port: int = 8001, ready: Callable[[str], None] = print) -> None:
    """Serve the book in ``folder`` until stopped; ``ready`` is told the address once the socket listens.

    Port 0 takes any free one. Raises UsageError where nothing is built, EnvironmentFailure where the address is taken.
    """
    import uvicorn

    app = Site(build_folder(folder))
    try:
        listening = socket.create_server((host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET)
    except OSError as error:
        raise EnvironmentFailure(f"cannot listen on {host}:{port}: {error.strerror}; try --port 0") from error
    # asyncio does it only for sockets that name their protocol: else an answer on a kept connection waits 40 ms for the
    # reader's acknowledgement of its first part.
    listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    with listening:
        shown = f"[{host}]" if ":" in host else host
        ready(f"http://{shown}:{listening.getsockname()[1]}/")
        config = uvicorn.Config(app, log_level="warning", lifespan="off", timeout_graceful_shutdown=5)
        uvicorn.Server(config).run(sockets=[listening])


class Site:
    """ASGI application: whatever release of a book is current, each in a Datasette of its own.

    A request is answered whole by the release that was current when it came in; a release that was replaced is closed
    when its last request is done.
    """

    def __init__(self, build: Path) -> None:
        """``build`` is the book's build folder. Raises UsageError where it has no release."""
        self._build = build
        self._shown = _Shown(release.current(build))

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Answer one request."""
        shown = self._newest()
        shown.requests += 1
        try:
            await shown.app(scope, receive, send)
        finally:
            shown.requests -= 1
            if shown is not self._shown and not shown.requests:
                shown.close()

    def _newest(self) -> _Shown:
        name = os.path.basename(os.readlink(self._build / release.CURRENT))
        if name != self._shown.folder.name:
            before, self._shown = self._shown, _Shown(release.current(self._build))
            if not before.requests:
                before.close()
        return self._shown


class _Shown:
    """One release, and the Datasette that shows it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.requests = 0
        self._datasette = datasette(folder)
        self.app = self._datasette.app()

    def close(self) -> None:
        for database in self._datasette.databases.values():
            database.close()
        self._datasette.executor.shutdown(wait=False)


def datasette(folder: Path) -> Any:
    """A Datasette over the release in ``folder``, configured as its generated files say; any supported version."""
    from datasette.app import Datasette

    metadata = json.loads((folder / METADATA).read_text("utf-8"))
    databases = [str(path) for path in folder.glob("*.db")]
    if "config" in inspect.signature(Datasette).parameters:
        config = json.loads((folder / DATASETTE).read_text("utf-8"))
        return Datasette([], immutables=databases, metadata=metadata, config=config)
    return Datasette([], immutables=databases, metadata=metadata, settings=SETTINGS)
