# SPDX-License-Identifier: Apache-2.0
"""Addresses on the published site: those that are taken, and collections whose pages would lie at one of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from sourcebook.book.model import Collection
from sourcebook.book.said import Said
from sourcebook.finding import Finding

ROUTES = frozenset(
    {
        # pages of the site, and those that are meant to come
        *("changes", "downloads", "map", "network", "questions", "schema", "search", "timeline"),
        # what browsers, crawlers and Datasette ask for
        *("-", ".well-known", "favicon.ico", "index.html", "index.json", "llms.txt", "robots.txt", "sitemap.xml"),
        "static",
    }
)
"""First parts of addresses that are no collection's."""
FORMS = frozenset({"bib", "csv", "html", "json", "xlsx", "yaml"})
"""Endings of addresses by which a page is asked for in another form."""


def address_findings(collections: tuple[Collection, ...], book: str, said: Said) -> Iterator[Finding]:
    """The collections whose pages would lie where something else does: a page of the site, the database, another one.

    ``book`` is the book's name, and so that of its database, which Datasette serves under it.
    """
    names = {collection.page.address.casefold() for collection in collections}
    taken = _taken(book)
    for collection in collections:
        address = collection.page.address
        folded = address.casefold()
        ending = address.rpartition(".")[2] if "." in address else ""
        holder = taken.get(folded) or (f"the form {ending} of another page" if ending in FORMS else "")
        if holder:
            message = f"the pages of {collection.name} would lie at /{address}, where {holder} is"
            wanted = free_address(address, book, names)
            yield said.finding(collection, ("page", "address"), message, f"page: {{address: {wanted}}}")
        else:
            taken[folded] = f"the collection {collection.name}"


def free_address(address: str, book: str, others: Iterable[str]) -> str:
    """``address``, or one like it where it is taken: by a site's own page, the database of ``book``, or ``others``."""
    plain, _, ending = address.rpartition(".")
    address = plain if plain and ending in FORMS else address
    taken = {*_taken(book), *(one.casefold() for one in others)}
    names = (f"{address}-{word}" for word in ("records", *range(2, len(taken) + 3)))
    return next(name for name in (address, *names) if name not in taken)


def _taken(book: str) -> dict[str, str]:
    return dict.fromkeys(ROUTES, "a page of every site") | {book.casefold(): "the book's database"}
