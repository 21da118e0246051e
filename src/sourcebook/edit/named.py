# SPDX-License-Identifier: Apache-2.0
"""Where a record is named by no reference: texts that are its key, the log of corrections, the book's own SQL."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sourcebook.book import MOVED, steps
from sourcebook.edit.labels import property_of
from sourcebook.edit.references import demands
from sourcebook.edit.source import Source
from sourcebook.parse import Path
from sourcebook.records.model import Record
from sourcebook.tables.reference_paths import leaves, written

_CORRECTION = "correction"


@dataclass(frozen=True)
class Text:
    """A place that names a record: ``what`` it is. In a ``record`` it is the value at ``path``.

    What is history says what was done under the key that the record had then, and is not to be changed.
    """

    file: str
    line: int
    what: str
    record: Record | None = None
    path: Path = ()
    is_history: bool = False

    def __str__(self) -> str:
        """A line, at its place."""
        return f"{self.file}:{self.line}: {self.what}"


def texts_of(source: Source, record: Record) -> Iterator[Text]:
    """The places that name a record and are no references; entries of a log may be such too."""
    yield from _logs(source, record)
    yield from _in_records(source, record)
    for one in source.book.moved:
        if (one.collection, one.to) == (record.collection, str(record.key)):
            yield Text(MOVED, one.line, f"{one.key} leads to it since {one.on}", is_history=True)
    yield from _scripts(source, record)


def _logs(source: Source, record: Record) -> Iterator[Text]:
    """Entries of logs of corrections, which go on naming the record by the key that it had."""
    for collection in source.book.collections:
        role = collection.roles.get(_CORRECTION, {})
        if not {"collection", "key"} <= role.keys():
            continue
        for entry in source.by_collection[collection.name]:
            about = [value for _, value in written(entry.value, steps(role["collection"]))]
            for path, key in written(entry.value, steps(role["key"])):
                if record.collection in about and str(key) == str(record.key):
                    line = source.line(entry, path)[1]
                    what = f"{collection.name} {entry.key} is about a correction of it"
                    yield Text(entry.path, line, what, entry, path, is_history=True)


def _in_records(source: Source, record: Record) -> Iterator[Text]:
    """Texts in records that are its key, and no number or word that is a key by chance."""
    if not isinstance(record.key, str) or not _MARK & {*record.key}:
        return
    logs = {one.name for one in source.book.collections if _CORRECTION in one.roles}
    for one in source.records:
        if one.collection in logs:
            continue
        found = [path for path, value in leaves(one.value) if value == record.key]
        others = {demand.path for demand in demands(source, one) if not demand.at_key} if found else set()
        for path in found:
            if path != source.key_path(one.collection) and path not in others:
                line = source.line(one, path)[1]
                yield Text(one.path, line, f"{one.collection} {one.key}, {property_of(path)}: the same text", one, path)


_MARK = frozenset("-_/.:0123456789")  # a key that has none of these may well be a word that means something else


def _scripts(source: Source, record: Record) -> Iterator[Text]:
    """Texts in the book's SQL that are its key."""
    book = source.book
    if not isinstance(record.key, str):
        return
    text = "'" + record.key.replace("'", "''") + "'"
    for script in (*book.checks, *book.views, *book.queries, *(one for some in book.panels.values() for one in some)):
        for number, line in enumerate(source.text(script.path).split("\n"), 1):
            if text in line and not line.lstrip().startswith("--"):
                yield Text(script.path, number, f"the text {text} stands in SQL")


__all__ = ["Text", "texts_of"]
