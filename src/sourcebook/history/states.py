# SPDX-License-Identifier: Apache-2.0
"""What the book said of itself in a commit, and the records that a version of a file holds."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cached_property
from hashlib import blake2b
from typing import Any, NamedTuple

from sourcebook import files
from sourcebook.book import BASELINE, DESCRIPTOR, HIDDEN, MOVED, SCHEMAS, Book, Collection, public_form
from sourcebook.diff.claimed import Claims, claiming_of, oddity, reading_of
from sourcebook.diff.model import Side
from sourcebook.diff.planned import hindrances
from sourcebook.diff.shapes import tables_of
from sourcebook.diff.sides import Commit
from sourcebook.git import LINK, MODULE, Blob, Repository
from sourcebook.history.objects import Objects
from sourcebook.records.in_file import held
from sourcebook.records.model import Source
from sourcebook.records.read import Reading as NothingRead
from sourcebook.tables.whole_book import plan_one

Public = Callable[[str, Any], Any]
"""What is public of a record of a collection, by the book of today; None where nothing is."""
Way = tuple[tuple[str, Any], ...]
Found = list[tuple[str, Any]]
"""The records of a file: the key of each, and what is public of it."""


class _Memory(Repository):
    """What a side of a comparison asks of git, answered from a listing of files that is known."""

    def __init__(self, objects: Objects, listing: Mapping[str, Blob]) -> None:
        self._objects = objects
        self._known = listing

    def listing(self, tree: str, *paths: str) -> dict[str, Blob]:  # noqa: ARG002  (there is one)
        if not paths:
            return dict(self._known)
        folders = tuple(f"{path}/" for path in paths)
        return {path: blob for path, blob in self._known.items() if path in paths or path.startswith(folders)}

    def contents(self, oids: Iterable[str], limit: int) -> Iterator[tuple[str, bytes | None]]:
        for oid, data in self._objects.contents(oids, limit):
            yield oid, data if isinstance(data, bytes) else None


def says(path: str, book: Book | None) -> bool:
    """Whether what a book is may depend on the file at a path."""
    return path in _SAID or path.startswith(f"{SCHEMAS}/") or (book is not None and path in book.schemas.paths)


_SAID = (DESCRIPTOR, BASELINE, MOVED)


def book_in(objects: Objects, listing: Mapping[str, Blob]) -> Book | None:
    """The book that some files are; None where they have no descriptor.

    It has no collections where that cannot be read.
    """
    side = Commit(Side("revision", ""), _Memory(objects, listing), "known")
    try:
        return side.own
    finally:
        side.close()


def _kept_back(book: Book, collection: Collection) -> Any:
    """What decides what of a collection's records a commit kept back; None where that is nothing."""
    if collection.name not in book.visibility.masks:
        return None
    said = [book.schemas.contents(path) for path in sorted(book.schemas.paths)]
    return blake2b(repr((said, collection.visibility)).encode("utf-8", "surrogatepass")).digest()


