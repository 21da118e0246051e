# SPDX-License-Identifier: Apache-2.0
"""What a release's own history says of its records: its versions, and what each changed.

The tables `_versions` and `_changes` are made at build time of what git knows, and hold nothing that is not published
today. A book without git has none of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from sourcebook.content.opened import Opened
from sourcebook.exact import loads

VERSIONS, CHANGES = "_versions", "_changes"
ON_A_PAGE = 100
"""Rows of changes that are told at once."""
VALUES = ("property", "old", "new")
"""Columns of a change in which a book's own words are: what was said, and which item of a list it was said of."""
ATTRIBUTION = ("said_by", "published_in", "answers")
"""Columns of a change that say who says that, where it was published and what answers it."""
Row = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Version:
    """A state of the book: its number, when it was made, and the first ``release`` that has it, if one does.

    ``commit`` is empty of what is not committed yet; ``changes`` counts what it changed.
    """

    number: int
    commit: str
    at: str
    day: str
    release: str
    changes: int


@dataclass(frozen=True, slots=True)
class ValueChange:
    """A property with what it was and is: None where there was or is nothing, or it is not told, else a value of JSON.

    ``kind`` says what became of it: it was added, changed, removed, or moved in its list.
    """

    property: str
    kind: str
    old: tuple[Any] | None
    new: tuple[Any] | None


@dataclass(frozen=True, slots=True)
class RecordChange:
    """What a version changed in a record: ``kinds`` of added, changed, removed, renamed.

    ``record`` is the key that it has now, empty where it is gone; ``key`` the one that it had then. ``place`` is where
    the first of its rows stands, and ``last`` where the last does.
    """

    version: Version
    collection: str
    key: str
    record: str
    kinds: tuple[str, ...]
    old_key: str
    by: str
    place: int
    last: int
    values: tuple[ValueChange, ...]


@dataclass(frozen=True, slots=True)
class Place:
    """A place in the order in which changes are told: the newest version first, and in each as they stand there."""

    version: int
    change: int

    def __str__(self) -> str:
        return f"{self.version}.{self.change}"

    @staticmethod
    def of(text: str) -> Place | None:
        """The place that a text says; None where it says none."""
        version, dot, change = text.partition(".")
        plain = all(one.isascii() and one.isdigit() and len(one) < 16 for one in (version, change))
        return Place(int(version), int(change)) if dot and plain else None


def is_kept(opened: Opened) -> bool:
    """Whether a release has a history."""
    name = ("history",)
    if name not in opened.kept:
        sql = "SELECT count(*) FROM main.sqlite_master WHERE type = 'table' AND name IN (?, ?)"
        (count,) = opened.connection.execute(sql, (VERSIONS, CHANGES)).fetchone()
        opened.kept[name] = count == 2
    return bool(opened.kept[name])


def collections(opened: Opened) -> tuple[str, ...]:
    """The collections that changes are told of: those of today."""
    name = ("changed collections",)
    if name not in opened.kept:
        sql = f"SELECT EXISTS (SELECT 1 FROM {CHANGES} WHERE collection = ?)"
        names = [one.name for one in opened.site.collections]
        opened.kept[name] = tuple(one for one in names if opened.connection.execute(sql, (one,)).fetchone()[0])
    found: tuple[str, ...] = opened.kept[name]
    return found


