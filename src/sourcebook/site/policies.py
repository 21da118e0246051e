# SPDX-License-Identifier: Apache-2.0
"""What a browser may run and load on each page, as Content-Security-Policy: the second wall, behind escaping."""

from __future__ import annotations

OWN = (
    b"default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; "
    b"frame-ancestors 'none'"
)
"""Of the site's own pages (https://www.w3.org/TR/CSP3/)."""
NOTHING = b"default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; sandbox"
"""Of what is no page: files that are handed out, and answers in words."""
_OF_DATABASE = (
    b"default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    b"object-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'"
)  # the editor of SQL makes styles as it goes
_OF_DATASETTE = _OF_DATABASE.replace(b"script-src 'self';", b"script-src 'self' 'unsafe-inline';")
_EDITOR = "query"  # of 1.0: /DATABASE/-/query


def of_datasette(path: str, database: str) -> bytes:
    """The policy of a page of Datasette's at ``path``, which begins with a slash.

    ``database`` is the one whose pages have templates of ours, as addresses have it; empty where none has.

    Pages of its tables, rows and SQL have no script in the page itself, nor has data. Datasette's others, and other
    plugins', have.
    """
    if path.endswith((".json", ".md")):
        return _OF_DATABASE
    first, *rest = path.lstrip("/").split("/")
    if not database or first.partition(".")[0] != database:
        return _OF_DATASETTE
    ours = "-" not in rest[:-1] or rest == ["-", _EDITOR]
    return _OF_DATABASE if ours else _OF_DATASETTE
