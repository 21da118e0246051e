# SPDX-License-Identifier: Apache-2.0
"""Connections of readers, each within limits, so that those who send or take nothing keep nobody out.

The server behind it has no such limits: it waits for ever for the head of a request, and for a reader who does not
read. Here one clock looks at all connections; where there are as many as there may be, the one that has been idle
longest makes room for a new one.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import Any

import h11
from uvicorn.protocols.http.flow_control import CLOSE_HEADER
from uvicorn.protocols.http.h11_impl import H11Protocol

from sourcebook.machine.system import files_allowed
from sourcebook.site.answer import TEXT
from sourcebook.site.headers import HEADERS
from sourcebook.site.policies import NOTHING


@dataclass(frozen=True, slots=True)
class Limits:
    """Limits of a connection, and of all."""

    head: float = 10.0  # seconds in which the head of a request is to arrive, from when it is waited for
    slow: float = 20.0  # seconds in which a reader who is behind is to take ``least`` bytes
    least: int = 20_000
    longest_head: int = 32_000  # bytes, the address among them
    discarded: int = 64_000_000  # bytes sent with a request, which nobody reads
    connections: int = 500
    tick: float = 1.0  # seconds between two looks at the clock


_FILES = 65_536  # open files and connections of the process, where the system lets it have as many
_OWN_FILES = 100  # of them that no connection needs


class Connections:
    """All connections of one server."""

    def __init__(self, limits: Limits | None = None) -> None:
        """More connections than the system has files for are never let in, whatever the ``limits`` are."""
        self.limits = limits or Limits()
        # Each connection is a file, and so is what it downloads.
        self.most = max(1, min(self.limits.connections, (files_allowed(_FILES) - _OWN_FILES) // 2))
        self._all: set[Connection] = set()
        self._idle: dict[Connection, None] = {}  # in the order in which they became so
        self._clock: asyncio.TimerHandle | None = None

    @property
    def protocol(self) -> Any:
        """What makes a connection, as a server is configured with it."""
        return partial(Connection, self)

    def came(self, new: Connection) -> bool:
        """Whether there is room for a connection; it is made where another does nothing."""
        if len(self._all) >= self.most and not self._made_room():
            return False
        self._all.add(new)
        if self._clock is None:
            self._clock = new.loop.call_later(self.limits.tick, self._tick, new.loop)
        return True

    def went(self, one: Connection) -> None:
        """A connection is closed."""
        self._all.discard(one)
        self._idle.pop(one, None)

    def idle(self, one: Connection, *, idle: bool) -> None:
        """A connection waits for a request from now on, or does not."""
        self._idle.pop(one, None)
        if idle and one in self._all:
            self._idle[one] = None

    def _made_room(self) -> bool:
        behind = [one for one in self._all if one.behind is not None]
        found = next(iter(self._idle), None) or min(behind, key=lambda one: one.behind or (0.0, 0), default=None)
        if found is not None:
            self.went(found)
            found.transport.abort()
        return found is not None

    def _tick(self, loop: asyncio.AbstractEventLoop) -> None:
        now = loop.time()
        for one in [*self._all]:
            if one.is_late(now):
                one.transport.abort()
        self._clock = loop.call_later(self.limits.tick, self._tick, loop) if self._all else None


class Connection(H11Protocol):
    """A connection of a reader."""

    def __init__(self, connections: Connections, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.behind: tuple[float, int] | None = None  # since when a reader is behind, and by how many bytes then
        self._connections = connections
        self._waiting: float | None = None  # since when a request is waited for
        self._discarded = 0
        self._answered = False  # the last request that is answered here, though something is still sent with it

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Let a reader in."""
        super().connection_made(transport)
        if self._connections.came(self):
            self._wait()
        else:
            self._refuse(503, "All connections of this site are in use. Please ask again in a few seconds.")

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget a reader who has gone."""
        self._connections.went(self)
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Hear a reader: what comes with a request is let go, and no request is waited for once its head is there."""
        # The length of a head is looked at before it is whole alone: so that it is not all heard at once.
        piece = self._connections.limits.longest_head // 4
        for start in range(0, len(data), piece):
            if not self.transport.is_closing():
                self._hear(data[start : start + piece])

    def _hear(self, data: bytes) -> None:
        if self._waiting is None or self._answered or self.conn.our_state is h11.DONE:
            self._discarded += len(data)
            if self._discarded > self._connections.limits.discarded:
                self.transport.abort()
                return
        if self._answered:
            return
        before = self.cycle
        super().data_received(data)
        if self.cycle is not before:
            self._begin()

    def on_response_complete(self) -> None:
        """Wait for the next request, unless it has been sent already."""
        self._wait()
        before = self.cycle
        super().on_response_complete()
        if self.cycle is not before:
            self._begin()

    def resume_writing(self) -> None:
        """A reader has caught up."""
        self.behind = None
        super().resume_writing()

    def is_late(self, now: float) -> bool:
        """Whether a reader has let too much time go by: with a request, or with reading the answer."""
        limits = self._connections.limits
        unread = self.transport.get_write_buffer_size()
        if not unread:
            self.behind = None
        elif self.behind is None or self.behind[1] - unread >= limits.least:
            self.behind = (now, unread)
        elif now - self.behind[0] >= limits.slow:
            return True
        return not unread and self._waiting is not None and now - self._waiting >= limits.head

    def send_400_response(self, msg: str) -> None:  # noqa: ARG002 # the server's own words for it
        """Refuse what is no request, or a head that is too long."""
        error = sys.exc_info()[1]
        if getattr(error, "error_status_hint", 400) == 431:
            longest = self._connections.limits.longest_head
            self._refuse(431, f"The head of the request, with its address, is longer than {longest:,} bytes.")
        else:
            self._refuse(400, "This is no request that can be understood.")

    def _unsupported_upgrade_warning(self) -> None:
        """Say nothing of a request for another protocol: it is answered as any other."""

    def _answer_last(self, cycle: Any) -> None:
        """Answer a request with which something is sent, then let all go unread, so that the answer is not lost.

        Who closes a connection on which something comes in has the other side forget what it was sent (RFC 9112,
        section 9.6); and where what is sent ends, a server in front may see elsewhere (section 11.2). The server's own
        clock for connections without requests ends it.
        """
        cycle.scope["headers"].append(CLOSE_HEADER)
        cycle.transport = _Ending(self.transport, self._end_answer)

    def _end_answer(self) -> None:
        self._answered = True
        if self.transport.can_write_eof() and not self.transport.is_closing():
            self.transport.write_eof()

    def _wait(self) -> None:
        self._waiting = self.loop.time()
        self._discarded = 0
        self._connections.idle(self, idle=True)

    def _begin(self) -> None:
        self._waiting = None
        self._connections.idle(self, idle=False)
        if any(
            name == b"transfer-encoding" or (name == b"content-length" and value != b"0")
            for name, value in self.headers
        ):
            self._answer_last(self.cycle)

    def _refuse(self, status: int, told: str) -> None:
        body = f"{told}\n".encode()
        about = [(b"content-type", TEXT.encode()), (b"content-length", str(len(body)).encode())]
        headers = [
            *HEADERS,
            (b"content-security-policy", NOTHING),
            *about,
            (b"cache-control", b"no-store"),
            (b"connection", b"close"),
        ]
        if status == 503:
            headers.append((b"retry-after", b"5"))
        events = (h11.Response(status_code=status, headers=headers), h11.Data(data=body), h11.EndOfMessage())
        with suppress(h11.LocalProtocolError):  # an answer is under way, which ends here
            for event in events:
                self.transport.write(self.conn.send(event) or b"")
        self.transport.close()


class _Ending:
    """A transport that is not closed, but ended as one is told."""

    def __init__(self, transport: asyncio.Transport, end: Callable[[], None]) -> None:
        self._transport = transport
        self.close = end

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)
