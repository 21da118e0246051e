# SPDX-License-Identifier: Apache-2.0
"""Parts of an open file, sent as fast as the reader takes them, with one piece of it in memory at a time.

What the system has in memory is read at once, and what it would have to wait for in a thread, so that a slow disk makes
no other request wait. A server waits until a piece is taken (https://asgi.readthedocs.io/en/latest/specs/www.html), so
that a slow reader costs one piece of memory however large the file is.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from typing import Any

from sourcebook.site.handing.ranges import Span

_PIECE = 64 * 1024  # bytes: larger ones are hardly faster, and each reader has two in memory
_AT_ONCE = getattr(os, "RWF_NOWAIT", None)  # Linux: only what can be read without waiting


async def send_parts(handle: int, parts: Sequence[bytes | Span], receive: Any, send: Any) -> None:
    """Send a body, whose start was sent already: bytes as they are, and spans of the file.

    Ends early where the reader has gone away, or where the file has become shorter: the server then ends the
    connection, by which a reader knows that something is missing.
    """
    gone = asyncio.create_task(_gone(receive))
    try:
        for part in parts:
            if isinstance(part, bytes):
                await send({"type": "http.response.body", "body": part, "more_body": True})
            elif not await _send_span(handle, part, gone, send):
                return
        await send({"type": "http.response.body", "body": b""})
    finally:
        gone.cancel()
        with suppress(asyncio.CancelledError):
            await gone


async def _send_span(handle: int, span: Span, gone: asyncio.Task[None], send: Any) -> bool:
    start = span.start
    while start < span.stop:
        piece = await _read(handle, start, min(_PIECE, span.stop - start))
        if not piece:
            return False
        await send({"type": "http.response.body", "body": piece, "more_body": True})
        start += len(piece)
        await asyncio.sleep(0)  # a reader that takes all at once would have the server to itself
        if gone.done():
            return False
    return True


async def _read(handle: int, start: int, size: int) -> bytes | memoryview:
    if _AT_ONCE is not None:
        piece = bytearray(size)
        with suppress(OSError):  # it would have to wait, or this file system does not know
            read = os.preadv(handle, [piece], start, _AT_ONCE)
            if read:
                return memoryview(piece)[:read]
    return await asyncio.to_thread(os.pread, handle, size, start)


async def _gone(receive: Callable[[], Awaitable[Any]]) -> None:
    """Wait until the reader has gone away."""
    while (await receive())["type"] != "http.disconnect":
        pass