class Reading:
    """How the records of files are read by the descriptor of a commit; what is known of ``another`` is taken over."""

    def __init__(self, book: Book, another: Reading | None = None) -> None:
        self.book = book
        self.ways = {one.name: (*reading_of(book, one), _kept_back(book, one)) for one in book.collections}
        self._claims = Claims(book)
        self._known: dict[str, tuple[list[Collection], Way]] = {}
        self._same: dict[tuple[str, ...], Way] = {}
        if another and self.reads_as(another):
            self._known, self._same = another._known, another._same

    def reads_as(self, other: Reading) -> bool:
        """Whether it reads every file as another does."""
        names = [one.name for one in self.book.collections]
        same = self.ways == other.ways and names == [one.name for one in other.book.collections]
        return same and claiming_of(self.book) == claiming_of(other.book)

    @cached_property
    def tables(self) -> Any:
        """The tables of those collections whose records do not decide them; None where they cannot be told."""
        if hindrances(self.book):
            return None
        fixed = (one for one in self.book.collections if not one.planned_from_records)
        return tables_of(plan_one(self.book, one, NothingRead((), (), frozenset())) for one in fixed)

    def owners(self, path: str) -> list[Collection]:
        """The collections whose records a file holds; none of one that is not to be read."""
        return self._of(path)[0]

    def is_odd(self, path: str) -> bool:
        """Whether a file that a collection claims is not to be read, by its name or by who else claims it."""
        return not self.owners(path) and bool(self._claims.of(path))

    def way(self, path: str) -> Way:
        """What decides which records a file holds, given its bytes."""
        return self._of(path)[1]

    def _of(self, path: str) -> tuple[list[Collection], Way]:
        known = self._known.get(path)
        if known is None:
            found = self._claims.of(path)
            owners = [] if found and oddity(path, found) else found
            names = tuple(one.name for one in owners)
            if names not in self._same:
                self._same[names] = tuple((name, self.ways[name]) for name in names)
            known = self._known[path] = (owners, self._same[names])
        return known


class Wanted(NamedTuple):
    """A version of a file, and how it is to be read."""

    path: str
    blob: Blob
    reading: Reading


class Records:
    """Reads the records of versions of files. What was read last is kept, as far as there is room."""

    def __init__(self, objects: Objects, public: Public) -> None:
        self._objects = objects
        self._public = public
        self._kept: OrderedDict[tuple[str, str, Any], dict[str, Found] | None] = OrderedDict()
        self._sizes: dict[tuple[str, str, Any], int] = {}
        self._held = 0

    def of(self, wanted: Iterable[Wanted]) -> Iterator[tuple[Wanted, dict[str, Found] | None]]:
        """The records of each version, by collection; None of one that cannot be read. Not in order."""
        by_oid: dict[str, list[Wanted]] = {}
        for one in wanted:
            key = (one.path, one.blob.oid, one.reading.way(one.path))
            if key in self._kept:
                self._kept.move_to_end(key)
                yield one, self._kept[key]
            elif one.blob.mode in (LINK, MODULE) or not one.blob.oid:
                yield one, None
            else:
                by_oid.setdefault(one.blob.oid, []).append(one)
        limit = max((one.reading.book.limits.bytes for some in by_oid.values() for one in some), default=0)
        for oid, data in self._objects.contents(by_oid, limit):
            for one in by_oid[oid]:
                yield one, self._read(one, data)

    def _read(self, one: Wanted, data: bytes | int | None) -> dict[str, Found] | None:
        found = self._parsed(one, data) if isinstance(data, bytes) else None
        size = len(data) if isinstance(data, bytes) else 0
        key = (one.path, one.blob.oid, one.reading.way(one.path))
        self._kept[key], self._sizes[key] = found, size
        self._held += size
        while self._held > _ROOM and len(self._kept) > 1:
            other, _ = self._kept.popitem(last=False)
            self._held -= self._sizes.pop(other)
        return found

    def _parsed(self, one: Wanted, data: bytes) -> dict[str, Found] | None:
        limits = one.reading.book.limits
        if len(data) > limits.bytes or files.lfs_pointer(data, one.path):
            return None
        found: dict[str, Found] = {}
        for collection in one.reading.owners(one.path):
            kept = held(Source(collection, one.path, ()), data, limits)
            if any(finding.level == "error" for finding in kept.findings):
                return None
            public = ((str(record.key), self._of(one, collection.name, record.value)) for record in kept.records)
            found[collection.name] = [(key, value) for key, value in public if value is not None]
        return found

    def _of(self, one: Wanted, collection: str, value: Any) -> Any:
        """What is public of a record by the book of then, and by that of today: what was kept back then stays so."""
        value = public_form(one.reading.book.visibility, collection, value)
        return None if value is HIDDEN else self._public(collection, value)


_ROOM = 16 * 1024 * 1024  # bytes of files whose records are kept
