# SPDX-License-Identifier: Apache-2.0
"""The verb ``serve``: the current release of a book in Datasette, read-only; a new release is picked up as it comes."""

from __future__ import annotations

import asyncio
import signal
import socket
import threading
from collections.abc import Awaitable, Callable, Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from typing import Any

from sourcebook import system
from sourcebook.book import Folder, build_folder
from sourcebook.errors import EnvironmentFailure
from sourcebook.site.hosts import AtItsNames, HostNames
from sourcebook.site.releases import Releases

_GRACE = 8  # seconds in which answers under way are to end: those who end servers give ten, and then kill
_UNREAD = 256 * 1024  # bytes
_WAITING = 512  # connections that the system keeps until they are let in


def serve(
    folder: Folder,
    *,
    host: str = "127.0.0.1",
    port: int = 8001,
    host_names: Iterable[str] = (),
    unsealed: bool = False,
    ready: Callable[[str], None] = print,
) -> None:
    """Serve the book in ``folder`` until stopped; ``ready`` is told the address once it answers.

    Port 0 takes any free one. By other names than ``host_names`` the site is not asked, unless it listens for this
    machine alone and none are given. A release that another user or machine built is served if ``unsealed`` ones may
    be. Raises UsageError where nothing is built or for what is no name of a host, EnvironmentFailure where the address
    is taken, another built it, or this system forks no processes.
    """
    system.must_fork("`sourcebook freeze` writes the site as files anywhere")
    names = HostNames(host_names, host)
    with ended_in_order() as ends, closing(Releases(build_folder(folder), anyones=unsealed)) as app:
        listen(app, names, app.start, ends, host=host, port=port, ready=ready)


def listen(
    app: Any,
    names: HostNames,
    start: Callable[[], Awaitable[None]],
    ends: Ending,
    *,
    host: str,
    port: int,
    ready: Callable[[str], None],
    ending: Callable[[], Awaitable[None]] | None = None,
    grace: int = _GRACE,
) -> None:
    """Have the ASGI application ``app`` answer by its ``names`` until the process is told to end.

    It is awaited to ``start`` first; ``ready`` is told the address then, and ``ending`` is called when no more is let
    in. ``ends`` is what `ended_in_order` gives, in whose block all is closed that is to be. Raises
    EnvironmentFailure where the address is taken.
    """
    import uvicorn

    from sourcebook.site.listening import Connections  # as late, for it takes long to load

    connections = Connections()

    class Server(uvicorn.Server):
        async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
            if ending is not None:
                await ending()
            await super().shutdown(sockets)

    try:
        listening = socket.create_server((host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET)
    except OSError as error:
        raise EnvironmentFailure(f"cannot listen on {host}:{port}: {error.strerror}; try --port 0") from error
    # asyncio does it only for sockets that name their protocol: else an answer on a kept connection waits 40 ms for
    # the reader's acknowledgement of its first part.
    listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    # What the system keeps for a reader who does not read; by itself it keeps many times as much.
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _UNREAD)
    with listening:
        shown = f"[{host}]" if ":" in host else host
        address = f"http://{shown}:{listening.getsockname()[1]}/"
        config = uvicorn.Config(
            AtItsNames(app, names),
            http=connections.protocol,
            h11_max_incomplete_event_size=connections.limits.longest_head,
            ws="none",
            lifespan="off",
            log_level="warning",
            backlog=_WAITING,
            server_header=False,
            proxy_headers=False,  # anyone can send such a header: what they say is not believed
            timeout_graceful_shutdown=grace,
        )
        ends.server = Server(config)

        async def serving() -> None:
            await start()
            ready(address)
            await ends.server.serve(sockets=[listening])

        asyncio.run(serving())


@dataclass
class Ending:
    """What is to end when the process is told to: a ``server``, once there is one."""

    server: Any = None


@contextmanager
def ended_in_order() -> Iterator[Ending]:
    """Let what is to be closed be closed when the process is told to end: it then ends by that signal all the same."""
    ending = Ending()
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
