# SPDX-License-Identifier: Apache-2.0
"""The keys that were published once and are no more, in ``site.sqlite``: no address that was published is just lost.

They are those that ``keys.csv`` of the release lists as gone. Where one leads, and why it is gone, is said by the
book's list of moved keys and its list of what was withdrawn; where neither says anything, nothing is.
"""

from __future__ import annotations

import csv
import sqlite3
from collections.abc import Iterator, Mapping
from pathlib import Path

from sourcebook.book import Book
from sourcebook.sqlite import writing

KEYS = "keys.csv"
"""Name of the file in a release: every key that was ever published."""
GONE = "gone_keys"
"""Name of the table."""
_SQL = (
    f"CREATE TABLE {GONE} (collection TEXT NOT NULL, key TEXT NOT NULL, day TEXT NOT NULL, how TEXT NOT NULL, "
    'reason TEXT NOT NULL, "to" TEXT NOT NULL, PRIMARY KEY (collection, key)) STRICT, WITHOUT ROWID'
)
Gone = tuple[str, str, str, str, str, str]


def add_gone_keys(book: Book, keys: Path, index: Path) -> None:
    """Add the table to the new file ``index``, of what ``keys`` lists; an empty one where there is no such file.

    Raises OSError where the disk fails, ValueError where ``keys`` is none.
    """
    with writing(index) as connection:
        connection.execute("BEGIN")
        connection.execute(_SQL)
        connection.executemany(f"INSERT INTO {GONE} VALUES (?, ?, ?, ?, ?, ?)", gone_keys(book, keys))
        connection.execute("COMMIT")


def has_gone_keys(book: Book, keys: Path, index: Path) -> bool:
    """Whether the file ``index`` has the table as it would be added to it."""
    from sourcebook.sqlite import reading

    with reading(index) as connection:
        try:
            found = connection.execute(f"SELECT * FROM {GONE}").fetchall()
        except sqlite3.OperationalError:  # an older version of Sourcebook wrote it
            return False
    return found == gone_keys(book, keys)


def gone_keys(book: Book, keys: Path) -> list[Gone]:
    """The rows of the table, in its order: sorted by collection and key."""
    return sorted(_rows(book, keys)) if keys.is_file() else []


def _rows(book: Book, keys: Path) -> Iterator[Gone]:
    moved = _moved(book)
    withdrawn = _withdrawn(book)
    with keys.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            if not row["how"]:
                continue
            name = row["collection"], row["key"]
            to, gone = moved.get(name, ("", ""))
            day, how, reason = withdrawn.get(name, (row["until"], row["how"], gone))
            yield (*name, day or row["until"], how, reason, to)


def _moved(book: Book) -> Mapping[tuple[str, str], tuple[str, str]]:
    """By collection and key, the key that stands for it now, or why it is gone."""
    if not book.moved:
        return {}
    from sourcebook.book.moved import followed  # which most books do not need

    return {name: (end.to, end.gone) for name, end in followed(book.moved).items()}


def _withdrawn(book: Book) -> Mapping[tuple[str, str], tuple[str, str, str]]:
    """By collection and key, on which day it was withdrawn, how, and why."""
    found = getattr(book, "withdrawn", ())
    return {(one.collection, one.key): (one.on, one.how, one.reason) for one in found}
