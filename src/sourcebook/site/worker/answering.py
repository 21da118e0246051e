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

from sourcebook.apart.limits import resident
from sourcebook.extract.site import SITE
from sourcebook.site.answer import Asked
from sourcebook.site.handing.codings import takes_gzip
from sourcebook.site.lanes.limits import Limits
from sourcebook.site.lanes.wire import ANSWER, OVER, PAGE, PIECES, READY, Message, received, scope_of
from sourcebook.site.make import made
from sourcebook.site.packing import Packing
from sourcebook.site.published import Published
from sourcebook.site.shown import Shown


def work(to_server: socket.socket, told: dict[str, Any]) -> None:
    """Answer requests until the server closes the socket.

    ``told`` has the ``folder`` of the release, ``limits``, the ``kind`` of requests, a ``secret`` that Datasette signs
    with, and a ``temporary`` folder.
    """
    tempfile.tempdir = told["temporary"]  # which is removed when this process has ended, in whatever way
    folder = Path(told["folder"])
    limits = Limits(**told["limits"])
    limits.give_way()  # from now on: what this is the start of, the release before answers meanwhile
    answering = _Pages(folder) if told["kind"] == PAGE else _Datasette(folder, told["secret"], limits.answer)
    asyncio.run(_answer_all(to_server, answering, limits))


async def _answer_all(to_server: socket.socket, answering: _Pages | _Datasette, limits: Limits) -> None:
    """Answer requests, each when the one before it is answered."""
    message = Message({"kind": READY, **await answering.start()})
    reader, writer = await asyncio.open_connection(sock=to_server)
    limits.hold()
    at_start = resident()
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
        limits.begin()
        try:
            message = await answering.answer(asked.head)
        except MemoryError:
            message = Message({"kind": OVER, "limit": "memory"})
        last = message.head["kind"] == OVER or limits.outgrown(at_start)


class _Pages:
    """What answers pages of the site out of one release."""

    def __init__(self, folder: Path) -> None:
        self._opened = Published(folder) if (folder / SITE).is_file() else None

    async def start(self) -> dict[str, Any]:
        return {}

    async def answer(self, head: dict[str, Any]) -> Message:
        """A page, made of what the head says is asked. Raises MemoryError."""
        assert self._opened is not None
        query = {name: tuple(values) for name, values in head["query"].items()}
        page = made(self._opened, Asked(tuple(head["path"]), query, head["base"], head["site"], head["data"]))
        if page.answer.pieces is not None:
            return Message({"kind": PIECES})
        about = {"status": page.answer.status, "media_type": page.answer.media_type, "headers": {**page.answer.headers}}
        packed = (page.packed,) if page.packed is not None else ()
        return Message({"kind": ANSWER, **about}, (page.answer.body, *packed))


class _Datasette:
    """What answers all else out of one release; ``most`` is how many bytes an answer may have."""

    def __init__(self, folder: Path, secret: str, most: int) -> None:
        self._shown = Shown(folder, secret=secret, pages=False)
        self._most = most

    async def start(self) -> dict[str, Any]:
        """Have Datasette get ready; at which addresses it answers."""
        await self._shown.start()
        theirs = self._shown.theirs
        return {"names": [*theirs.names], "routes": [one.pattern for one in theirs.routes]}

    async def answer(self, asked: dict[str, Any]) -> Message:
        """What Datasette answers to the request that the head has. Raises MemoryError."""
        scope = scope_of(asked["scope"])
        found = await self._answered(scope)
        if not _is_lost(scope, found):
            return found
        path, raw = (scope["path"].removesuffix(".csv"), scope["raw_path"].partition(b"?")[0].removesuffix(b".csv"))
        told = await self._answered({**scope, "path": f"{path}.json", "raw_path": raw + b".json"})
        return told if told.head.get("status", 200) != 200 else Message({"kind": OVER, "limit": "answer"})

    async def _answered(self, scope: dict[str, Any]) -> Message:
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

        packing = Packing(send, packs=takes_gzip(dict(scope["headers"])) and scope["method"] == "GET")

        async def counted(message: dict[str, Any]) -> None:
            nonlocal size
            size += len(message.get("body", b""))
            if size <= self._most:
                await packing(message)

        await self._shown.app(scope, receive, counted)
        if size > self._most:
            return Message({"kind": OVER, "limit": "answer"})
        return Message({"kind": ANSWER, **head}, (b"".join(parts),))


def _is_lost(scope: dict[str, Any], found: Message) -> bool:
    """Whether a CSV has not even a header: Datasette 0.65 answers so, with status 200, where SQL fails."""
    is_csv = scope["path"].endswith(".csv") and scope["method"] == "GET"
    return is_csv and found.head.get("status") == 200 and not found.bodies[0].strip()
