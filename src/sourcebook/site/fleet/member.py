# SPDX-License-Identifier: Apache-2.0
"""A process of a fleet, as it sees the one that keeps it: a socket on which they say lines to each other.

It says that it is ``alive`` every second, that it ``started``, that a release is ``ready`` to be shown, and which it
``shows`` or ``cannot`` show; or that it ``failed``. It is told to ``show`` a release when all have it ready, so that
readers who are answered by one process and then by another see one release, and then the other.
"""

from __future__ import annotations

import asyncio
import os
import socket
import threading
from collections.abc import Callable
from contextlib import suppress

ALIVE, STARTED, FAILED = "alive", "started", "failed"
READY, SHOWS, CANNOT, SHOW = "ready", "shows", "cannot", "show"
BEAT = 1.0  # seconds


class Member:
    """This process's end of the socket."""

    def __init__(self, to_keeper: socket.socket) -> None:
        self._socket = to_keeper
        self._unsaid = bytearray()  # what could not be said yet, for the other end hears slowly
        self._saying = threading.Lock()
        self._heard = b""
        self._asked: dict[str, asyncio.Event] = {}
        self._beating: asyncio.Task[None] | None = None

    def say(self, word: str, about: str = "") -> None:
        """Say a line, after those that could not be said yet; what cannot be said now is said with the next beat.

        Any thread may say one. Where the other end is gone, nobody need hear it: that is noticed apart.
        """
        with self._saying:
            if word != ALIVE or not self._unsaid:  # else any of them says as much
                self._unsaid += f"{word} {about}".rstrip().encode("utf-8", "replace") + b"\n"
            try:
                if word == FAILED:  # the last that is said: there is no next beat
                    self._socket.settimeout(BEAT)
                while self._unsaid:
                    del self._unsaid[: self._socket.send(self._unsaid)]
            except BlockingIOError:
                pass
            except OSError:
                self._unsaid.clear()

    def alive(self) -> None:
        """Say that this process lives, where it runs no loop; any thread may."""
        self.say(ALIVE)

    async def begin(self, end: Callable[[], None]) -> None:
        """Hear what is told from now on, and say that it lives; ``end`` is called when the other end is gone."""
        loop = asyncio.get_running_loop()
        self._socket.setblocking(False)
        loop.add_reader(self._socket, self._hear, end)
        self._beating = loop.create_task(self._beat())

    def started(self) -> None:
        """Say that readers are let in from now on."""
        self.say(STARTED)

    async def agreed(self, release: str) -> None:
        """Wait until all have a release ready to be shown."""
        event = self._asked.setdefault(release, asyncio.Event())
        self.say(READY, release)
        try:
            await event.wait()
        finally:
            self._asked.pop(release, None)

    def shows(self, release: str) -> None:
        """Say which release is shown from now on."""
        self.say(SHOWS, release)

    def cannot(self, release: str) -> None:
        """Say that a release cannot be shown here."""
        self.say(CANNOT, release)

    def end_with_keeper(self) -> None:
        """Have a process that runs no loop end when the other end is gone."""

        def wait() -> None:
            with suppress(OSError):
                while self._socket.recv(4096):
                    pass
            os._exit(0)

        threading.Thread(target=wait, daemon=True).start()

    def _hear(self, end: Callable[[], None]) -> None:
        try:
            part = self._socket.recv(4096)
        except BlockingIOError:
            return
        except OSError:
            part = b""
        if not part:
            asyncio.get_running_loop().remove_reader(self._socket)
            end()
            return
        *lines, self._heard = (self._heard + part).split(b"\n")
        for line in lines:
            word, _, release = line.decode().partition(" ")
            if word == SHOW and (event := self._asked.get(release)):
                event.set()

    async def _beat(self) -> None:
        while True:
            self.say(ALIVE)
            await asyncio.sleep(BEAT)
