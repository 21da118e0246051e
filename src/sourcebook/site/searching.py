# SPDX-License-Identifier: Apache-2.0
"""Searching all records of a release at once: the hits of its index, put in the order in which readers want them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sourcebook.content.labels import chunks, labels_of
from sourcebook.extract import SITE_INDEX
from sourcebook.extract.site import Collection
from sourcebook.site.hits import hits
from sourcebook.site.marking import Sought, sought
from sourcebook.site.published import Published
from sourcebook.sqlite import RECORDS
from sourcebook.tables.search import fold, is_blank

_LOOKED_AT = 60  # hits among which the one is sought that is called as was typed
_LONGEST = 400  # characters of a label that may be what was typed
_NAME = 100  # characters of one that may be all of it begun


@dataclass(frozen=True, slots=True)
class Group:
    """What was found in a collection: how many records, or ``more`` than that, and the first of their keys."""

    collection: Collection
    count: int
    more: bool
    keys: Sequence[str]


def search(opened: Published, typed: str, most: int) -> list[Group]:
    """What is found by what a reader ``typed``: ``most`` keys of each collection, best first.

    The last word may be begun only. Whatever is typed is safe. A record whose key or label it is comes before others,
    then one of whose label all words were typed, if only begun; and a collection in which it is more of a label before
    one in which it is less.
    """
    if is_blank(typed) or not (opened.folder / SITE_INDEX).is_file():  # a release of an older version has no index
        return []
    meant, whole, found = sought(typed), _plain(typed), []
    by_number = {one.collection: one for one in hits(opened.connection, typed, _LOOKED_AT)}
    for collection in opened.site.collections:
        exact = _with_key(opened, collection, typed)
        hit = by_number.get(collection.number)
        if not hit and not exact:
            continue
        keys = _keys(opened, hit.records) if hit else []
        called = dict(labels_of(opened, collection, keys))
        exact += [key for key in keys if key in called and _plain(called[key]) == whole]
        whole_names = [key for key in keys if _is_all(called.get(key, ""), meant)]
        keys = list(dict.fromkeys([*exact, *whole_names, *keys]))[:most]
        share = max((meant.share(called.get(key, key)) for key in keys), default=0.0)
        group = Group(collection, max(hit.count if hit else 0, len(exact)), bool(hit and hit.more), keys)
        found.append((not exact, -share, collection.number, group))
    return [group for *_, group in sorted(found, key=lambda one: one[:3])]


def count(opened: Published, typed: str) -> int:
    """How many records are found, or that there are so many at least."""
    if not (opened.folder / SITE_INDEX).is_file():
        return 0
    return sum(one.count for one in hits(opened.connection, typed, 0))


def _is_all(label: str, meant: Sought) -> bool:
    """Whether all words of a label were sought."""
    return len(label) <= _NAME and meant.share(label) == 1


def _plain(text: str) -> str:
    return " ".join(fold(text[:_LONGEST]).casefold().split())


def _with_key(opened: Published, collection: Collection, typed: str) -> list[str]:
    sql = f"SELECT key FROM {RECORDS} WHERE collection = ? AND key = ?"
    return [str(key) for (key,) in opened.connection.execute(sql, (collection.name, typed))]


def _keys(opened: Published, records: Sequence[int]) -> list[str]:
    """The keys of records by their numbers, in that order."""
    found: dict[int, str] = {}
    for some in chunks(list(map(str, records))):
        sql = f"SELECT rowid, key FROM {RECORDS} WHERE rowid IN ({', '.join(some)})"
        found |= dict(opened.connection.execute(sql))
    return [str(found[one]) for one in records]
