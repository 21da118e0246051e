# SPDX-License-Identifier: Apache-2.0
"""What a record is called, for people who read of it; and the record that people mean."""

from __future__ import annotations

from typing import Any

from sourcebook.book import look_up, steps
from sourcebook.edit.source import Source
from sourcebook.errors import UsageError
from sourcebook.parse import Path
from sourcebook.records.model import Record
from sourcebook.validation.wording import did_you_mean


def label_of(source: Source, record: Record) -> str:
    """The label of a record as its table has it; the empty text where that is its key, or it has none."""
    table = source.plans[record.collection].tables[0]
    path = table.column(table.label).path if table.label else ""
    try:
        found: Any = look_up(record.value, steps(path)) if path else ""
    except KeyError:
        return ""
    if isinstance(found, bool) or not isinstance(found, str | int | float) or str(found) == str(record.key):
        return ""
    return " ".join(str(found).split())


def meant(source: Source, collection: str, key: str | int) -> Record:
    """The record of a key. Raises UsageError where there is none, which says what became of a key that was given up.

    Raises Refused where the book's tables cannot be planned, so that nobody knows what refers to what.
    """
    source.collection(collection)
    _ = source.plans
    if (collection, str(key)) not in source.by_key:
        for one in source.book.moved:
            if (one.collection, one.key) == (collection, str(key)):
                what = f"has the key {one.to!r} since" if one.to else f"is gone ({one.gone}) since"
                raise UsageError(f"{collection} has no record {str(key)!r}: it {what} {one.on}")
        for gone in source.book.withdrawn:
            if (gone.collection, gone.key, gone.property) == (collection, str(key), ""):
                how = gone.how.replace("-", " ")
                raise UsageError(f"{collection} has no record {str(key)!r}: it was {how} on {gone.on} ({gone.reason})")
        keys = [str(one.key) for one in source.by_collection[collection]]
        if not did_you_mean(str(key), keys) and (
            near := [one for one in keys if str(key).casefold() in one.casefold()]
        ):
            more = f" and {len(near) - _FEW:,} more" if len(near) > _FEW else ""
            told = f"keys that have it in them are {', '.join(near[:_FEW])}{more}"
            raise UsageError(f"{collection} has no record {str(key)!r}: {told}")
    return source.record(collection, key)


_FEW = 6


def property_of(path: Path) -> str:
    """The path of a value in a record as people write it: ``participants[0].person``."""
    text = ""
    for step in path:
        text += f"[{step}]" if isinstance(step, int) else f".{step}" if text else step
    return text


__all__ = ["label_of", "meant", "property_of"]
