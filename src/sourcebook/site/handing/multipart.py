# SPDX-License-Identifier: Apache-2.0
"""Several parts of a file in one answer (RFC 9110, section 14.6)."""

from __future__ import annotations

from collections.abc import Sequence

from sourcebook.site.handing.ranges import Span


def multipart(asked: Sequence[Span], size: int, media_type: str, boundary: str) -> list[bytes | Span]:
    """The body of ``multipart/byteranges``: each span after what says which part of the file it is."""
    parts: list[bytes | Span] = []
    for number, span in enumerate(asked):
        start = "\r\n" if number else ""
        about = f"Content-Type: {media_type}\r\nContent-Range: bytes {span.start}-{span.stop - 1}/{size}"
        parts += [f"{start}--{boundary}\r\n{about}\r\n\r\n".encode("latin-1"), span]
    return [*parts, f"\r\n--{boundary}--\r\n".encode()]


def length(parts: Sequence[bytes | Span]) -> int:
    """How many bytes a body of these parts has."""
    return sum(len(one) if isinstance(one, bytes) else one.stop - one.start for one in parts)
