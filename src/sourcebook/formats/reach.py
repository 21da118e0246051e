# SPDX-License-Identifier: Apache-2.0
"""How far the flat rows of a collection reach: which others they have labels, statements and answers from."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from sourcebook.content.answer_links import ways_answered
from sourcebook.extract.site import Field, Site


def reach(site: Site, collection: str) -> set[str]:
    """The collections whose records may be told of in a flat row of ``collection``, with itself."""
    found: set[str] = set()
    waiting = [collection]
    while waiting:
        name = waiting.pop()
        if name in found:
            continue
        found.add(name)
        one = site.collection(name)
        waiting += _referred_to((*one.fields, *one.whole))
        if ways_answered(site, one):
            waiting += [link.collection for link in one.backlinks]
    return found


def _referred_to(fields: Iterable[Field]) -> Iterator[str]:
    for one in fields:
        yield from (link.collection for link in one.to)
        yield from _referred_to(one.fields)
