# SPDX-License-Identifier: Apache-2.0
"""Whether a record may have a new key: one that is free, that no other had, that looks like no other."""

from __future__ import annotations

from sourcebook.alike import difference, looking_like
from sourcebook.book import template_parts
from sourcebook.book.moved import followed
from sourcebook.edit.labels import label_of
from sourcebook.edit.model import Refused
from sourcebook.edit.source import Source
from sourcebook.finding import printable
from sourcebook.records.model import Record

_LONGEST = 240  # bytes of a file's name without its ending: 255 with it, on nearly every disk


def fit(source: Source, record: Record, key: str) -> None:
    """Raises Refused, in words, where ``key`` cannot be the new one of a record."""
    name = record.collection
    if not key.strip():
        raise Refused("a key is not empty")
    if key != key.strip():
        raise Refused(f"the key {key!r} begins or ends with a blank, which nobody sees")
    if printable(key) != key:
        raise Refused(f"the key '{printable(key)}' holds characters that are not seen: controls, line breaks")
    if (other := source.by_key.get((name, key))) is not None:
        label = label_of(source, other)
        where = f"{other.path}:{source.line(other, ())[1]}"
        hint = f"`sourcebook merge {name} {key} {record.key}` makes one of two that are the same"
        raise Refused(f"{name} has a record {key!r} already{f' ({label})' if label else ''}, at {where}: {hint}")
    others = [str(one.key) for one in source.by_collection[name] if one is not record]
    if (like := looking_like(key, others)) is not None:
        raise Refused(f"the key {key!r} looks like {like!r}, which another record has: it has {difference(key, like)}")
    if (same := next((one for one in others if one.casefold() == key.casefold()), None)) is not None:
        raise Refused(
            f"the key {key!r} differs from {same!r}, which another record has, by case alone: "
            "some file systems take both for one, and so do readers"
        )
    _fits_disk(source, record, key)
    _never_had(source, record, key)


def _never_had(source: Source, record: Record, key: str) -> None:
    """Raises Refused where another record had a key: links to that one would lead to this."""
    ends = followed(source.book.moved)
    end = ends.get((record.collection, key))
    if end is None or end.to == str(record.key):  # which is to have its old key back
        return
    what = f"has been {end.to!r} since" if end.to else f"is gone ({end.gone}) since"
    raise Refused(
        f"the key {key!r} was another record's of {record.collection}, which {what} {end.on}: "
        "who kept its address would be shown this record; choose a key that none ever had"
    )


def _fits_disk(source: Source, record: Record, key: str) -> None:
    """Raises Refused where a file is named after the key, and none can be called so."""
    collection = source.book.by_name[record.collection]
    if collection.layout not in ("file", "front-matter"):
        return
    parts = template_parts(collection.key_template) if collection.key is None else []
    if parts == ["stem"] and collection.key_template == "{stem}" and ("/" in key or key in (".", "..")):
        raise Refused(f"the key is the name of a file, and none can be called {key!r}")
    if any(len(part.encode("utf-8", "surrogatepass")) > _LONGEST for part in key.split("/")):
        raise Refused(f"the key has {len(key):,} characters: no file can be called so; {_LONGEST} bytes are enough")
