# SPDX-License-Identifier: Apache-2.0
"""The state that is being built: the records of the database, and which of their files are as git has them."""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from sourcebook.book import Book
from sourcebook.exact import loads
from sourcebook.git import Blob
from sourcebook.history.states import Found, Reading, Wanted
from sourcebook.sqlite import RECORDS

Keys = Mapping[str, tuple[str, ...]]
NOT_IN_GIT = Blob("100644", "")


@dataclass
class Today:
    """A ``connection`` to the database of a ``book``; ``indexed`` are the files as git has them, by path.

    Those that may be otherwise have no name there.
    """

    book: Book
    connection: sqlite3.Connection
    indexed: Mapping[str, Blob]

    @cached_property
    def reading(self) -> Reading:
        """How it reads files."""
        return Reading(self.book)

    @cached_property
    def keys(self) -> Mapping[str, Keys]:
        """The keys of the records of each file, by collection."""
        found: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
        for collection, key, path in self.connection.execute(
            f"SELECT collection, key, path FROM {RECORDS} ORDER BY rowid"
        ):
            found[path][collection].append(key)
        return {path: {name: tuple(keys) for name, keys in some.items()} for path, some in found.items()}

    @cached_property
    def files(self) -> Mapping[str, Blob]:
        """The files that hold its records; without a name where git may not have what they hold."""
        found = {path: self.indexed.get(path, NOT_IN_GIT) for path in self.keys}
        return {path: blob if blob.oid else NOT_IN_GIT for path, blob in found.items()}

    def known(self, one: Wanted) -> Keys | None:
        """The keys of a version of a file, where it is that of today, and read as today; else None."""
        if self.files.get(one.path) != one.blob or not one.blob.oid:
            return None
        same = one.reading is self.reading or one.reading.way(one.path) == self.reading.way(one.path)
        return self.keys[one.path] if same else None

    @cached_property
    def _at(self) -> Mapping[str, list[int]]:
        rows: dict[str, list[int]] = defaultdict(list)
        for number, path in self.connection.execute(f"SELECT rowid, path FROM {RECORDS} ORDER BY rowid"):
            rows[path].append(number)
        return rows

    def records(self, path: str) -> dict[str, Found]:
        """The records of a file as the database has them."""
        found: dict[str, Found] = defaultdict(list)
        for number in self._at.get(path, ()):
            sql = f"SELECT collection, key, document FROM {RECORDS} WHERE rowid = ?"
            for collection, key, document in self.connection.execute(sql, (number,)):
                found[collection].append((key, loads(document)))
        return dict(found)

    def there(self) -> set[tuple[str, str]]:
        """Every record, by collection and key."""
        return set(self.connection.execute(f"SELECT collection, key FROM {RECORDS}"))
