# SPDX-License-Identifier: Apache-2.0
"""Searching all records of a release at once, by the index that it was built with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sourcebook.export.search_index import COLLECTION_BITS
from sourcebook.export.site import Collection
from sourcebook.site.labels import labels_of
from sourcebook.site.marking import sought
from sourcebook.site.opened import INDEX, Opened
from sourcebook.sqlite import RECORDS
from sourcebook.tables.search import expression, fold, is_blank

_RANKED = 2_000  # hits in a collection that are put in order; of more, those by name come first
_LOOKED_AT = 100  # hits among which the one is sought that is called as was typed
_RANK = "bm25(search, 10.0, 2.0, 1.0)"  # names before texts before names of what is linked


@dataclass(frozen=True, slots=True)
class Group:
    """What was found in a collection: how many records, and the keys of the first of them, best first."""

    collection: Collection
    count: int
    keys: Sequence[str]


def search(opened: Opened, typed: str, most: int) -> list[Group]:
    """What is found by what a reader ``typed``: ``most`` keys of each collection, best first.

    The last word may be begun only. Whatever is typed is safe. A record whose key or label it is comes before others,
    and a collection in which it is more of a label before one in which it is less.
    """
    counts, meant = _counts(opened, typed), sought(typed)
    found = []
    for collection in opened.site.collections:
        exact = _with_key(opened, collection, typed)
        number = counts.get(collection.number, 0)
        if not number and not exact:
            continue
        keys = _best(opened, collection, typed, number) if number else []
        called = dict(labels_of(opened, collection, keys))
        exact += [key for key in keys if _same(called.get(key, ""), typed)]
        keys = list(dict.fromkeys([*exact, *keys]))[:most]
        share = max((meant.share(called.get(key, key)) for key in keys), default=0.0)
        found.append((not exact, -share, collection.number, Group(collection, max(number, len(exact)), keys)))
    return [group for *_, group in sorted(found, key=lambda one: one[:3])]


def _same(one: str, other: str) -> bool:
    return fold(one).casefold().split() == fold(other).casefold().split()


def count(opened: Opened, typed: str) -> int:
    """How many records are found."""
    return sum(_counts(opened, typed).values())


def _counts(opened: Opened, typed: str) -> dict[int, int]:
    if is_blank(typed) or not (opened.folder / INDEX).is_file():
        return {}
    sql = f"SELECT rowid >> {COLLECTION_BITS}, count(*) FROM site.search WHERE search MATCH ? GROUP BY 1"
    return dict(opened.connection.execute(sql, (expression(typed, prefix=True),)))


def _with_key(opened: Opened, collection: Collection, typed: str) -> list[str]:
    sql = f"SELECT key FROM {RECORDS} WHERE collection = ? AND key = ?"
    return [str(key) for (key,) in opened.connection.execute(sql, (collection.name, typed))]


def _best(opened: Opened, collection: Collection, typed: str, number: int) -> list[str]:
    """The keys of the first hits in a collection."""
    asked = expression(typed, prefix=True)
    span = (collection.number << COLLECTION_BITS, (collection.number + 1) << COLLECTION_BITS)
    if number <= _RANKED:
        return _keys(opened, f"ORDER BY {_RANK}, rowid", asked, span)
    return list(dict.fromkeys([*_keys(opened, "", f"name : ({asked})", span), *_keys(opened, "", asked, span)]))


def _keys(opened: Opened, order: str, asked: str, span: tuple[int, int]) -> list[str]:
    hits = f"SELECT rowid FROM site.search WHERE search MATCH ? AND rowid >= ? AND rowid < ? {order} LIMIT {_LOOKED_AT}"
    sql = (
        f"SELECT record.key FROM ({hits}) AS hit CROSS JOIN {RECORDS} AS record "
        f"ON record.rowid = hit.rowid & {(1 << COLLECTION_BITS) - 1}"
    )
    return [str(key) for (key,) in opened.connection.execute(sql, (asked, *span))]
