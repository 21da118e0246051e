# SPDX-License-Identifier: Apache-2.0
"""References that are to be written otherwise, as the record that they mean is called something else."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from sourcebook.book import Target, steps
from sourcebook.edit.edits import Edits
from sourcebook.edit.model import Refused
from sourcebook.edit.references import Reference
from sourcebook.edit.source import Source
from sourcebook.parse import Path
from sourcebook.records.model import Record
from sourcebook.tables.reference_paths import written

Key = str | int


def names_of(source: Source, record: Record, target: Target, value: Any, key: Key) -> dict[Path, Any]:
    """What a record of this ``value`` and ``key`` is called by references to ``target``, by where that stands."""
    collection = source.book.by_name[record.collection]
    if not target.field or target.field == collection.key:
        return {(): key}
    return {path: name for path, name in written(value, steps(target.field)) if isinstance(name, str | int)}


def lead(edits: Edits, one: Reference, name: Any) -> None:
    """Have a reference written as ``name``; where numbers and texts mean the same, as that which it is now."""
    if not one.target.as_text:
        pass
    elif isinstance(one.value, int) and isinstance(name, str) and name.isdecimal() and str(int(name)) == name:
        name = int(name)
    elif isinstance(one.value, str):
        name = str(name)
    if name == one.value and type(name) is type(one.value):
        return
    if not one.at_key:
        edits.put(one.record, one.path, name)
        return
    holder = at(one.record.value, one.path[:-1])
    if str(name) in holder:
        where = f"{one.record.path}:{one.line}"
        raise Refused(
            f"{where}: the map that has {one.value!r} as a key has {name!r} too; make one entry of both first"
        )
    edits.rename(one.record, one.path, str(name))


def at(value: Any, path: Path) -> Any:
    """What stands at a path."""
    for step in path:
        value = value[step]
    return value


def is_within(one: Reference, record: Record) -> bool:
    """Whether a reference stands in a record, be it as that of another one that this lies in."""
    place = (*one.record.at, *one.path)
    same_document = (one.record.path, one.record.document) == (record.path, record.document)
    return same_document and len(place) > len(record.at) and place[: len(record.at)] == record.at


def holds_none(source: Source, record: Record) -> None:
    """Raises Refused where other records lie in a record, which would go with it."""
    inner = [
        one
        for one in source.by_path[record.path]
        if one is not record
        and one.document == record.document
        and len(one.at) > len(record.at)
        and one.at[: len(record.at)] == record.at
    ]
    if inner:
        names = ", ".join(f"{one.collection} {one.key}" for one in inner[:5])
        more = f" and {len(inner) - 5:,} more" if len(inner) > 5 else ""
        raise Refused(f"{record.collection} {record.key} holds other records, which would go with it: {names}{more}")


def once(found: Iterable[Reference]) -> Iterator[Reference]:
    """Each place once, though it may lead to the record by several fields: by the key before others."""
    some = sorted(found, key=lambda one: bool(one.target.field))
    places = {(id(one.record), one.path, one.at_key): one for one in reversed(some)}
    return iter(sorted(places.values(), key=lambda one: (one.record.path, one.line)))


__all__ = ["at", "holds_none", "is_within", "lead", "names_of", "once"]
