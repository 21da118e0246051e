# SPDX-License-Identifier: Apache-2.0
"""Messages between the server and its workers: a JSON head and bytes, so that nothing is run that a worker says.

A message is the length of its head (four bytes, big-endian), the head, and as many bytes as it says in ``sizes``.
"""

from __future__ import annotations

import asyncio
import json
import struct
from dataclasses import dataclass, field
from typing import Any

from sourcebook.site.headers import encoded

DATASETTE, PAGE = "datasette", "page"
"""Kinds of requests."""
READY, ANSWER, PIECES, OVER = "ready", "answer", "pieces", "over"
"""Kinds of answers: one of pieces is large, is made while it is sent, and not by a worker."""

_LENGTH = struct.Struct(">I")
_LONGEST = 64 * 1024 * 1024  # bytes of a part: a worker that says more is not believed


@dataclass(frozen=True, slots=True)
class Message:
    """A ``head`` of plain data, and ``bodies``."""

    head: dict[str, Any]
    bodies: tuple[bytes, ...] = field(default=())

    def packed(self) -> bytes:
        """The message as it is sent."""
        head = json.dumps({**self.head, "sizes": [len(body) for body in self.bodies]}).encode()
        return b"".join((_LENGTH.pack(len(head)), head, *self.bodies))


async def received(reader: asyncio.StreamReader) -> Message:
    """The next message. Raises IncompleteReadError where the other side is gone, ValueError where it makes no sense."""
    (length,) = _LENGTH.unpack(await reader.readexactly(_LENGTH.size))
    head = json.loads(await reader.readexactly(_bounded(length)))
    return Message(head, tuple([await reader.readexactly(_bounded(size)) for size in head.pop("sizes")]))


def _bounded(size: int) -> int:
    if not 0 <= size <= _LONGEST:
        raise ValueError(f"a part of {size:,} bytes")
    return size


def scope_as_data(scope: Any, headers: list[tuple[bytes, bytes]]) -> dict[str, Any]:
    """What a worker is to know of a request, with these ``headers`` of it, as plain data."""
    raw = scope.get("raw_path") or scope["path"].encode()
    return {
        "type": "http",
        "http_version": scope["http_version"],
        "method": scope["method"],
        "scheme": scope.get("scheme", "http"),
        "path": scope["path"],
        "raw_path": raw.decode("latin-1"),
        "query_string": scope["query_string"].decode("latin-1"),
        "root_path": scope.get("root_path", ""),
        "server": scope.get("server"),
        "headers": [(name.decode("latin-1"), value.decode("latin-1")) for name, value in headers],
    }


def scope_of(data: dict[str, Any]) -> dict[str, Any]:
    """The request, as ASGI has it, of what `scope_as_data` told."""
    return {
        **data,
        "asgi": {"version": "3.0", "spec_version": "2.3"},
        "raw_path": data["raw_path"].encode("latin-1"),
        "query_string": data["query_string"].encode("latin-1"),
        "headers": encoded(data["headers"]),
    }
