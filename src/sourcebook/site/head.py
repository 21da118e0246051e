# SPDX-License-Identifier: Apache-2.0
"""What the head of a page tells programs: its address, other forms of it, a description, and data in JSON-LD."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from markupsafe import Markup

from sourcebook.exact import dumps

_LONGEST = 3_500  # bytes of the header Link: servers and proxies take no more than 4 or 8 KB of headers
_SAFE = "".join(chr(code) for code in range(0x21, 0x7F) if chr(code) not in '"<>\\^`{|}')
_TAGS = frozenset({"alternate", "license", "describedby", "service-desc", "author"})
_ESCAPES = str.maketrans({"<": "\\u003c", ">": "\\u003e", "&": "\\u0026", "\u2028": "\\u2028", "\u2029": "\\u2029"})
_UNPAIRED = re.compile("[\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Link:
    """A link of a relation that programs know (https://www.iana.org/assignments/link-relations/)."""

    rel: str
    href: str
    type: str = ""

    @property
    def in_page(self) -> bool:
        """Whether it stands in the page too; the others only in the header."""
        return self.rel in _TAGS and bool(self.href)


@dataclass(frozen=True, slots=True)
class Head:
    """What a page tells of itself: ``canonical`` is its whole address, ``kind`` one of Open Graph's types.

    ``data`` is told in JSON-LD.
    """

    canonical: str = ""
    description: str = ""
    kind: str = "website"
    links: tuple[Link, ...] = ()
    data: Mapping[str, Any] | None = None

    @property
    def script(self) -> Markup:
        """The data as the content of a script element."""
        return in_script(self.data)

    @property
    def headers(self) -> dict[str, str]:
        """The header Link."""
        return link_header(self.links)


def in_script(data: Any) -> Markup:
    """Plain data as the content of a script element: no text in it can end that, or be taken for a comment."""
    text = _UNPAIRED.sub("\ufffd", dumps(data))
    return Markup(text.translate(_ESCAPES))  # noqa: S704 # of JSON, in which all that HTML knows is escaped


def link_header(links: Iterable[Link]) -> dict[str, str]:
    """The header Link (RFC 8288), with as many links as there is room for, the first before all."""
    parts: list[str] = []
    size = 0
    for one in links:
        if not one.href:  # a form that this site does not have
            continue
        kind = f'; type="{one.type}"' if one.type else ""
        part = f'<{quote(one.href, safe=_SAFE)}>; rel="{one.rel}"{kind}'
        size += len(part) + 2
        if size > _LONGEST:
            break
        parts.append(part)
    return {"link": ", ".join(parts)} if parts else {}
