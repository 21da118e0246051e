# SPDX-License-Identifier: Apache-2.0
"""Large answers, sent while they are made: packed on the way, and no longer made when nobody waits for them."""

from __future__ import annotations

import asyncio
import zlib
from collections.abc import Iterator
from concurrent.futures import Executor
from contextlib import suppress
from typing import Any

_LEVEL = 3  # of gzip, for what is packed while it is made
_AT_ONCE = 32 * 1024  # bytes that are sent together


async def stream(pieces: Iterator[bytes], receive: Any, send: Any, threads: Executor, *, packs: bool) -> None:
    """Send the pieces of a body, whose start was sent already; each is made in one of ``threads``, in turn with others.

    Where making one fails, the exception is raised and the answer has no end, by which a reader knows that it is not
    whole.
    """
    loop = asyncio.get_running_loop()
    leaving = asyncio.create_task(gone(receive))
    parts = _packed(pieces) if packs else pieces
    waiting = bytearray()
    try:
        while (piece := await loop.run_in_executor(threads, next, parts, None)) is not None:
            waiting += piece
            if len(waiting) >= _AT_ONCE:
                await send({"type": "http.response.body", "body": bytes(waiting), "more_body": True})
                waiting.clear()
            if leaving.done():
                return
        await send({"type": "http.response.body", "body": bytes(waiting)})
    finally:
        leaving.cancel()
        with suppress(asyncio.CancelledError):
            await leaving
        if hasattr(pieces, "close"):
            await loop.run_in_executor(threads, pieces.close)  # what it holds open is let go


async def gone(receive: Any) -> None:
    """Wait until the reader has gone away."""
    while (await receive())["type"] != "http.disconnect":
        pass


def _packed(pieces: Iterator[bytes]) -> Iterator[bytes]:
    packing = zlib.compressobj(_LEVEL, zlib.DEFLATED, zlib.MAX_WBITS | 16)  # in the format of gzip
    for piece in pieces:
        yield packing.compress(piece)
    yield packing.flush()
