# SPDX-License-Identifier: Apache-2.0
"""The header Accept-Encoding: which copy of a file is sent (RFC 9110, section 12.5.3)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

IDENTITY = "identity"
"""The file as it is."""
_UNSAID = 0.0001  # of the file as it is, where nothing is said of it: it is taken after all that were named
_QUALITY = re.compile(r"q=(0(\.\d{0,3})?|1(\.0{0,3})?)", re.IGNORECASE | re.ASCII)


def acceptable(header: str | None, there: Iterable[str]) -> list[str]:
    """The codings that a reader takes, best first: of those that are ``there``, best first, and of `IDENTITY`.

    Without a header only the file as it is: a reader that says nothing may know no coding. A star alone brings no
    coding before it for the same reason.
    """
    if header is None:
        return [IDENTITY]
    told = dict(_told(header))
    star = told.get("*", 0.0)
    ranked = [(told.get(IDENTITY, told.get("*", _UNSAID)), 1, 0, IDENTITY)]
    for place, coding in enumerate(there):
        ranked.append((told.get(coding, star), 0 if coding in told else 2, place, coding))
    ranked.sort(key=lambda one: (-one[0], *one[1:3]))
    return [coding for quality, *_, coding in ranked if quality > 0]


def takes_gzip(headers: Mapping[bytes, bytes]) -> bool:
    """Whether a page is best sent packed by gzip, by the headers of a request."""
    header = headers.get(b"accept-encoding")
    return header is not None and acceptable(header.decode("latin-1"), ("gzip",))[:1] == ["gzip"]


def _told(header: str) -> Iterator[tuple[str, float]]:
    """Each coding and its quality; one whose quality is not a number is not taken."""
    for one in header.lower().split(","):
        coding, *parameters = (part.strip() for part in one.split(";"))
        coding = {"x-gzip": "gzip"}.get(coding, coding)
        if not coding:
            continue
        found = [_QUALITY.fullmatch(part) for part in parameters]
        if not found:
            yield coding, 1.0
        else:
            yield coding, float(found[0][1]) if found[0] else 0.0
