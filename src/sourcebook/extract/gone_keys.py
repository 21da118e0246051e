# SPDX-License-Identifier: Apache-2.0
"""The keys that were published once and are no more, in ``site.sqlite``: no address that was published is just lost.

They are those that ``keys.csv`` of the release lists as gone. Where one leads, and why it is gone, is said by the
book's list of moved keys and its list of what was withdrawn; where neither says anything, nothing is.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from pathlib import Path

from sourcebook.book import Book
from sourcebook.sqlite import reading, writing

KEYS = "keys.csv"
"""Name of the file in a release: every key that was ever published."""
GONE = "gone_keys"
"""Name of the table."""
_SQL = (
    f"CREATE TABLE {GONE} (collection TEXT NOT NULL, key TEXT NOT NULL, day TEXT NOT NULL, how TEXT NOT NULL, "
    'reason TEXT NOT NULL, "to" TEXT NOT NULL, PRIMARY KEY (collection, key)) STRICT, WITHOUT ROWID'
)
Gone = tuple[str, str, str, str, str, str]


def add_gone_keys(index: Path, rows: list[Gone]) -> None:
    """Add the table to the file ``index``, which nothing else has yet. Raises OSError where the disk fails."""
    with writing(index) as connection:
        connection.execute("BEGIN")
        connection.execute(_SQL)
        connection.executemany(f"INSERT INTO {GONE} VALUES (?, ?, ?, ?, ?, ?)", rows)
        connection.execute("COMMIT")


def has_gone_keys(index: Path, rows: list[Gone]) -> bool:
    """Whether the file ``index`` has the table with these ``rows``."""
    with reading(index) as connection:
        there = connection.execute("SELECT 1 FROM sqlite_master WHERE name = ?", (GONE,)).fetchone()
        return bool(there) and connection.execute(f"SELECT * FROM {GONE} ORDER BY 1, 2").fetchall() == rows


def gone_keys(book: Book, database: Path, keys: Path) -> list[Gone]:
    """The rows of the table, sorted by collection and key; none where there is no file ``keys``.

    What the ``database`` tells of renamings is where keys lead that the book's own list says nothing of. Raises OSError
    where the disk fails.
    """
    return sorted(_rows(book, database, keys)) if keys.is_file() else []


def _rows(book: Book, database: Path, keys: Path) -> Iterator[Gone]:
    moved, renamed = _moved(book), _renamed(database)
    withdrawn = {(one.collection, one.key): one for one in book.withdrawn if not one.property}
    with keys.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            if not row["how"]:
                continue
            name = row["collection"], row["key"]
            day, how = row["until"], row["how"]
            to, reason = moved.get(name, ("", ""))
            if name in withdrawn:
                one = withdrawn[name]
                day, how, reason, to = one.on, one.how, one.reason, ""
            elif not to and not reason and how == "renamed":
                to = renamed.get(name, "")
            yield (*name, day, how, reason, to)


def _renamed(database: Path) -> Mapping[tuple[str, str], str]:
    """By collection and key, the key that a record has now which was renamed, as the history tells."""
    with reading(database) as connection:
        if not connection.execute("SELECT 1 FROM sqlite_master WHERE name = '_changes'").fetchone():
            return {}
        sql = "SELECT collection, old_key, record FROM _changes WHERE kind = 'renamed' AND record NOT NULL"
        return {(str(collection), str(old)): str(now) for collection, old, now in connection.execute(sql)}


def _moved(book: Book) -> Mapping[tuple[str, str], tuple[str, str]]:
    """By collection and key, the key that stands for it now, or why it is gone."""
    if not book.moved:
        return {}
    from sourcebook.book.moved import followed  # which most books do not need

    return {name: (end.to, end.gone) for name, end in followed(book.moved).items()}
