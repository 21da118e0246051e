# SPDX-License-Identifier: Apache-2.0
"""What a record held at any time: by all of git's history, whatever branch it is on, and by what was built and kept.

It is asked for what was once published, to know its words again. The whole history of the collection's files is read.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Collection as Several
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

from sourcebook import files
from sourcebook.book import Book, Collection, Withdrawn
from sourcebook.edit.selecting import ABSENT, places, steps_of
from sourcebook.errors import UsageError
from sourcebook.exact import dumps, loads
from sourcebook.git import Repository
from sourcebook.publish.ground import RELEASES, VERSIONS
from sourcebook.records.in_file import held
from sourcebook.records.model import Source
from sourcebook.sqlite import RECORDS, reading


def names_of(book: Book, collection: str, key: str) -> frozenset[str]:
    """All keys that the record which has ``key``, or had it, ever had."""
    names = {key}
    for _ in book.moved:
        more = {
            name
            for one in book.moved
            if one.collection == collection and one.to and names & {one.key, one.to}
            for name in (one.key, one.to)
        }
        if more <= names:
            break
        names |= more
    return frozenset(names)


@dataclass(frozen=True)
class Former:
    """What stood at a place of a record before it was taken down: at ``steps``, by any of ``keys``.

    ``values`` are what stood there, as JSON; what stands there now is none of them.
    """

    collection: str
    keys: frozenset[str]
    steps: tuple[str | int, ...]
    values: frozenset[str]

    def places(self, value: Any) -> Iterator[tuple[str | int, ...]]:
        """Where in the record such a value stands."""
        for path, found in places(value, self.steps):
            if found is not ABSENT and dumps(found) in self.values:
                yield path


def former(book: Book, entry: Withdrawn, states: Iterable[Any], now: Any) -> Former:
    """What stood, in some ``states`` of a record, at the place of an entry of which ``now`` is the state of today."""
    steps = tuple("[]" if isinstance(step, int) else step for step in steps_of(entry.property))
    values = {dumps(found) for state in states for _, found in places(state, steps) if found is not ABSENT}
    kept = {dumps(found) for _, found in places(now, steps) if found is not ABSENT}
    keys = names_of(book, entry.collection, entry.key)
    return Former(entry.collection, keys, steps, frozenset(values - kept - {"null", "[]", "{}", '""'}))


def repository_of(root: Path) -> Repository | None:
    """The repository that a book lies in; None where it lies in none. Raises EnvironmentFailure without git."""
    try:
        return Repository(root)
    except UsageError:
        return None


def values_in_git(book: Book, collection: Collection, keys: Several[str]) -> Iterator[tuple[str, Any]]:
    """What the records of some ``keys`` held in any commit of any branch, each with the key that it had."""
    repository = repository_of(book.root)
    if repository is None:
        return
    paths: dict[str, set[str]] = {}
    matcher = files.matcher(collection.records)
    for path, oid in blobs(repository, [files.base(pattern) or "." for pattern in collection.records]):
        if matcher.fullmatch(path):
            paths.setdefault(oid, set()).add(path)
    written = [key.encode("utf-8", "surrogatepass") for key in keys]
    for oid, data in repository.contents(paths, book.limits.bytes):
        for path in sorted(paths[oid]):
            if data and (any(key in data for key in written) or any(key in path for key in keys)):
                records = held(Source(collection, path, ()), data, book.limits).records
                yield from ((str(one.key), one.value) for one in records if str(one.key) in keys)


def blobs(repository: Repository, places: list[str]) -> Iterator[tuple[str, str]]:
    """Every state of the files at some places, on any branch: their paths below the folder, and the names of them."""
    arguments = ("--all", "--format=", "--raw", "-z", "-m", "--no-renames", "--no-abbrev", "--relative")
    said = repository.said("log", *arguments, "--", *dict.fromkeys(places)).split(b"\0")
    for about, path in pairwise(said):
        parts = about.strip().split(b" ")
        if about.strip().startswith(b":") and len(parts) == _PARTS:
            for oid in {parts[2], parts[3]}:
                if oid.strip(b"0"):
                    yield path.decode("utf-8", "surrogateescape"), oid.decode()


_PARTS = 5  # of what git says of a change: two modes, two names, what was done


def values_in_builds(book: Book, collection: str, keys: Several[str]) -> Iterator[tuple[str, Any]]:
    """What the records of some ``keys`` hold in the releases that lie in ``build/``, those kept for good too."""
    for database in databases(book.build):
        try:
            with reading(database) as connection:
                for key in keys:
                    query = f"SELECT document FROM {RECORDS} WHERE collection = ? AND key = ?"
                    yield from ((key, loads(text)) for (text,) in connection.execute(query, (collection, key)))
        except sqlite3.Error:
            continue  # damaged, or of another making


def databases(build: Path) -> Iterator[Path]:
    """The databases of all releases in a ``build`` folder, those of builds and those kept."""
    for place in (RELEASES, VERSIONS):
        if files.kind(build / place) != "folder":
            continue
        for folder in sorted((build / place).iterdir()):
            if files.kind(folder) == "folder":
                yield from (path for path in sorted(folder.glob("*.db")) if files.kind(path) == "file")


__all__ = ["Former", "blobs", "databases", "former", "names_of", "repository_of", "values_in_builds", "values_in_git"]
