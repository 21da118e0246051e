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
_OF_DATABASE = (
    "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    "object-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'"
)  # the editor of SQL makes styles as it goes
_OF_DATASETTE = _OF_DATABASE.replace("script-src 'self';", "script-src 'self' 'unsafe-inline';")
_EDITOR = ["-", "query"]  # of 1.0: /DATABASE/-/query


def policy_of_datasette(path: str, database: str) -> bytes:
    """What a page of Datasette's at ``path``, which begins with a slash, may load.

    ``database`` is the one whose pages have templates of ours, as addresses have it; empty where none has. Pages of its
    tables, rows and SQL have no script in the page itself. Datasette's others, and those of other plugins, have.
    """
    first, *rest = path.lstrip("/").split("/")
    of_database = bool(database) and first.partition(".")[0] == database
    ours = of_database and ("-" not in rest[:-1] or rest == _EDITOR)
    return (_OF_DATABASE if ours else _OF_DATASETTE).encode()
