# SPDX-License-Identifier: Apache-2.0
"""The files of a book by their paths: what each is to the book, and the order in which it is read."""

from __future__ import annotations

import os
from bisect import bisect_left, insort
from collections.abc import Iterable, Iterator, Sequence
from typing import Literal

from sourcebook import files
from sourcebook.book import BASELINE, DATA, DESCRIPTOR, OWN_FOLDERS, Book
from sourcebook.book.model import BUILD
from sourcebook.records.model import Source

What = Literal["data", "book", "other", "none"]
"""Records; what records are read by; what may be told of, and nothing is made of; what is nothing of the book's."""
NOTHING = (BUILD, ".git", ".github", ".vscode", "node_modules")


class Files:
    """The data files of a book as they were read last, and what a path that is new would be."""

    def __init__(self, book: Book, sources: Sequence[Source]) -> None:
        self._book = book
        self._matchers = [(one.name, files.matcher(one.records)) for one in book.collections]
        self._ignored = files.matcher(book.ignore)
        self._inner = sorted({files.base(p) for one in book.collections for p in one.records} | {DATA})
        self.sources: dict[str, list[Source]] = {}
        for source in sources:
            self.sources.setdefault(source.path, []).append(source)
        self._order = {one.name: [s.path for s in sources if s.collection.name == one.name] for one in book.collections}
        # Whether the order is one that is known here, so that a new file can be put in its place.
        self.is_ordered = all(paths == sorted(paths, key=self._rank) for paths in self._order.values())
        self._ranks = {name: [self._rank(path) for path in paths] for name, paths in self._order.items()}

    def what(self, path: str) -> What:
        """What a path is to the book."""
        first = path.partition("/")[0]
        if path in self.sources:
            return "data"
        if path in (DESCRIPTOR, BASELINE) or path in self._book.schemas.paths or first == "curation":
            return "book"
        if first in NOTHING:
            return "none"
        if first in OWN_FOLDERS:
            return "book"
        if self._ignored.fullmatch(path) or path.rpartition("/")[2].startswith(files.LOCK):
            return "none"
        return "data" if any(expression.fullmatch(path) for _, expression in self._matchers) else "other"

    def new(self, path: str) -> list[Source] | None:
        """How a new file is read; None where that is not to be said of it alone."""
        owners = [name for name, expression in self._matchers if expression.fullmatch(path)]
        if len(owners) != 1 or not self.is_ordered or "" in self._inner:
            return None
        collection = self._book.by_name[owners[0]]
        return [Source(collection, path, (collection.at,))]

    def below(self, path: str) -> Iterator[str]:
        """The data files in a folder, as they were read."""
        start = f"{path}/"
        return (one for one in self.sources if one.startswith(start))

    def add(self, source: Source) -> None:
        """Take note of a file that is read from now on."""
        name, rank = source.collection.name, self._rank(source.path)
        self.sources.setdefault(source.path, []).append(source)
        at = bisect_left(self._ranks[name], rank)
        insort(self._ranks[name], rank)
        self._order[name].insert(at, source.path)

    def remove(self, source: Source) -> None:
        """Take note that a file is not there any more."""
        name = source.collection.name
        self.sources[source.path] = [one for one in self.sources[source.path] if one.collection.name != name]
        if not self.sources[source.path]:
            del self.sources[source.path]
        at = bisect_left(self._ranks[name], self._rank(source.path))
        del self._ranks[name][at], self._order[name][at]

    def around(self, source: Source) -> tuple[Iterable[str], Iterable[str]]:
        """The files of its collection before a file, from it on, and those after it."""
        name = source.collection.name
        at = bisect_left(self._ranks[name], self._rank(source.path))
        order = self._order[name]
        after = at + 1 if at < len(order) and order[at] == source.path else at
        return reversed(order[:at]), order[after:]

    def _rank(self, path: str) -> tuple[int, list[bytes]]:
        """What files are read in the order of: folders of data one by one, in each what lies there by its names."""
        inside = (at for at, folder in enumerate(self._inner) if folder and path.startswith(f"{folder}/"))
        return next(inside, len(self._inner)), [os.fsencode(part) for part in path.split("/")]
