# SPDX-License-Identifier: Apache-2.0
"""Answers packed by gzip, where that gains."""

from __future__ import annotations

import gzip
import re
from collections.abc import Iterable
from typing import Any

_SMALLEST = 800  # bytes: below, gzip gains nothing
_TEXTS = re.compile(r"text/|application/(json|xml|atom\+xml|javascript|yaml|x-bibtex)|image/svg")


def gains(body: bytes, media_type: str) -> bool:
    """Whether an answer is worth packing."""
    return len(body) >= _SMALLEST and is_text(media_type)


def is_text(media_type: str) -> bool:
    """Whether answers of a type are texts, which gzip makes smaller."""
    return _TEXTS.match(media_type) is not None


def packed(body: bytes, level: int = 6) -> bytes:
    """The bytes packed, always the same for the same."""
    return gzip.compress(body, level, mtime=0)


def tagged(send: Any, tag: str) -> Any:
    """What takes the answer of another application: with an ETag, unless it is for one reader, or none that lasts."""

    async def sending(message: Any) -> None:
        if message["type"] == "http.response.start" and message["status"] == 200:
            headers = [*message.get("headers", ())]
            if not _values(headers, b"set-cookie"):
                message = {**message, "headers": [*headers, (b"etag", f'W/"{tag}"'.encode())]}
        await send(message)

    return sending


class Packing:
    """What takes the answer of another application: packed, if that is short enough to come at once."""

    def __init__(self, send: Any, *, packs: bool) -> None:
        self._send = send
        self._packs = packs
        self._start: dict[str, Any] | None = None

    async def __call__(self, message: Any) -> None:
        if message["type"] == "http.response.start":
            self._start = {**message, "headers": [*message.get("headers", ())]}
            return
        if self._start is not None:
            start, self._start = self._start, None
            message = self._made(start, message)
            await self._send(start)
        await self._send(message)

    def _made(self, start: dict[str, Any], message: Any) -> Any:
        headers = start["headers"]
        media_type = b"".join(_values(headers, b"content-type")).decode("latin-1")
        body = message.get("body", b"")
        whole = not message.get("more_body") and not _values(headers, b"content-encoding")
        if not (whole and gains(body, media_type)):
            return message
        headers.append((b"vary", b"accept-encoding"))
        if not self._packs:
            return message
        body = packed(body, _QUICK)
        start["headers"] = [(name, value) for name, value in headers if name.lower() != b"content-length"]
        start["headers"] += [(b"content-encoding", b"gzip"), (b"content-length", str(len(body)).encode())]
        return {**message, "body": body}


_QUICK = 3  # level of gzip for what is packed at every request


def _values(headers: Iterable[tuple[bytes, bytes]], name: bytes) -> list[bytes]:
    """The values of a header of an answer."""
    return [value for one, value in headers if one.lower() == name]
