# SPDX-License-Identifier: Apache-2.0
"""The state that is being built: its records, and which of their files are as git has them."""

from __future__ import annotations

import hashlib
import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Mapping
from functools import cached_property

from sourcebook import files
from sourcebook.book import Book
from sourcebook.exact import loads
from sourcebook.git import Blob
from sourcebook.history.states import Found, Reading, Wanted
from sourcebook.records.model import Entries
from sourcebook.sqlite import RECORDS

Keys = Mapping[str, tuple[str, ...]]
NOT_IN_GIT = Blob("100644", "")
_SHA1 = 40  # characters of a name


class Today:
    """A ``connection`` to the database of a ``book``, whose records are ``entries``.

    ``committed`` are the files of the last commit, ``touched`` those that may be otherwise now.
    """

    def __init__(
        self,
        book: Book,
        connection: sqlite3.Connection,
        entries: Mapping[str, Entries],
        committed: Mapping[str, Blob],
        touched: Iterable[str],
    ) -> None:
        self.book = book
        self.reading = Reading(book)
        self._connection = connection
        self._entries = entries
        self._committed = committed
        self._touched = {path for path in touched if path in self.keys and not self._is_as_committed(path)}

    @cached_property
    def keys(self) -> Mapping[str, Keys]:
        """The keys of the records of each file, by collection."""
        found: dict[str, dict[str, list[str]]] = {}
        for name, entries in self._entries.items():
            for key, stand in entries.stands.items():
                found.setdefault(stand[1], {}).setdefault(name, []).append(key)
        return {path: {name: tuple(keys) for name, keys in some.items()} for path, some in found.items()}

    @cached_property
    def files(self) -> Mapping[str, Blob]:
        """The files that hold its records; without a name where git may not have what they hold."""
        known = self._committed
        return {path: NOT_IN_GIT if path in self._touched else known.get(path, NOT_IN_GIT) for path in self.keys}

    def _is_as_committed(self, path: str) -> bool:
        """Whether a file has the very bytes of the last commit: git looks at its time first."""
        blob = self._committed.get(path)
        if blob is None:
            return False
        try:
            data, odd = files.read_bytes(self.book.root, path, self.book.limits.bytes)
        except OSError:
            return False
        kind = "sha1" if len(blob.oid) == _SHA1 else "sha256"  # as git names what it keeps
        name = hashlib.new(kind, b"blob %d\0%b" % (len(data), data), usedforsecurity=False).hexdigest()
        return not odd and name == blob.oid

    def known(self, one: Wanted) -> Keys | None:
        """The keys of a version of a file, where it is that of today, and read as today; else None."""
        if self.files.get(one.path) != one.blob or not one.blob.oid:
            return None
        return self.keys[one.path] if one.reading.way(one.path) == self.reading.way(one.path) else None

    def records(self, path: str) -> dict[str, Found]:
        """The records of a file as the database has them."""
        found: dict[str, Found] = defaultdict(list)
        for name, keys in self.keys.get(path, {}).items():
            for key in keys:
                sql = f"SELECT document FROM {RECORDS} WHERE collection = ? AND key = ?"
                found[name] += ((key, loads(text)) for (text,) in self._connection.execute(sql, (name, key)))
        return dict(found)

    @cached_property
    def there(self) -> frozenset[tuple[str, str]]:
        """Every record, by collection and key."""
        return frozenset((name, key) for name, entries in self._entries.items() for key in entries.stands)
