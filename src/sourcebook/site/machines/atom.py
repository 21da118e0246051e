# SPDX-License-Identifier: Apache-2.0
"""Feeds as Atom has them (RFC 4287). The same thing has the same id in every release and at every address."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import NAMESPACE_URL, uuid5

from sourcebook.site.answer import Answer
from sourcebook.site.machines.place import in_line, licences
from sourcebook.site.machines.xml_text import HEAD, element
from sourcebook.site.published import Published

ATOM = "application/atom+xml; charset=utf-8"


@dataclass(frozen=True, slots=True)
class Item:
    """An entry of a feed."""

    id: str
    title: str
    updated: str
    href: str
    text: str
    term: str
    related: str = ""


@dataclass(frozen=True, slots=True)
class Feed:
    """A feed without its entries: ``self`` is its address, ``alternate`` that of the page; ``next`` of older entries.

    ``updated`` is said where it is not that of the first entry.
    """

    id: str
    title: str
    subtitle: str
    self: str
    alternate: str
    next: str = ""
    updated: str = ""


def atom(opened: Published, feed: Feed, items: Iterable[Item]) -> Answer:
    """A feed with its entries, the newest first. One without entries says when it was ``updated``."""
    shown = list(items)
    people = [one.name for one in opened.about.makers or opened.about.publishers]
    rights = next(licences(opened), "")
    parts = [
        element("id", feed.id),
        element("title", feed.title),
        element("subtitle", feed.subtitle),
        element("updated", feed.updated or shown[0].updated),
        element("link", rel="self", type="application/atom+xml", href=feed.self),
        element("link", rel="alternate", type="text/html", href=feed.alternate),
        element("link", rel="next", type="application/atom+xml", href=feed.next) if feed.next else "",
        element("link", rel="license", href=rights) if rights else "",
        *(f"<author>\n{element('name', one)}</author>\n" for one in people or [in_line(opened.site.title)]),
        element("generator", "Sourcebook"),
        *map(_entry, shown),
    ]
    return Answer(f'{HEAD}<feed xmlns="http://www.w3.org/2005/Atom">\n{"".join(parts)}</feed>\n'.encode(), ATOM)


def _entry(one: Item) -> str:
    parts = (
        element("id", one.id),
        element("title", one.title),
        element("updated", one.updated),
        element("link", rel="alternate", type="text/html", href=one.href),
        element("link", rel="related", type="text/html", href=one.related) if one.related else "",
        element("category", term=one.term),
        element("content", one.text, type="text"),
    )
    return f"<entry>\n{''.join(parts)}</entry>\n"


def identifier(opened: Published, *parts: str) -> str:
    """The same for the same, of the book's name and where it is at home: not of the address that was asked."""
    about = opened.site.about_book
    home = str(about.get("homepage") or about.get("repository", {}).get("url") or "")
    return f"urn:uuid:{uuid5(NAMESPACE_URL, chr(0).join((home, opened.site.name, *parts)))}"
