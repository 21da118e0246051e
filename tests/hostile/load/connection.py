# SPDX-License-Identifier: Apache-2.0
"""HTTP/1.1 over a kept connection, as cheap as can be: who asks shares the processor with the server."""

from __future__ import annotations

import asyncio
import gzip
import html
import json
import re
from contextlib import suppress
from dataclasses import dataclass, field

HOST = "127.0.0.1"
_KEPT = 8_000_000  # bytes of a body that are kept to be looked at
_WORDS = 2  # that tell why something is refused
_SHOWS = (b"Traceback (most recent call last)", b"site-packages")
_MARKUP = re.compile(r"<(style|script|head)\b.*?</\1>|<[^>]*>", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Request:
    """What is asked: ``kind`` is what it is counted under, ``target`` the address as it is sent."""

    kind: str
    target: str
    method: str = "GET"
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""
    leaves: float = 0.0  # seconds after which the reader goes away; 0 for one who stays
    reads: bool = True  # whether the answer is read at all

    def packed(self, port: int) -> bytes:
        """The bytes of the request."""
        named = {"host": f"{HOST}:{port}", "accept": "*/*", **dict(self.headers)}
        if self.body:
            named.setdefault("content-length", str(len(self.body)))
        lines = [f"{self.method} {self.target} HTTP/1.1", *(f"{name}: {value}" for name, value in named.items())]
        return "\r\n".join([*lines, "", ""]).encode("utf-8", "surrogateescape") + self.body


@dataclass(slots=True)
class Reply:
    """An answer that came whole."""

    status: int
    headers: dict[str, str]
    body: bytes = field(repr=False)
    size: int = 0

    def text(self) -> str:
        """The body as text, unpacked."""
        body = self.body
        if self.headers.get("content-encoding") == "gzip":
            body = gzip.decompress(body)
        return body.decode("utf-8", "replace")

    def unworded(self) -> str:
        """What is wrong with how it tells why there is no answer; nothing where it tells it in words."""
        shown = next((one for one in _SHOWS if one in self.body), None)
        if shown:
            return f"{self.status} shows {shown.decode()}"
        if self.status < 400:
            return ""
        if self.status == 503 and "retry-after" not in self.headers:
            return "503 without Retry-After"
        words = re.findall(r"[A-Za-z]{2,}", _told(self.text()))
        return "" if len(words) >= _WORDS else f"{self.status} without words"


def _told(text: str) -> str:
    with suppress(ValueError):
        data = json.loads(text)
        return " ".join(str(value) for value in data.values()) if isinstance(data, dict) else str(data)
    return html.unescape(_MARKUP.sub(" ", text))


class Broken(Exception):
    """No whole answer came: the text says what did."""


class Connection:
    """A connection that is opened when something is asked, and kept. Close it."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def ask(self, request: Request, seconds: float) -> Reply | None:
        """The answer; None where the reader left before. Raises Broken."""
        kept = self._streams is not None
        try:
            async with asyncio.timeout(request.leaves or seconds):
                reply = await self._asked(request, kept=kept)
        except TimeoutError:
            self.close()
            if request.leaves:
                return None
            raise Broken(f"no answer in {seconds:g} s") from None
        except BaseException:
            self.close()
            raise
        if reply.headers.get("connection", "").lower() == "close":
            self.close()
        return reply

    async def _asked(self, request: Request, *, kept: bool) -> Reply:
        try:
            if self._streams is None:
                self._streams = await asyncio.open_connection(HOST, self._port, limit=1 << 18)
            reader, writer = self._streams
            writer.write(request.packed(self._port))
            with suppress(ConnectionError):  # a refusal may have been sent before all was heard
                await writer.drain()
            if not request.reads:
                await asyncio.sleep(request.leaves or 3600)
        except OSError as error:
            raise Broken(f"cannot connect or send: {error!r}") from error
        try:
            head = await reader.readuntil(b"\r\n\r\n")
        except (OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError) as error:
            # A kept connection may be closed at the moment in which it is used (RFC 9112, section 9.3.1): asked again.
            if kept and request.method in ("GET", "HEAD") and not getattr(error, "partial", b""):
                self.close()
                return await self._asked(request, kept=False)
            raise Broken(f"no head of an answer: {error!r}") from error
        try:
            return await _body(reader, head, request.method)
        except (OSError, asyncio.IncompleteReadError, ValueError) as error:
            raise Broken(f"an answer that breaks off: {error!r}") from error

    def close(self) -> None:
        """Let go of the connection. It is opened again when something is asked."""
        if self._streams is not None:
            streams, self._streams = self._streams, None
            with suppress(OSError, RuntimeError):
                streams[1].transport.abort()


async def _body(reader: asyncio.StreamReader, head: bytes, method: str) -> Reply:
    first, *lines = head.decode("latin-1").split("\r\n")
    status = int(first.split(maxsplit=2)[1])
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines) if value}
    reply = Reply(status, headers, b"")
    if method == "HEAD" or status in (204, 304):
        return reply
    kept = bytearray()
    if headers.get("transfer-encoding", "").lower() == "chunked":
        while size := int(await reader.readline(), 16):
            await _take(reader, size, kept)
            await reader.readexactly(2)
            reply.size += size
        await reader.readline()
    elif "content-length" in headers:
        reply.size = int(headers["content-length"])
        await _take(reader, reply.size, kept)
    else:
        while part := await reader.read(1 << 16):
            reply.size += len(part)
            kept += part[: max(0, _KEPT - len(kept))]
    reply.body = bytes(kept)
    return reply


async def _take(reader: asyncio.StreamReader, size: int, kept: bytearray) -> None:
    while size:
        part = await reader.read(min(size, 1 << 16))
        if not part:
            raise asyncio.IncompleteReadError(b"", size)
        size -= len(part)
        if len(kept) < _KEPT:
            kept += part
