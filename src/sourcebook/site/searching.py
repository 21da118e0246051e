# SPDX-License-Identifier: Apache-2.0
"""Searching all records of a release at once, by the index that it was built with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sourcebook.export.site import Collection
from sourcebook.site.hits import Hits, hits
from sourcebook.site.labels import labels_of
from sourcebook.site.marking import sought
from sourcebook.site.opened import INDEX, Opened
from sourcebook.sqlite import RECORDS
from sourcebook.tables.search import fold, is_blank

_LOOKED_AT = 100  # hits among which the one is sought that is called as was typed


@dataclass(frozen=True, slots=True)
class Group:
    """What was found in a collection: how many records, or ``more`` than so many; the keys of the first, best first."""

    collection: Collection
    count: int
    keys: Sequence[str]
    more: bool = False


def search(opened: Opened, typed: str, most: int) -> list[Group]:
    """What is found by what a reader ``typed``: ``most`` keys of each collection, best first.

    The last word may be begun only. Whatever is typed is safe. A record whose key or label it is comes before others,
    and a collection in which it is more of a label before one in which it is less.
    """
    of, meant = _hits(opened, typed, _LOOKED_AT), sought(typed)
    found = []
    for collection in opened.site.collections:
        exact = _with_key(opened, collection, typed)
        there = of.get(collection.number, Hits(collection.number, 0, False, ()))
        if not there.count and not exact:
            continue
        keys = _keys(opened, there.records)
        called = dict(labels_of(opened, collection, keys))
        exact += [key for key in keys if _same(called.get(key, ""), typed)]
        keys = list(dict.fromkeys([*exact, *keys]))[:most]
        share = max((meant.share(called.get(key, key)) for key in keys), default=0.0)
        group = Group(collection, max(there.count, len(exact)), keys, there.more)
        found.append((not exact, -share, collection.number, group))
    return [group for *_, group in sorted(found, key=lambda one: one[:3])]


def _same(one: str, other: str) -> bool:
    return fold(one).casefold().split() == fold(other).casefold().split()


def count(opened: Opened, typed: str) -> tuple[int, bool]:
    """How many records are found, and whether there are more."""
    found = _hits(opened, typed, 0).values()
    return sum(one.count for one in found), any(one.more for one in found)


def _hits(opened: Opened, typed: str, most: int) -> dict[int, Hits]:
    if is_blank(typed) or not (opened.folder / INDEX).is_file():
        return {}
    return {one.collection: one for one in hits(opened.connection, typed, most)}


def _with_key(opened: Opened, collection: Collection, typed: str) -> list[str]:
    sql = f"SELECT key FROM {RECORDS} WHERE collection = ? AND key = ?"
    return [str(key) for (key,) in opened.connection.execute(sql, (collection.name, typed))]


def _keys(opened: Opened, records: Sequence[int]) -> list[str]:
    key = f"SELECT key FROM {RECORDS} WHERE rowid = ?"
    return [str(opened.connection.execute(key, (record,)).fetchone()[0]) for record in records]
