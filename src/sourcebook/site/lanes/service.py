# SPDX-License-Identifier: Apache-2.0
"""What is answered apart for one release: Datasette, and pages of the site that are asked with parameters.

SQL that a reader writes has workers of its own, so that nobody waits for it who asks for anything else.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, TypeVar

from sourcebook.errors import EnvironmentFailure
from sourcebook.site.allowed import Refused
from sourcebook.site.answer import Answer, Asked
from sourcebook.site.headers import encoded
from sourcebook.site.lanes.forks import Forks
from sourcebook.site.lanes.lane import Busy, Lane, Over, Workers
from sourcebook.site.lanes.limits import Limits
from sourcebook.site.lanes.wire import DATASETTE, PAGE, PIECES, Message, scope_as_data
from sourcebook.site.make import Made
from sourcebook.site.streaming import gone
from sourcebook.site.theirs import Theirs

Result = TypeVar("Result")

log = logging.getLogger("sourcebook.site")

_MB = 1024 * 1024
_SMALL = {"memory": 96 * _MB, "heap": 48 * _MB, "grown": 24 * _MB}  # so that all together hold less than 500 MB

SQL = Lane(2, Limits(seconds=6.0, cpu=2, nice=10, **_SMALL), waiting=24, patience=4.0)
# Rows may have 5 MB each, and pages of them have to be shown.
_LARGE = {"memory": 256 * _MB, "heap": 128 * _MB, "grown": 24 * _MB, "answer": 40_000_000}
TABLES = Lane(2, Limits(seconds=10.0, cpu=4, nice=5, **_LARGE), waiting=32, patience=4.0)
PAGES = Lane(2, Limits(seconds=15.0, cpu=8, answer=20_000_000, nice=5), waiting=64, patience=4.0)
_AGAIN = {"retry-after": "5"}  # seconds


_ELSEWHERE = "The database is among the downloads: there it can be asked whatever it takes."
_OVER = {
    "time": f"This takes longer than this site works on what one reader asks. {_ELSEWHERE}",
    "memory": f"This takes more memory than this site gives to what one reader asks. {_ELSEWHERE}",
    "answer": f"The answer is larger than this site gives at once. {_ELSEWHERE}",
}
_FAULT = "The process that was to answer this has ended by a fault of ours."
_BUSY = "Others are asking this site for more than it can answer at once. Please ask again in a few seconds."
_NONE = "This site cannot answer this at the moment. Please ask again in a few seconds."


class Lanes:
    """The workers for one release. ``sql`` and ``tables`` are ASGI applications. Stop it when nobody asks any more."""

    def __init__(self, folder: Path, forks: Forks, told: Mapping[str, str], servers: int = 1) -> None:
        """``folder`` is that of the release.

        ``told`` is what all workers are: a ``secret`` that Datasette signs with, and a ``temporary`` folder. What SQL
        of readers may take is shared by so many ``servers``.
        """
        told = {**told, "folder": str(folder)}
        self._sql = Workers(SQL.shared(servers), forks, {**told, "kind": DATASETTE})
        self._tables = Workers(TABLES, forks, {**told, "kind": DATASETTE})
        self._pages = Workers(PAGES, forks, {**told, "kind": PAGE})

    async def start(self) -> Theirs:
        """Have workers ready, but for SQL, which is asked for by few; at which addresses Datasette answers."""
        said: dict[str, Any]
        said, _ = await all_begun(self._tables.start(), self._pages.start())
        return Theirs.of(said["names"], said["routes"])

    async def page(self, asked: Asked) -> Made | None:
        """A page of the site; None where it is a large answer that is to be made while it is sent. Raises Refused."""
        query = {name: [*values] for name, values in asked.query.items()}
        head = {"path": asked.path, "query": query, "base": asked.base, "site": asked.site, "data": asked.data}
        answer = await _in_words(self._pages.ask(Message({"kind": PAGE, **head})))
        if answer.head["kind"] == PIECES:
            return None
        body, *packed = answer.bodies
        made = Answer(body, answer.head["media_type"], answer.head["status"], answer.head["headers"])
        return Made(made, packed[0] if packed else None)

    async def sql(self, scope: Any, receive: Any, send: Any) -> None:
        """Answer what Datasette answers, where that may run SQL of a reader. Raises Refused, and has sent nothing then.

        What is sent with the request is not read: nothing here is asked for by it.
        """
        await _forward(self._sql, scope, receive, send)

    async def tables(self, scope: Any, receive: Any, send: Any) -> None:
        """Answer what else Datasette answers, in the same way."""
        await _forward(self._tables, scope, receive, send)

    async def stop(self) -> None:
        """End all workers. May be called again."""
        await asyncio.gather(self._sql.stop(), self._tables.stop(), self._pages.stop())


async def all_begun(*beginning: Awaitable[Any]) -> list[Any]:
    """What each of them gives. Where one fails all others have come to their end when it raises, and can be ended."""
    found = await asyncio.gather(*beginning, return_exceptions=True)
    for one in found:
        if isinstance(one, BaseException):
            raise one
    return found


def busy() -> Refused:
    """That there is too much to do at the moment."""
    return Refused(503, _BUSY, _AGAIN)


async def _forward(workers: Workers, scope: Any, receive: Any, send: Any) -> None:
    headers = [(name, value) for name, value in scope["headers"] if name != b"if-none-match"]
    message = Message({"kind": DATASETTE, "scope": scope_as_data(scope, headers)})
    answer = await _unless_gone(receive, _in_words(workers.ask(message)))
    if answer is not None:
        headers = encoded(answer.head["headers"])
        await send({"type": "http.response.start", "status": answer.head["status"], "headers": headers})
        await send({"type": "http.response.body", "body": answer.bodies[0]})


async def _in_words(asking: Awaitable[Result]) -> Result:
    try:
        return await asking
    except Busy:
        raise busy() from None
    except EnvironmentFailure:
        log.exception("no worker")
        raise Refused(503, _NONE, _AGAIN) from None
    except Over as error:
        if error.limit in _OVER:
            raise Refused(400, _OVER[error.limit]) from None
        log.error("a worker has ended by a fault")
        raise Refused(500, _FAULT) from None


async def _unless_gone(receive: Any, asking: Awaitable[Result]) -> Result | None:
    """What is asked for; None where the reader has gone away meanwhile, and waits for nothing any more."""
    answering = asyncio.ensure_future(asking)
    leaving = asyncio.create_task(gone(receive))
    try:
        await asyncio.wait((answering, leaving), return_when=asyncio.FIRST_COMPLETED)
        return await answering if answering.done() else None
    finally:
        for task in (answering, leaving):
            task.cancel()
            with suppress(asyncio.CancelledError, Exception):
                await task
