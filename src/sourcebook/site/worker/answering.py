# SPDX-License-Identifier: Apache-2.0
"""A worker: a process that answers one request after another out of one release, within limits.

It answers what Datasette does, and pages of the site that are asked with parameters. What goes over a limit is said,
and then it ends: what a process has left in its memory nobody knows.
"""

from __future__ import annotations

import asyncio
import socket
import tempfile
from pathlib import Path
from typing import Any

from sourcebook.export.site import SITE
from sourcebook.site.answer import Asked
from sourcebook.site.apart.limits import Limits, resident
from sourcebook.site.apart.wire import ANSWER, OVER, PAGE, PIECES, READY, Message, received, scope_of
from sourcebook.site.make import made
from sourcebook.site.packing import Packing
from sourcebook.site.published import Published
from sourcebook.site.shown import Shown


def work(to_server: socket.socket, told: dict[str, Any]) -> None:
    """Answer requests until the server closes the socket; ``told`` has the release's folder, limits and a secret."""
    limits = Limits(**told["limits"])
    tempfile.tempdir = told["temporary"]  # which is removed when this process has ended, in whatever way
    asyncio.run(_Worker(Path(told["folder"]), limits, told["secret"]).answer_all(to_server))


class _Worker:
    """What answers out of one release."""

    def __init__(self, folder: Path, limits: Limits, secret: str) -> None:
        self._limits = limits
        self._shown = Shown(folder, secret=secret, pages=False)
        self._opened = Published(folder) if (folder / SITE).is_file() else None

    async def answer_all(self, to_server: socket.socket) -> None:
        """Answer requests, each when the one before it is answered."""
        await self._shown.start()
        reader, writer = await asyncio.open_connection(sock=to_server)
        self._limits.hold()
        at_start = resident()
        theirs = self._shown.theirs
        message = Message({"kind": READY, "names": [*theirs.names], "routes": [one.pattern for one in theirs.routes]})
        last = False
        while True:
            try:
                writer.write(Message({**message.head, "last": last}, message.bodies).packed())
                await writer.drain()
                if last:
                    return
                asked = await received(reader)
            except (asyncio.IncompleteReadError, ConnectionError):  # the server wants no more
                return
            self._limits.begin()
            message = await self._answer(asked)
            last = message.head["kind"] == OVER or self._limits.outgrown(at_start)

    async def _answer(self, asked: Message) -> Message:
        try:
            if asked.head["kind"] == PAGE:
                return self._page(asked.head)
            return await self._datasettes(asked.head["scope"])
        except MemoryError:
            return Message({"kind": OVER, "limit": "memory"})

    def _page(self, head: dict[str, Any]) -> Message:
        assert self._opened is not None
        query = {name: tuple(values) for name, values in head["query"].items()}
        page = made(self._opened, Asked(tuple(head["path"]), query, head["base"], head["site"], head["data"]))
        if page.answer.pieces is not None:
            return Message({"kind": PIECES})
        about = {"status": page.answer.status, "media_type": page.answer.media_type, "headers": {**page.answer.headers}}
        packed = (page.packed,) if page.packed is not None else ()
        return Message({"kind": ANSWER, **about}, (page.answer.body, *packed))

    async def _datasettes(self, scope: dict[str, Any]) -> Message:
        heard = iter(({"type": "http.request", "body": b"", "more_body": False},))
        head: dict[str, Any] = {}
        parts: list[bytes] = []
        size = 0

        async def receive() -> dict[str, Any]:
            return next(heard, {"type": "http.disconnect"})

        async def send(message: dict[str, Any]) -> None:
            if message["type"] == "http.response.start":
                named = [(name.decode("latin-1"), value.decode("latin-1")) for name, value in message["headers"]]
                head.update(status=message["status"], headers=named)
            else:
                parts.append(message.get("body", b""))

        asked = scope_of(scope)
        packs = b"gzip" in dict(asked["headers"]).get(b"accept-encoding", b"") and asked["method"] == "GET"
        packing = Packing(send, "", packs=packs)

        async def counted(message: dict[str, Any]) -> None:
            nonlocal size
            size += len(message.get("body", b""))
            if size <= self._limits.answer:
                await packing(message)

        await self._shown.app(asked, receive, counted)
        if size > self._limits.answer:
            return Message({"kind": OVER, "limit": "answer"})
        return Message({"kind": ANSWER, **head}, (b"".join(parts),))
