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
    """Have a reference written as ``name``, in the type in which it is written now where that can be."""
    if isinstance(one.value, int) and isinstance(name, str) and name.isdecimal() and str(int(name)) == name:
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


def once(found: Iterable[Reference]) -> Iterator[Reference]:
    """Each place once, though it may lead to the record by several fields: by the key before others."""
    some = sorted(found, key=lambda one: bool(one.target.field))
    places = {(id(one.record), one.path, one.at_key): one for one in reversed(some)}
    return iter(sorted(places.values(), key=lambda one: (one.record.path, one.line)))


__all__ = ["at", "lead", "names_of", "once"]
