# SPDX-License-Identifier: Apache-2.0
"""Commit by commit, what became of the records: only files that differ are read, and of those that are new the keys.

What cannot be read of a version is taken to be as it was before; a later version that can be read tells what changed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from sourcebook.book import Book
from sourcebook.book.visibility import Kept
from sourcebook.diff.keyless import keyless
from sourcebook.diff.model import RecordChange, Stand
from sourcebook.diff.moved import moved_of
from sourcebook.diff.other_names import other_names
from sourcebook.diff.records import Held, became
from sourcebook.git import Blob
from sourcebook.history.line import Both, Commit
from sourcebook.history.model import ADDED, Count, Told, Version
from sourcebook.history.objects import Objects
from sourcebook.history.states import Found, Reading, Records, Wanted, book_in, says
from sourcebook.history.telling import Telling
from sourcebook.history.today import NOT_IN_GIT, Keys, Today


class _Place(NamedTuple):
    """A record as one side has it: where it stands, and the version of the file."""

    path: str
    key: str
    number: int
    of: Wanted


class Walk:
    """Goes from a state that is known to those after it. ``listing`` are the files of that state, by path.

    ``stale`` are the versions whose records are known, of files whose own could not be read; ``embargoes`` those that
    commits said.
    """

    def __init__(
        self,
        objects: Objects,
        records: Records,
        telling: Telling,
        today: Today,
        listing: dict[str, Blob],
        stale: dict[str, Blob | None],
    ) -> None:
        self.listing, self.stale = listing, stale
        self.count = Count()
        self._objects, self._records, self._telling, self._today = objects, records, telling, today
        self.embargoes: set[Kept] = set()
        self._reading: Reading | None = None
        if listing:
            book = book_in(objects, listing)
            self._reading = self._by(book) if book and book.collections else None

    def version(self, commit: Commit) -> Version | None:
        """What a commit changed, where it changed anything."""
        self.count = self.count._replace(commits=self.count.commits + 1)
        for path, (_, new) in commit.files.items():
            if new:
                self.listing[path] = new
            else:
                self.listing.pop(path, None)
        before, after = self._reading, self._reading
        tables = False
        if any(says(path, before.book if before else None) for path in commit.files):
            book = book_in(self._objects, self.listing)
            if book is None:
                after = None
            elif book.collections:
                after = self._by(book)
            else:
                self.count = self.count._replace(descriptors=self.count.descriptors + 1)
            tables = _other_tables(before, after)
        self._reading = after
        changes = self._between(before, after, commit.files)
        return Version(commit.name, commit.seconds, changes) if changes or tables else None

    def uncommitted(self) -> Version | None:
        """What the state that is being built has otherwise than the last commit."""
        today, before = self._today, self._reading
        differ = {path for path, blob in self.listing.items() if today.files.get(path) != blob}
        paths = {path for path in differ if path in today.files or (before and before.owners(path))}
        paths |= {path for path, blob in today.files.items() if blob == NOT_IN_GIT}
        files = {path: (self.listing.get(path), today.files.get(path)) for path in sorted(paths)}
        tables = _other_tables(before, today.reading)
        changes = self._between(before, today.reading, files)
        return Version("", 0, changes) if changes or tables else None

    def _by(self, book: Book) -> Reading:
        self.embargoes |= book.visibility.embargoes
        return Reading(book, self._today.reading)

    # --- from one state to the next -----------------------------------------------------------------------------------

    def _between(self, before: Reading | None, after: Reading | None, files: Mapping[str, Both]) -> list[Told]:
        old_side: dict[str, Wanted] = {}
        new_side: dict[str, Wanted] = {}
        for path, (old, new) in self._wanted(before, after, files):
            known = self.stale.get(path, old)
            if before and known and before.owners(path):
                old_side[path] = Wanted(path, known, before)
            if after and new and after.owners(path):
                new_side[path] = Wanted(path, new, after)
            elif after and new and after.is_odd(path):
                self.count = self.count._replace(files=self.count.files + 1)
            self.stale.pop(path, None)
        old_keys, new_keys = self._keys(old_side), self._keys(new_side)
        for path, keys in new_keys.items():
            if keys is None:  # as it was before
                known_blob = old_side[path].blob if path in old_side else None
                self.stale[path] = known_blob
                self.count = self.count._replace(files=self.count.files + 1)
                old_keys.pop(path, None)
        found = []
        books = [reading.book for reading in (after, before) if reading]
        for name in dict.fromkeys(one.name for book in books for one in book.collections):
            if not any(keys and name in keys for keys in old_keys.values()) and not self._says_who(name, after):
                keys_added = [key for keys in new_keys.values() if keys for key in keys.get(name, ())]
                found += [Told(name, key, ADDED) for key in sorted(keys_added)]
                continue
            places = [
                [
                    _Place(path, key, number, side[path])
                    for path, keys in known.items()
                    for key, number in _numbered((keys or {}).get(name, ()))
                ]
                for side, known in ((old_side, old_keys), (new_side, new_keys))
            ]
            if any(places):
                found += self._of_collection(name, places[0], places[1], _books(before, after))
        return found

    def _wanted(
        self, before: Reading | None, after: Reading | None, files: Mapping[str, Both]
    ) -> Iterator[tuple[str, Both]]:
        """The files that differ, and those that are read otherwise than before."""
        yield from files.items()
        if before is after or (before and after and before.reads_as(after)):
            return
        for path, blob in self.listing.items():
            if path in files:
                continue
            one, other = before.way(path) if before else (), after.way(path) if after else ()
            if one != other:
                yield path, (blob, blob)

    def _keys(self, side: Mapping[str, Wanted]) -> dict[str, Keys | None]:
        """The keys of the records of each file of a side, by collection; None of one that cannot be read."""
        found: dict[str, Keys | None] = {}
        asked = []
        for path, one in side.items():
            if one.blob == NOT_IN_GIT:
                found[path] = self._today.keys.get(path, {})
                continue
            found[path] = known = self._today.known(one)
            if known is None:
                asked.append(one)
        for one, records in self._records.of(asked):
            found[one.path] = (
                None if records is None else {name: tuple(key for key, _ in some) for name, some in records.items()}
            )
        return found

    def _of_collection(self, name: str, old: list[_Place], new: list[_Place], books: _Books) -> list[Told]:
        """What became of the records of a collection."""
        before, after = books
        pairs, rest_old, rest_new = _paired(old, new)
        told: list[Told] = []
        for start in range(0, len(pairs), _AT_ONCE):
            some = pairs[start : start + _AT_ONCE]
            values = self._values(name, [place for both in some for place in both])
            for one, other in some:
                change = became(name, [_held(one, values)], [_held(other, values)])
                told += self._telling.told(change, after or before)
        if rest_old and rest_new:
            values = self._values(name, [*rest_old, *rest_new])
            held = [_held(one, values) for one in rest_old], [_held(one, values) for one in rest_new]
            without = (keyless(before, name), keyless(after, name))
            named = other_names(after, name)
            found = became(name, *held, moved=moved_of((before, after)), keyless=without, named=named)
        else:
            values = self._values(name, rest_new) if self._telling.says_who(name, after) else {}
            found = [_added(name, one, values.get(_at(one))) for one in rest_new]
            found += [_removed(name, one) for one in rest_old]
        told += self._telling.told(found, after or before)
        return sorted(told, key=lambda one: one.key)

    def _says_who(self, name: str, after: Reading | None) -> bool:
        return self._telling.says_who(name, after.book if after else None)

    def _values(self, name: str, places: Iterable[_Place]) -> dict[tuple[Wanted, str, int], Any]:
        """What records hold."""
        found = {}
        files = dict.fromkeys(place.of for place in places)
        ours = [one for one in files if one.blob == NOT_IN_GIT]
        read: Iterable[tuple[Wanted, dict[str, Found] | None]] = [(one, self._today.records(one.path)) for one in ours]
        for some in (read, self._records.of(one for one in files if one.blob != NOT_IN_GIT)):
            for one, records in some:
                numbers: dict[str, int] = {}
                for key, value in (records or {}).get(name, ()):
                    number = numbers[key] = numbers.get(key, -1) + 1
                    found[one, key, number] = value
        return found


_Books = tuple[Book | None, Book | None]


def _books(before: Reading | None, after: Reading | None) -> _Books:
    return before.book if before else None, after.book if after else None


def _paired(old: list[_Place], new: list[_Place]) -> tuple[list[tuple[_Place, _Place]], list[_Place], list[_Place]]:
    """The records that both sides have, by file and key, then by key, but for those that are surely the same; the
    others of either side.
    """
    left_old = {(one.path, one.key, one.number): one for one in old}
    left_new = {(one.path, one.key, one.number): one for one in new}
    pairs = [(left_old.pop(at), left_new.pop(at)) for at in [*left_old] if at in left_new]
    by_key: dict[str, list[_Place]] = {}
    for one in left_old.values():
        by_key.setdefault(one.key, []).append(one)
    for at, other in [*left_new.items()]:
        if by_key.get(other.key):
            one = by_key[other.key].pop(0)
            del left_old[one.path, one.key, one.number], left_new[at]
            pairs.append((one, other))
    return [both for both in pairs if not _same(*both)], [*left_old.values()], [*left_new.values()]


_AT_ONCE = 200  # pairs of records whose values are in memory


def _at(one: _Place) -> tuple[Wanted, str, int]:
    return one.of, one.key, one.number


def _held(one: _Place, values: Mapping[Any, Any]) -> Held:
    return Held(one.key, Stand(one.path, 0), values.get(_at(one)))


def _added(name: str, one: _Place, value: Any) -> RecordChange:
    return RecordChange("added", name, one.key, one.key, None, Stand(one.path, 0), None, value)


def _removed(name: str, one: _Place) -> RecordChange:
    return RecordChange("removed", name, one.key, one.key, Stand(one.path, 0), None)


def _numbered(keys: Iterable[str]) -> Iterator[tuple[str, int]]:
    numbers: dict[str, int] = {}
    for key in keys:
        number = numbers[key] = numbers.get(key, -1) + 1
        yield key, number


def _same(one: _Place, other: _Place) -> bool:
    """Whether two records are surely the same: the same file, under whatever name, and read alike."""
    old, new = one.of, other.of
    return old.blob == new.blob != NOT_IN_GIT and old.reading.way(old.path) == new.reading.way(new.path)


def _other_tables(before: Reading | None, after: Reading | None) -> bool:
    """Whether the tables of two states differ, as far as they can be told."""
    one, other = ((reading.tables if reading else {}) for reading in (before, after))
    return one is not None and other is not None and one != other
