# SPDX-License-Identifier: Apache-2.0
"""Defaults for the parameters of the book's queries on Datasette's own pages.

Datasette knows none, and takes the empty text. What an address does not say is added to it before Datasette reads it,
so that the form, the rows and every format have the same values, on each version.
"""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import parse_qsl, urlencode

from datasette.utils import tilde_decode, tilde_encode

Defaults = Mapping[str, Mapping[str, str]]
"""By query, the values of its parameters where nobody says so."""


def filled_in(database: str, defaults: Defaults, path: str, query: bytes) -> bytes:
    """The query string of a request for ``path``, below the site's root, with the defaults that it does not say."""
    route, _, name = path.strip("/").partition("/")
    found = defaults.get(tilde_decode(name.partition(".")[0]), {}) if route == tilde_encode(database) else {}
    if not found:
        return query
    said = {name for name, _ in parse_qsl(query.decode("latin-1"), keep_blank_values=True)}
    more = urlencode([(name, value) for name, value in found.items() if name not in said]).encode("latin-1")
    return b"&".join(part for part in (query, more) if part)
