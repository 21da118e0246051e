# SPDX-License-Identifier: Apache-2.0
"""Headers that every answer has, whatever it is of."""

from __future__ import annotations

from collections.abc import Iterable

HEADERS = (
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"same-origin"),
    (b"permissions-policy", b"camera=(), geolocation=(), microphone=(), payment=(), usb=()"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"cross-origin"),
    (b"access-control-allow-origin", b"*"),  # all that is served is public, and nobody is known here
    (b"access-control-expose-headers", b"Accept-Ranges, Content-Disposition, Content-Range, ETag, Link, Location"),
)
"""Headers of every answer."""


def encoded(headers: Iterable[tuple[str, str]]) -> list[tuple[bytes, bytes]]:
    """Headers as ASGI has them."""
    return [(name.encode("latin-1"), value.encode("latin-1")) for name, value in headers]