def page(
    opened: Opened, collection: str = "", before: Place | None = None, most: int = ON_A_PAGE, *, apart: bool = False
) -> tuple[list[RecordChange], Place | None]:
    """The changes after a place in the order of the newest first, about ``most`` rows of them; where the next begin.

    Of a ``collection`` alone, if one is given. What a version changed in one record stays together, unless that is more
    than a page has. With ``apart`` a version that is more than a page begins one: newer ones do not move its pages.
    """
    rows: list[Row] = []
    where, values = (" AND collection = ?", (collection,)) if collection else ("", ())
    run = opened.connection.execute
    number = before.version if before else None
    if before:
        sql = f"{_SELECT} WHERE version = ? AND _change > ?{where} ORDER BY _change LIMIT ?"
        rows += run(sql, (before.version, before.change, *values, most + 1)).fetchall()
    while len(rows) <= most:
        below = "version < ?" if number is not None else "? IS NULL"
        (number,) = run(f"SELECT max(version) FROM {CHANGES} WHERE {below}{where}", (number, *values)).fetchone()
        if number is None:
            break
        sql = f"{_SELECT} WHERE version = ?{where} ORDER BY _change LIMIT ?"
        of_version = run(sql, (number, *values, most + 1)).fetchall()
        if apart and rows and len(of_version) > most:
            return list(_grouped(opened, rows)), Place(rows[-1][1], rows[-1][0])
        rows += of_version[: most + 1 - len(rows)]
    if len(rows) <= most:
        return list(_grouped(opened, rows)), None
    kept = rows[:most]
    while len(kept) > 1 and _of(kept[-1]) == _of(rows[most]):
        kept.pop()
    kept = kept if _of(kept[-1]) != _of(rows[most]) else rows[:most]
    return list(_grouped(opened, kept)), Place(kept[-1][1], kept[-1][0])


def of_record(
    opened: Opened, collection: str, key: str, before: Place | None = None, most: int = 500
) -> tuple[list[RecordChange], Place | None]:
    """What was changed in the record that has a ``key`` today, the newest first; where the next begin."""
    after = " AND (version < ? OR (version = ? AND _change > ?))" if before else ""
    values = (before.version, before.version, before.change) if before else ()
    sql = f"{_SELECT} WHERE collection = ? AND record = ?{after} ORDER BY version DESC, _change LIMIT ?"
    rows = opened.connection.execute(sql, (collection, key, *values, most + 1)).fetchall()
    last = Place(rows[most - 1][1], rows[most - 1][0]) if len(rows) > most else None
    return list(_grouped(opened, rows[:most])), last


def former(changes: Iterable[RecordChange]) -> tuple[str, ...]:
    """The keys that a record had before, the last one first, as its changes tell."""
    return tuple(dict.fromkeys(one.old_key for one in changes if one.old_key))


_SELECT = (
    f"SELECT _change, version, collection, key, record, kind, old_key, property, old, new, by, change FROM {CHANGES}"
)


def _of(row: Row) -> Row:
    return row[1:4]


def _grouped(opened: Opened, rows: Iterable[Row]) -> Iterator[RecordChange]:
    """Rows that are of the same record and version as one."""
    several: list[list[Row]] = []
    for row in rows:
        if several and _of(several[-1][0]) == _of(row):
            several[-1].append(row)
        else:
            several.append([row])
    known = _versions(opened, {some[0][1] for some in several})
    for some in several:
        first = some[0]
        yield RecordChange(
            version=known[first[1]],
            collection=first[2],
            key=str(first[3]),
            record="" if first[4] is None else str(first[4]),
            kinds=tuple(dict.fromkeys(row[5] for row in some)),
            old_key=next((str(row[6]) for row in some if row[6] is not None), ""),
            by=next((row[10] for row in some if row[10]), ""),
            place=first[0],
            last=some[-1][0],
            values=tuple(
                ValueChange(row[7], row[11] or "changed", _value(row[8]), _value(row[9]))
                for row in some
                if row[7] is not None
            ),
        )


def _value(text: str | None) -> tuple[Any] | None:
    return None if text is None else (loads(text),)


def _versions(opened: Opened, numbers: set[int]) -> dict[int, Version]:
    run = opened.connection.execute
    sql = f'SELECT _version, "commit", at, day, release, changes FROM {VERSIONS} WHERE _version = ?'
    found = (run(sql, (number,)).fetchone() for number in numbers)
    return {one[0]: _version(one) for one in found if one}


def _version(row: Row) -> Version:
    number, commit, at, day, release, changes = row
    return Version(number, commit or "", at or "", day or "", release or "", changes or 0)
