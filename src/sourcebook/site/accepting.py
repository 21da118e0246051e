# SPDX-License-Identifier: Apache-2.0
"""A server on a socket of this machine: it is opened, answered at, and ends in order when the process is told to."""

from __future__ import annotations

import asyncio
import signal
import socket
import threading
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from sourcebook.errors import EnvironmentFailure
from sourcebook.site.hosts import AtItsNames, HostNames

GRACE = 8  # seconds in which answers under way are to end: those who end servers give ten, and then kill
_UNREAD = 256 * 1024  # bytes
_WAITING = 512  # connections that the system keeps until they are let in


class Shared(socket.socket):
    """A listening socket that several processes let readers in at: who has time takes the next one."""

    def listen(self, _waiting: int = 0, /) -> None:
        """Keep as many as ever: each process says how many it lets in at once, which the system is not told."""
        super().listen(_WAITING)


def opened(host: str, port: int) -> socket.socket:
    """A socket that listens. Raises EnvironmentFailure where the address is taken."""
    try:
        listening = socket.create_server((host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET)
    except OSError as error:
        raise EnvironmentFailure(f"cannot listen on {host}:{port}: {error.strerror}; try --port 0") from error
    # asyncio does it only for sockets that name their protocol: else an answer on a kept connection waits 40 ms for
    # the reader's acknowledgement of its first part.
    listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    # What the system keeps for a reader who does not read; by itself it keeps many times as much.
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _UNREAD)
    return listening


def address(listening: socket.socket, host: str) -> str:
    """Where a socket is asked that was opened for ``host``."""
    shown = f"[{host}]" if ":" in host else host
    return f"http://{shown}:{listening.getsockname()[1]}/"


def accept(
    app: Any,
    names: HostNames,
    start: Callable[[], Awaitable[None]],
    ends: Ending,
    listening: socket.socket,
    *,
    ready: Callable[[], None],
    ending: Callable[[], Awaitable[None]] | None = None,
    grace: int = GRACE,
) -> None:
    """Have the ASGI application ``app`` answer by its ``names`` at a socket until the process is told to end.

    It is awaited to ``start`` first; ``ready`` is called then, and ``ending`` when no more is let in. ``ends`` is what
    `ended_in_order` gives, in whose block all is closed that is to be.
    """
    import uvicorn

    from sourcebook.site.listening import Connections  # as late, for it takes long to load

    connections = Connections()

    class Server(uvicorn.Server):
        async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
            if ending is not None:
                await ending()
            await super().shutdown(sockets)

    config = uvicorn.Config(
        AtItsNames(app, names),
        http=connections.protocol,
        h11_max_incomplete_event_size=connections.limits.longest_head,
        ws="none",
        lifespan="off",
        log_level="warning",
        # asyncio lets in as many at once as may wait: of several processes the first would take them all.
        backlog=1 if isinstance(listening, Shared) else _WAITING,
        server_header=False,
        proxy_headers=False,  # anyone can send such a header: what they say is not believed
        timeout_graceful_shutdown=grace,
    )
    ends.server = Server(config)

    async def serving() -> None:
        await start()
        ready()
        await ends.server.serve(sockets=[listening])

    with listening:
        asyncio.run(serving())


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
    grace: int = GRACE,
) -> None:
    """`accept` at a socket of its own; ``ready`` is told its address. Raises as `opened` does."""
    listening = opened(host, port)
    at = address(listening, host)
    accept(app, names, start, ends, listening, ready=lambda: ready(at), ending=ending, grace=grace)


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

    ours = [one for one in TO_END if signal.getsignal(one) is signal.SIG_DFL]
    for one in ours:
        signal.signal(one, end)
    try:
        yield ending
    finally:
        for one in ours:
            signal.signal(one, signal.SIG_DFL)
        for number in told:
            signal.raise_signal(number)


TO_END = [getattr(signal, name) for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name)]
"""Signals that tell a process to end; Windows has no hang-up."""
