# SPDX-License-Identifier: Apache-2.0
"""Headers that every answer has, and those of pages, which are told what a browser may do with them."""

from __future__ import annotations

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
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'"
)
"""What a page of the site may load, and where to (https://www.w3.org/TR/CSP3/)."""
NOTHING = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; sandbox"
"""The same of what is no page: files that are handed out, and answers in words."""
