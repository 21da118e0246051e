# SPDX-License-Identifier: Apache-2.0
"""What pages a twin has: each an address of its own, and what the functions of the site are asked for it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain

from sourcebook.book.taken import ANSWERED, LISTED
from sourcebook.content import past
from sourcebook.content.addresses import FEED, UNSAID
from sourcebook.content.coverage import documents
from sourcebook.content.flat.xlsx import is_there
from sourcebook.content.frozen import Frozen
from sourcebook.content.past import Place
from sourcebook.extract.site import Collection
from sourcebook.site.answer import Asked
from sourcebook.site.machines import built, feed, sitemap
from sourcebook.site.pages.entity import many
from sourcebook.site.pages.listing import page_size
from sourcebook.site.published import Published
from sourcebook.sqlite import quote


@dataclass(frozen=True, slots=True)
class Wanted:
    """A file of the twin: its address, and what is asked for it; one that ``may_lack`` is left out where it does."""

    href: str
    asked: Asked
    may_lack: bool = False


class Pages:
    """The pages of a twin of a release, below what is ``asked`` for its home page."""

    def __init__(self, opened: Published, asked: Asked) -> None:
        self.opened = opened
        self._asked = asked
        found = asked.at(opened.site.name)
        assert isinstance(found, Frozen)
        self.at = found

    def fixed(self) -> Iterator[Wanted]:
        """The pages that a book has one of, and the files that other programs ask for."""
        at, opened = self.at, self.opened
        yield self.one(at.home(), "")
        for name in ("schema", "downloads", "questions"):
            yield self.one(at.page(name), name)
        yield self.one(at.search(), "search")
        yield self.one(at.sql(), "sql")
        for name in ("schema.json", "downloads.json", "openapi.json", "llms.txt", "robots.txt", "sitemap.xml"):
            yield self.one(at.page(name), name)
        yield self.one(at.page(built.NAME), built.NAME)
        if feed.is_there(opened):
            yield self.one(at.page("feed.atom"), "feed.atom")
        if past.is_kept(opened):
            yield self.one(at.page(FEED), FEED)
            yield self.one(at.changes(form="json"), "changes.json")
        for number in range(1, sitemap.number_of_parts(opened, self._asked) + 1):
            yield self.one(at.page(f"sitemap-{number}.xml"), f"sitemap-{number}.xml")
        if opened.versions.all:
            yield self.one(at.page("releases"), "releases")
            yield self.one(at.page("releases.json"), "releases.json")
            for name in opened.versions.all:
                yield self.one(at.kept(name), "releases", name)

    def picture(self, name: str) -> Iterator[Wanted]:
        """A picture, with the rows below it from page to page: more than there are, which answers tell."""
        for number in range(1, self.at.most_turned + 1):
            query = {} if number == 1 else {"page": str(number)}
            yield self.one(self.at.listing(name, query.items()), name, **query)

    def question(self, number: int) -> Iterator[Wanted]:
        """The page of a question, and its answer as files."""
        one = self.opened.site.questions[number]
        yield self.one(self.at.question(one.name), "questions", one.name)
        for form in ANSWERED:
            yield self.one(self.at.question(one.name, form), "questions", f"{one.name}.{form}")

    def listing_pages(self, collection: Collection, count: int) -> int:
        """How many pages the listing of a collection of ``count`` records has."""
        return max(1, -(-count // page_size(collection)))

    def listing(self, collection: Collection, first: int, last: int) -> Iterator[Wanted]:
        """The pages of a listing from ``first`` to before ``last``, counted from 1."""
        for number in range(first, last):
            query = {} if number == 1 else {"page": str(number)}
            yield self.one(self.at.listing(collection.address, query.items()), collection.address, **query)

    def listing_files(self, collection: Collection) -> Iterator[Wanted]:
        """All of a collection as files, and what is new in it as a feed."""
        for form in LISTED:
            if form != "xlsx" or is_there():
                yield self.one(self.at.listing(collection.address, form=form), f"{collection.address}.{form}")
        if past.is_kept(self.opened):
            yield self.one(self.at.page(collection.address, FEED), collection.address, FEED)

    def changes(self, name: str) -> Iterator[Wanted]:
        """The pages of what was changed, in a collection or, without a ``name``, in all."""
        before: Place | None = None
        while True:
            query = {key: value for key, value in (("collection", name), ("before", str(before or ""))) if value}
            yield self.one(self.at.changes(name, str(before or "")), "changes", **query)
            _, before = past.page(self.opened, name, before, apart=True)
            if before is None:
                return

    def records(self, collection: Collection, keys: Sequence[str]) -> Iterator[tuple[str, bytes]]:
        """The pages of some records, and their data: of each the address and the content, made for all at once."""
        for form in ("", "json"):
            hrefs = {key: self.at.record(collection.address, key, form) for key in keys}
            asked = {key: self.of("", collection.address, key, form).asked for key, href in hrefs.items() if href}
            if asked:
                yield from zip(hrefs.values(), many(self.opened, collection, asked, form), strict=True)

    def forms(self, collection: Collection, keys: Iterable[str]) -> Iterator[Wanted]:
        """What else there is of some records."""
        return chain.from_iterable(self._forms(collection, key) for key in keys)

    def _forms(self, collection: Collection, key: str) -> Iterator[Wanted]:
        at, address = self.at, collection.address
        for form in ("csv", "yaml", "bib"):
            if href := at.record(address, key, form):
                yield self.of(href, address, key, form)
        if past.is_kept(self.opened):
            for form in ("", "json", "atom"):
                if href := at.history(address, key, form):
                    yield self._below(href, address, key, f"history.{form}" if form else "history")

    def one(self, href: str, *segments: str, **query: str) -> Wanted:
        """A page at an address, asked for by segments and parameters."""
        given = {name: (value,) for name, value in query.items()}
        data = bool(segments) and segments[-1].endswith(".json")
        return Wanted(href, replace(self._asked, path=segments, query=given, data=data))

    def data_of(self, href: str, address: str, key: str) -> Wanted:
        """What is said of a key that is none any more, as data: asked for as its record was."""
        query = {"key": (key,), "form": ("json",)}  # and not by an ending, with which another key may end
        return Wanted(href, replace(self._asked, path=(address, "-"), query=query, data=True))

    def of(self, href: str, address: str, key: str, form: str = "") -> Wanted:
        """A form of a record, asked for by a parameter: its key may end as a form does."""
        path, query = _asked_of(address, key)
        query |= {"form": (form,)} if form else {}
        return Wanted(href, replace(self._asked, path=path, query=query, data=form == "json"))

    def past(self, href: str, version: str, address: str, key: str, form: str = "") -> Wanted:
        """A record as of a version."""
        query = {"key": (key,)} | ({"form": (form,)} if form else {})
        path = ("as-of", version, address, "-")
        return Wanted(href, replace(self._asked, path=path, query=query, data=form == "json"), may_lack=True)

    def coverage(self) -> Iterator[Wanted]:
        """What documents carry, where the twin tells that."""
        addresses = {one.name: one.address for one in self.opened.site.collections}
        for name, key in documents(self.opened):
            if name not in addresses:
                continue
            for form in ("", "json"):
                if href := self.at.coverage(addresses[name], key, form):
                    yield self._below(href, addresses[name], key, f"coverage.{form}" if form else "coverage")

    def _below(self, href: str, address: str, key: str, name: str) -> Wanted:
        path, query = _asked_of(address, key)
        return Wanted(href, replace(self._asked, path=(*path, name), query=query, data=name.endswith(".json")))


def _asked_of(address: str, key: str) -> tuple[tuple[str, ...], dict[str, tuple[str, ...]]]:
    """The segments and the query by which the served site is asked for a record."""
    return ((address, "-"), {"key": (key,)}) if key in UNSAID else ((address, key), {})


def keys_of(opened: Published, collection: Collection) -> list[str]:
    """The keys of a collection in the order of the book."""
    sql = f"SELECT {quote(collection.key)} FROM {quote(collection.table)} ORDER BY {collection.order}"
    return [str(key) for (key,) in opened.connection.execute(sql)]
