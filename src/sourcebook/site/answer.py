# SPDX-License-Identifier: Apache-2.0
"""What is asked of a page, and what it answers: plain values, so that pages know nothing of servers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, urlencode

from sourcebook.content.addresses import Addresses
from sourcebook.content.frozen import Twin
from sourcebook.exact import dumps

HTML = "text/html; charset=utf-8"
JSON = "application/json; charset=utf-8"
CSV = "text/csv; charset=utf-8"
ASKED_WITH = "Accept, Content-Type, If-Match, If-Modified-Since, If-None-Match, If-Range, Range"
"""Headers that a page of another site may ask with (https://fetch.spec.whatwg.org/)."""
TEXT = "text/plain; charset=utf-8"


@dataclass(frozen=True, slots=True)
class Asked:
    """A request: the decoded segments of its address below the site's root, and its query, each name's values.

    ``base`` is the address of the site's root, which ends in a slash; ``site`` the same with scheme and host. ``data``
    says whether a reader asks for data rather than for a page. With a ``twin`` it is asked for as a file of that.
    """

    path: tuple[str, ...]
    query: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    base: str = "/"
    site: str = ""
    data: bool = False
    twin: Twin | None = None

    def at(self, database: str, base: str = "") -> Addresses:
        """The addresses of the pages that links lead to, below ``base``, or else below the site's root as a path."""
        return self.twin.at(base or self.base, database) if self.twin else Addresses(base or self.base, database)

    @property
    def address(self) -> str:
        """The whole address, with scheme and host where these are known."""
        query = urlencode([(name, value) for name, values in self.query.items() for value in values])
        return (
            (self.site or self.base)
            + "/".join(quote(one, safe="~:@!$'()*,;=+") for one in self.path)
            + (f"?{query}" if query else "")
        )

    def one(self, name: str, default: str = "") -> str:
        """The first value of ``name`` in the query."""
        return next(iter(self.query.get(name, ())), default)


@dataclass(frozen=True, slots=True)
class Answer:
    """What a page answers: ``headers`` are those beside its type and length.

    A large answer has ``pieces`` instead of a body: they are made while they are sent, and never held all at once. An
    empty one only lets others have their turn.
    """

    body: bytes
    media_type: str = HTML
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    pieces: Iterator[bytes] | None = None

    @staticmethod
    def json(value: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> Answer:
        """Plain data as JSON text."""
        return Answer(dumps(value, indent=2).encode("utf-8", "replace") + b"\n", JSON, status, headers or {})

    @staticmethod
    def refusal(told: str, status: int, *, data: bool, headers: Mapping[str, str] | None = None) -> Answer:
        """What is wrong, in words: as JSON to those who ask for ``data``, else as plain text."""
        headers = {"vary": "accept", **(headers or {})}
        if data:
            return Answer.json({"ok": False, "error": told, "status": status}, status, headers)
        return Answer(f"{told}\n".encode("utf-8", "replace"), TEXT, status, headers)

    @staticmethod
    def to(address: str, status: int = 302) -> Answer:
        """A redirection to another address."""
        return Answer(b"", TEXT, status, {"location": address})


def attachment(name: str) -> dict[str, str]:
    """The header that has an answer saved as a file of that name, in any alphabet (RFC 6266)."""
    plain = "".join(letter if letter.isascii() and (letter.isalnum() or letter in "._-") else "-" for letter in name)
    return {"content-disposition": f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"}


def is_data(path: tuple[str, ...], accept: bytes) -> bool:
    """Whether JSON is asked for, by the ending of an address or by the header Accept: errors are told as that then."""
    return path[-1].endswith(".json") or (b"json" in accept and b"html" not in accept)
