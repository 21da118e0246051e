# SPDX-License-Identifier: Apache-2.0
"""The verb ``serve``: the current release of a book in Datasette, read-only; a new release is picked up as it comes."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sourcebook.book import Folder, build_folder
from sourcebook.errors import EnvironmentFailure
from sourcebook.publish import release
from sourcebook.site.shown import Shown


def serve(folder: Folder, *, host: str = "127.0.0.1", port: int = 8001, ready: Callable[[str], None] = print) -> None:
    """Serve the book in ``folder`` until stopped; ``ready`` is told the address once the socket listens.

    Port 0 takes any free one. Raises UsageError where nothing is built, EnvironmentFailure where the address is taken.
    """
    import uvicorn

    with _ended_in_order() as ending, closing(Site(build_folder(folder))) as app:
        try:
            listening = socket.create_server((host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET)
        except OSError as error:
            raise EnvironmentFailure(f"cannot listen on {host}:{port}: {error.strerror}; try --port 0") from error
        # asyncio does it only for sockets that name their protocol: else an answer on a kept connection waits 40 ms for
        # the reader's acknowledgement of its first part.
        listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        with listening:
            shown = f"[{host}]" if ":" in host else host
            ready(f"http://{shown}:{listening.getsockname()[1]}/")
            config = uvicorn.Config(app, log_level="warning", lifespan="off", timeout_graceful_shutdown=5)
            ending.server = uvicorn.Server(config)
            ending.server.run(sockets=[listening])


@dataclass
class _Ending:
    """What is to end when the process is told to: a ``server``, once there is one."""

    server: Any = None


@contextmanager
def _ended_in_order() -> Iterator[_Ending]:
    """Let what is to be closed be closed when the process is told to end: it then ends by that signal all the same."""
    ending = _Ending()
    if threading.current_thread() is not threading.main_thread():  # no other may say what a signal does
        yield ending
        return
    told: list[int] = []

    def end(number: int, _frame: object) -> None:
        signal.signal(number, signal.SIG_DFL)  # who says it twice means it
        told.append(number)
        if ending.server is None:
            raise SystemExit(128 + number)
        # Told, and not raised: an exception could come up while an object is let go, where Python ignores it.
        ending.server.should_exit = True

    known = [getattr(signal, name) for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name)]  # Windows has no hang-up
    ours = [one for one in known if signal.getsignal(one) is signal.SIG_DFL]
    for one in ours:
        signal.signal(one, end)
    try:
        yield ending
    finally:
        for one in ours:
            signal.signal(one, signal.SIG_DFL)
        for number in told:
            signal.raise_signal(number)


class Site:
    """ASGI application: whatever release of a book is current, each in a Datasette of its own.

    A request is answered whole by the release that was current when it came in; a release that was replaced is closed
    when its last request is done. Close it when it is not needed any more.
    """

    def __init__(self, build: Path) -> None:
        """``build`` is the book's build folder. Raises UsageError where it has no release."""
        self._build = build
        release.current(build)  # raises where there is none
        self._seen = self._current()
        self._shown = Shown(release.current(build))
        self._turning = asyncio.Lock()
        self._ending: dict[Shown, asyncio.Task[None]] = {}
        self._aside = ThreadPoolExecutor(2, thread_name_prefix="releases")  # where they are opened and closed

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Answer one request."""
        shown = await self._newest()
        shown.requests += 1
        try:
            await shown.app(scope, receive, send)
        finally:
            shown.requests -= 1
            if shown is not self._shown and not shown.requests:
                self._end(shown)

    def close(self) -> None:
        """Close what is open, when no request is under way any more."""
        self._aside.shutdown(wait=True)
        for shown in (self._shown, *self._ending):
            shown.close()

    async def _newest(self) -> Shown:
        """The current release, started: one request does that, and those that come in meanwhile wait for it."""
        if not self._shown.started or self._current() != self._seen:
            async with self._turning:
                await self._turn()
        return self._shown

    async def _turn(self) -> None:
        while (now := self._current()) != self._seen:
            try:
                new = await self._started()
            except Exception:
                if self._current() == now:
                    raise
                continue  # builds came so fast that this release is gone already
            before, self._shown, self._seen = self._shown, new, now
            if not before.requests:
                self._end(before)
        await self._shown.start()

    def _current(self) -> tuple[str, int]:
        """The name of the current release, and when its report was written: a build of the same may be of a commit."""
        name = os.path.basename(os.readlink(self._build / release.CURRENT))
        try:
            return name, (self._build / release.CURRENT / release.REPORT).stat().st_mtime_ns
        except OSError:
            return name, 0

    def _end(self, shown: Shown) -> None:
        self._ending[shown] = task = asyncio.create_task(shown.stop(self._aside))
        task.add_done_callback(lambda _: self._ending.pop(shown, None))

    async def _started(self) -> Shown:
        loop = asyncio.get_running_loop()
        new = await loop.run_in_executor(self._aside, Shown, release.current(self._build))
        try:
            await new.start()
        except BaseException:
            new.close()
            raise
        return new
