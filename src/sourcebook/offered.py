# SPDX-License-Identifier: Apache-2.0
"""Names that may be meant in a book: of collections, keys, tables, columns and rules, for who completes what is typed.

In comes a book's folder; out come names at once. Nothing is checked: collections are those of the descriptor, tables
those of the last build, or without one the collections. Keys of few records are read where the last build has not all.
A book that cannot be read raises whatever comes of that: who types is told by the command itself, not while typing.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import Any

from sourcebook import files
from sourcebook.book import DESCRIPTOR, build_folder
from sourcebook.book.model import as_tuple
from sourcebook.errors import UsageError
from sourcebook.parse import Limits, parse
from sourcebook.publish.release import current
from sourcebook.sqlite import quote, reading

MOST = 200  # that anybody looks through
_MOST_FILES, _MOST_BYTES = 300, 1024 * 1024  # that are read for their keys
_PATIENCE = 0.5  # seconds that looking may take
_LAST = chr(0x10FFFF)  # nothing that begins with a text comes behind the text with this


def collections(folder: Path) -> list[str]:
    """The names of the collections of the book in ``folder``."""
    return [str(one["name"]) for one in _resources(folder)]


def rules(folder: Path) -> Iterator[str]:
    """The rules, those of the book's own checks among them."""
    from sourcebook.rules import RULES

    yield from RULES
    yield from sorted(f"checks/{path.stem}" for path in (folder / "scripts" / "checks").rglob("*.sql"))


def kinds() -> Iterable[str]:
    """The classes of mistakes that ``mutate`` makes."""
    from sourcebook.mutate.kinds import KINDS

    return KINDS


def keys(folder: Path, collection: str, typed: str = "") -> list[str]:
    """Keys of a collection's records that begin with what is typed.

    They are those of the last build where no file is newer, else of the records themselves where these are few; else of
    the last build all the same, or where nothing is built the names of files.
    """
    with _release(folder) as connection:
        built = 0.0 if connection is None else current(build_folder(folder)).stat().st_mtime
        if _changed(folder, collection, built):
            return [key for key in _read(folder, collection) if key.startswith(typed)]
        if connection is not None:
            found = connection.execute(_KEYS, (collection, typed, typed + _LAST, MOST))
            return [key for (key,) in found]
    return sorted(_stems(folder, collection))


def _changed(folder: Path, collection: str, built: float) -> bool:
    """Whether files of a collection are newer than the last build, and so few that they are read at once."""
    states = [(folder / path).stat() for path in islice(_paths(folder, collection), _MOST_FILES + 1)]
    few = len(states) <= _MOST_FILES and sum(one.st_size for one in states) <= _MOST_BYTES
    return few and any(one.st_mtime > built for one in states)


def _read(folder: Path, collection: str) -> list[str]:
    """The keys of a collection that is small."""
    from sourcebook.book import load_book  # not where the last build has them
    from sourcebook.records.read import read

    return sorted(str(record.key) for record in read(load_book(folder), {collection}).records)


_KEYS = "SELECT key FROM _records WHERE collection = ? AND key >= ? AND key < ? ORDER BY key LIMIT ?"


def tables(folder: Path) -> list[str]:
    """The published tables and views; the collections where nothing is built."""
    with _release(folder) as connection:
        if connection is None:
            return collections(folder)
        found = [str(name) for (name,) in connection.execute(_TABLES)]
    index = {name for name in found if name.endswith("_fts")}
    others = ("_", "sqlite_", *(f"{name}_" for name in index))
    return [name for name in found if name not in index and not name.startswith(others)]


_TABLES = "SELECT name FROM sqlite_master WHERE type IN ('table', 'view') ORDER BY type, rowid"


def columns(folder: Path, table: str) -> list[str]:
    """The columns of a published table or view; none where nothing is built."""
    with _release(folder) as connection:
        return _shape(connection, table)[0] if connection else []


def rows(folder: Path, table: str, typed: str = "") -> list[str]:
    """Primary keys of a table that begin with what is typed; those of two columns are joined by a slash."""
    with _release(folder) as connection:
        if connection is None:
            return sorted(_stems(folder, table))
        named = [quote(name) for name in _shape(connection, table)[1]]
        if not named:
            return []
        first = typed.partition("/")[0] if len(named) > 1 else typed
        listed, whole = ", ".join(named), " || '/' || ".join(named)
        query = (
            f"SELECT {listed} FROM {quote(table)} WHERE {named[0]} >= ? AND {named[0]} < ?"
            f" AND substr({whole}, 1, ?) = ? ORDER BY {listed} LIMIT ?"
        )
        found = connection.execute(query, (first, first + _LAST, len(typed), typed, MOST))
        return ["/".join(map(str, one)) for one in found]


@contextmanager
def _release(folder: Path) -> Iterator[sqlite3.Connection | None]:
    """The database of the current release; None where nothing is built."""
    try:
        (path,) = current(build_folder(folder)).glob("*.db")
    except UsageError:
        yield None
        return
    until = time.monotonic() + _PATIENCE
    with reading(path) as connection:
        connection.set_progress_handler(lambda: time.monotonic() > until, 10_000)
        yield connection


def _shape(connection: sqlite3.Connection, table: str) -> tuple[list[str], list[str]]:
    """The columns of a table, and those of its primary key in their order."""
    found = connection.execute("SELECT name, pk FROM pragma_table_info(?)", (table,)).fetchall()
    return [name for name, _ in found], [name for name, place in sorted(found, key=lambda one: one[1]) if place]


def _resources(folder: Path) -> list[dict[str, Any]]:
    """What the descriptor says of each collection."""
    data, _ = files.read_bytes(folder, DESCRIPTOR, Limits().bytes)
    descriptor = parse(data, DESCRIPTOR).documents[0].value
    return [one for one in descriptor["resources"] if "sourcebook" in one]


def _block(folder: Path, collection: str) -> dict[str, Any]:
    found: dict[str, Any] = next(one for one in _resources(folder) if one["name"] == collection)["sourcebook"]
    return found


def _stems(folder: Path, collection: str) -> Iterator[str]:
    """The names of a collection's files, where each is one record."""
    if _block(folder, collection).get("layout", "file") in ("file", "front-matter"):
        yield from (Path(path).stem for path in _paths(folder, collection))


def _paths(folder: Path, collection: str) -> Iterator[str]:
    """The files of a collection, as far as they are found soon enough."""
    patterns = as_tuple(_block(folder, collection)["records"])
    matcher = files.matcher(patterns)
    until = time.monotonic() + _PATIENCE
    for base in sorted({files.base(pattern) for pattern in patterns}):
        for path, odd in files.walk(folder, base):
            if time.monotonic() > until:
                return
            if matcher.fullmatch(path) and not odd:
                yield path
