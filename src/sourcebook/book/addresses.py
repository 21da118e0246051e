# SPDX-License-Identifier: Apache-2.0
"""Addresses on the published site: those that are taken, and collections whose pages would lie at one of them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from sourcebook.book.model import Collection
from sourcebook.book.said import Said
from sourcebook.finding import Finding

ROUTES = frozenset(
    {
        # pages of the site, and those that are meant to come
        *("as-of", "changes", "downloads", "map", "network", "questions", "releases", "schema", "search", "sql"),
        "timeline",
        # what browsers, crawlers and Datasette ask for
        *("-", ".well-known", "favicon.ico", "index.html", "llms.txt", "robots.txt", "sitemap.xml", "static"),
        # what other programs ask for: descriptions of the site and of its files
        *("citation.cff", "croissant.json", "datapackage.json", "dcat.jsonld", "dcat.ttl", "feed.atom", "index.json"),
        *("build.jsonld", "openapi.json", "ro-crate-metadata.json", "sha256sums"),
    }
)
"""First parts of addresses that are no collection's."""
FORMS = frozenset({"atom", "bib", "csv", "html", "json", "xlsx", "xml", "yaml"})
"""Endings of addresses by which a page is asked for in another form; ``xml`` is that of the parts of the sitemap."""


def addressed(
    collections: tuple[Collection, ...], book: str, said: Said
) -> tuple[tuple[Collection, ...], list[Finding]]:
    """The collections, each with an address that nothing else has; and what is told of that.

    What a book says itself may not be taken: by a page of the site, by the database, which Datasette serves under the
    name of the ``book``, by another collection. A collection that has its own name for an address gets a free one.
    """
    findings = []
    names = {collection.page.address.casefold() for collection in collections}
    taken = _taken(book)
    found: dict[str, Collection] = {}
    for collection in sorted(collections, key=_by_default):  # what is said comes first
        address = collection.page.address
        holder = taken.get(address.casefold()) or _form(address)
        if holder:
            free = free_address(address, book, {*names, *taken})
            findings.append(_told(collection, holder, free, said))
            if _by_default(collection):
                collection = replace(collection, page=replace(collection.page, address=free))
        taken.setdefault(collection.page.address.casefold(), f"the collection {collection.name}")
        found[collection.name] = collection
    return tuple(found[collection.name] for collection in collections), findings


def _by_default(collection: Collection) -> bool:
    return collection.page.address == collection.name


def _form(address: str) -> str:
    ending = address.rpartition(".")[2] if "." in address else ""
    return f"the form {ending} of another page" if ending in FORMS else ""


def _told(collection: Collection, holder: str, free: str, said: Said) -> Finding:
    address, hint = collection.page.address, f"page: {{address: {free}}}"
    if _by_default(collection):
        message = f"the pages of {collection.name} lie at /{free}, since at /{address} {holder} is"
        return replace(
            said.finding(collection, ("page", "address"), message, hint), rule="address-taken", level="warning"
        )
    message = f"the pages of {collection.name} would lie at /{address}, where {holder} is"
    return said.finding(collection, ("page", "address"), message, hint)


def free_address(address: str, book: str, others: Iterable[str]) -> str:
    """``address``, or one like it where it is taken: by a site's own page, the database of ``book``, or ``others``."""
    plain, _, ending = address.rpartition(".")
    address = plain if plain and ending in FORMS else address
    taken = {*_taken(book), *(one.casefold() for one in others)}
    names = (f"{address}-{word}" for word in ("records", *range(2, len(taken) + 3)))
    return next(name for name in (address, *names) if name not in taken)


def _taken(book: str) -> dict[str, str]:
    return dict.fromkeys(ROUTES, "a page of every site") | {book.casefold(): "the book's database"}
