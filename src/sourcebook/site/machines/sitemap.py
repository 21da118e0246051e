# SPDX-License-Identifier: Apache-2.0
"""The sitemap (https://www.sitemaps.org/protocol.html): an index at /sitemap.xml, and its parts at /sitemap-N.xml."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import chain, islice

from sourcebook.content.addresses import Addresses
from sourcebook.site.answer import Answer, Asked
from sourcebook.site.machines.place import reached, released
from sourcebook.site.machines.xml_text import HEAD, element, escaped
from sourcebook.site.published import Published
from sourcebook.sqlite import RECORDS

XML = "application/xml; charset=utf-8"
MOST = 20_000
"""Addresses in a part. So many of the longest that there may be are 41 MB; 50,000 and 50 MB are allowed."""
_LONGEST = 2_047  # characters, as they are written
_SPACE = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
_AT_ONCE = 1_000  # addresses
_PART = re.compile(r"sitemap-([1-9]\d{0,5})\.xml")


def is_part(name: str) -> bool:
    """Whether a name is that of a part."""
    return _PART.fullmatch(name) is not None


def answer(opened: Published, asked: Asked) -> Answer | None:
    """The index, or one of its parts."""
    part = _PART.fullmatch(asked.path[0])
    at = reached(opened, asked)
    if not part:
        return Answer(index(at, pages(opened, at), _count(opened), released(opened)[:10]).encode(), XML)
    number = int(part[1])
    if number > parts(len(list(pages(opened, at))), _count(opened)):
        return None
    return Answer(b"", XML, pieces=urlset(_of_part(opened, at, number)))


def number_of_parts(opened: Published, asked: Asked) -> int:
    """How many parts there are of the sitemap of a release."""
    return parts(len(list(pages(opened, reached(opened, asked)))), _count(opened))


def parts(pages: int, records: int) -> int:
    """How many parts there are: the first has the ``pages`` that are no records too."""
    return max(1, -(-(pages + records) // MOST))


def index(at: Addresses, pages: Iterable[str], records: int, day: str) -> str:
    """The index of all parts; ``day`` is when the release was made, if that is known."""
    last = element("lastmod", day) if day else ""
    lines = (
        f"<sitemap>\n{element('loc', at.page(f'sitemap-{number}.xml'))}{last}</sitemap>\n"
        for number in range(1, parts(len(list(pages)), records) + 1)
    )
    return f"{HEAD}<sitemapindex {_SPACE}>\n{''.join(lines)}</sitemapindex>\n"


def urlset(addresses: Iterable[str]) -> Iterator[bytes]:
    """A part, in pieces. An address that is longer than the protocol allows is left out."""
    yield f"{HEAD}<urlset {_SPACE}>\n".encode()
    rest = iter(addresses)
    while some := list(islice(rest, _AT_ONCE)):
        lines = (f"<url><loc>{text}</loc></url>\n" for one in some if len(text := escaped(one)) <= _LONGEST)
        yield "".join(lines).encode()
    yield b"</urlset>\n"


def pages(opened: Published, at: Addresses) -> Iterator[str]:
    """The pages that are no records: fixed ones, listings as a whole, questions."""
    yield at.home()
    yield from map(at.page, ("schema", "downloads", *opened.site.pictures))
    if opened.has_history:
        yield at.changes()
    if opened.versions.all:
        yield at.page("releases")
        yield from (at.kept(name) for name, one in opened.versions.all.items() if one.withdrawn is None)
    yield from (at.page(one.address) for one in opened.site.collections)
    if opened.site.questions:
        yield at.page("questions")
        yield from (at.question(one.name) for one in opened.site.questions)


def _of_part(opened: Published, at: Addresses, number: int) -> Iterator[str]:
    first = list(pages(opened, at))
    begin = (number - 1) * MOST
    own = first[begin : begin + MOST]
    sql = f"SELECT collection, key FROM {RECORDS} ORDER BY collection, key LIMIT ? OFFSET ?"
    rows = opened.connection.execute(sql, (MOST - len(own), max(0, begin - len(first))))
    address = {one.name: one.address for one in opened.site.collections}
    return chain(own, (at.record(address[collection], key) for collection, key in rows))


def _count(opened: Published) -> int:
    (count,) = opened.connection.execute(f"SELECT count(*) FROM {RECORDS}").fetchone()
    return int(count)
