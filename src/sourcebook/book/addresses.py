# SPDX-License-Identifier: Apache-2.0
"""Addresses on the published site: those that are taken, and collections whose pages would lie at one of them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from itertools import chain, count

from sourcebook.book.model import Collection
from sourcebook.book.said import Said
from sourcebook.book.taken import FORMS, LISTED, Taken, unfit
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
_PLAIN = 100  # characters of a free address: it may be given an ending, and one that is said has 120


def addressed(
    collections: tuple[Collection, ...], book: str, said: Said
) -> tuple[tuple[Collection, ...], list[Finding]]:
    """The collections, each with an address that nothing else has; and what is told of that.

    What a book says itself may not be taken: by a page of the site, by the database, which Datasette serves under the
    name of the ``book``, by another collection. Nor may the address of its data: ``/index.json`` is a file of every
    site, so that no collection is at ``/index``. A collection that has its own name for an address gets a free one.
    """
    findings = []
    taken = taken_on_sites(book)
    found: dict[str, Collection] = {}
    for collection in sorted(collections, key=_by_default):  # what is said comes first
        address = collection.page.address
        if why := why_not(address, taken):
            others = (one for one in (*collections, *found.values()) if one.name != collection.name)
            free = free_address(address, book, (one.page.address for one in others))
            findings.append(_told(collection, why, free, said))
            if _by_default(collection):
                collection = replace(collection, page=replace(collection.page, address=free))
        taken.take(collection.page.address, f"the collection {collection.name}")
        found[collection.name] = collection
    return tuple(found[collection.name] for collection in collections), findings


def taken_on_sites(book: str = "") -> Taken:
    """The addresses that no collection may have: on the site of every book, and where the database of ``book`` is."""
    there = dict.fromkeys(ROUTES, "a page of every site")
    return Taken(LISTED, there | ({book: "the book's database"} if book else {}))


def why_not(address: str, taken: Taken) -> str:
    """Why the pages of a collection cannot lie at ``address``, as a sentence; empty where they can."""
    if met := taken.met(address):
        return f"at /{met[0]} {met[1]} is"
    if _form(address):
        return f"at /{address} the form {_form(address)} of another page is"
    return unfit(address)


def _by_default(collection: Collection) -> bool:
    return collection.page.address == collection.name


def _form(address: str) -> str:
    ending = address.rpartition(".")[2] if "." in address else ""
    return ending if ending in FORMS else ""


def _told(collection: Collection, why: str, free: str, said: Said) -> Finding:
    address, hint = collection.page.address, f"page: {{address: {free}}}"
    if _by_default(collection):
        message = f"the pages of {collection.name} lie at /{free}, since {why}"
        return replace(
            said.finding(collection, ("page", "address"), message, hint), rule="address-taken", level="warning"
        )
    there = f"at /{address} "
    but = f"where {why.removeprefix(there)}" if why.startswith(there) else f"but {why}"
    message = f"the pages of {collection.name} would lie at /{address}, {but}"
    return said.finding(collection, ("page", "address"), message, hint)


def free_address(address: str, book: str, others: Iterable[str]) -> str:
    """``address``, or one like it where it is taken: by a site's own page, the database of ``book``, or ``others``."""
    taken = taken_on_sites(book)
    for other in others:
        taken.take(other, "another collection")
    while _form(address):
        address = address.rpartition(".")[0]
    if unfit(address):  # too long, or of Windows: so is whatever begins with that and a dot
        address = address.replace(".", "-").rstrip("-")[:_PLAIN]
    endings = chain(("", "-records"), (f"-{number}" for number in count(2)))
    return next(f"{address}{ending}" for ending in endings if not why_not(f"{address}{ending}", taken))
