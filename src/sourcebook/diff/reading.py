# SPDX-License-Identifier: Apache-2.0
"""The files of a side to records by collection, and what of them cannot be read."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal

from sourcebook.book import HIDDEN, Book, Collection
from sourcebook.diff.claimed import Claims, oddity
from sourcebook.diff.model import Stand, Unreadable
from sourcebook.diff.records import Held
from sourcebook.diff.sides import Files
from sourcebook.finding import Finding
from sourcebook.git import MODULE, Blob
from sourcebook.records.in_file import held
from sourcebook.records.model import Source

Which = Literal["old", "new"]


@dataclass
class Read:
    """What was read of a side: its records by collection, and why others are ``unreadable``.

    ``partly`` are the files that could not be read whole, ``modules`` those that are submodules; ``data`` are the bytes
    of the others, by which one tells that nothing differs where git cannot.
    """

    which: Which
    records: dict[str, list[Held]] = field(default_factory=lambda: defaultdict(list))
    unreadable: list[Unreadable] = field(default_factory=list)
    partly: set[str] = field(default_factory=set)
    data: dict[str, bytes] = field(default_factory=dict)
    modules: set[str] = field(default_factory=set)

    def lacks(self, path: str | None) -> bool:
        """Whether records of a file may be there that could not be read."""
        return path is not None and (
            path in self.partly or any(path.startswith(f"{one}/") for one in self.partly if one in self.modules)
        )

    def module(self, path: str) -> None:
        """Note a submodule, whose files are in another repository."""
        self.modules.add(path)
        self.partly.add(path)

    def fails(self, finding: Finding, path: str) -> None:
        """Note that something of a file could not be read."""
        self.unreadable.append(Unreadable(self.which, finding))
        self.partly.add(path)


def read(which: Which, side: Files, wanted: Mapping[str, Blob], names: Mapping[str, Container[str]]) -> Read:
    """Read ``wanted`` files of a side; of each the records of those collections that ``names`` has for it."""
    found = Read(which)
    book = side.book
    if book is None:
        return found
    claims = Claims(book)
    good: dict[str, Blob] = {}
    owners: dict[str, list[Collection]] = {}
    for path, blob in wanted.items():
        all_owners = claims.of(path)
        if blob.mode == MODULE:
            found.module(path)
        odd = oddity(path, all_owners) if all_owners else None
        if odd:
            found.fails(odd, path)
        elif all_owners:
            owners[path] = [one for one in all_owners if one.name in names.get(path, ())]
            good[path] = blob
    for path, (data, finding) in side.read(good):
        if finding:
            found.fails(finding, path)
            continue
        found.data[path] = data
        for collection in owners[path]:
            _add(found, side, book, collection, path, data)
    return found


def _add(found: Read, side: Files, book: Book, collection: Collection, path: str, data: bytes) -> None:
    kept = held(Source(collection, path, ()), data, book.limits)
    name = collection.name
    values = ((one, side.shown(name, one.value)) for one in kept.records)
    found.records[name] += (Held(str(o.key), Stand(path, o.line), value) for o, value in values if value is not HIDDEN)
    for finding in kept.findings:
        if finding.level == "error":
            found.fails(finding, path)


def all_of(
    side: Files, names: Iterable[str], but: Container[str] = (), holding: Iterable[bytes] = ()
) -> Iterator[tuple[str, Held]]:
    """The records of some collections of a side, each with its collection; what cannot be read is passed over.

    Files ``but`` some; where words are given that they are ``holding``, only files in which one of these may stand.
    """
    book = side.book
    if book is None:
        return
    claims, wanted_names = Claims(book), set(names)
    owners = {
        path: some
        for path in side.listing
        if path not in but and (some := [one for one in claims.of(path) if one.name in wanted_names])
    }
    words = list(holding)
    good = {path: side.listing[path] for path, some in owners.items() if not oddity(path, claims.of(path))}
    for path, (data, finding) in side.read(good):
        if finding or (words and b"\\" not in data and not any(word in data for word in words)):
            continue  # a text may be written by escapes, and then is in no file as it is
        for collection in owners[path]:
            for one in held(Source(collection, path, ()), data, book.limits).records:
                value = side.shown(collection.name, one.value)
                if value is not HIDDEN:
                    yield collection.name, Held(str(one.key), Stand(path, one.line), value)
