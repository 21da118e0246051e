# SPDX-License-Identifier: Apache-2.0
"""What texts that are held carry: the passages of records in them, and what is not anchored there.

In come the records of a book and its held texts; out go counts by paragraph and sentence (`evidence.coverage`). A text
that is not held is unverifiable: nothing is said of it but how many records rest on it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sourcebook.book import Book
from sourcebook.book.passages import ITSELF
from sourcebook.evidence.anchors import Anchor, Malformed, anchor_of
from sourcebook.evidence.coverage import Unit, units
from sourcebook.evidence.held import Held, Text
from sourcebook.evidence.judging import hash_of_passage, judge
from sourcebook.exact import loads
from sourcebook.records.model import Entry, Record
from sourcebook.rules.anchors import anchors_in
from sourcebook.sqlite import RECORDS, reading
from sourcebook.tables.whole_book import Plans


@dataclass(frozen=True, slots=True)
class Placed:
    """An anchor of a record, and where its passage stands now: -1 where it was not found."""

    collection: str
    key: str
    anchor: Anchor
    start: int = -1
    end: int = -1


@dataclass(frozen=True)
class Coverage:
    """What the text of a source carries. ``text`` is None where none is held that can be read: unverifiable.

    ``records`` are those of which passages are found, by the numbers that units give; ``lost`` are the others.
    """

    source: str
    text: Text | None = field(repr=False)
    anchors: int
    records: tuple[tuple[str, str], ...] = ()
    placed: tuple[Placed, ...] = ()
    lost: tuple[Placed, ...] = ()
    paragraphs: tuple[Unit, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """As plain data, of which any may be published: numbers, places and hashes."""
        told: dict[str, Any] = {"source": self.source, "anchors": self.anchors, "held": self.text is not None}
        if self.text is None:
            return told
        return told | {
            "read_by": self.text.by,
            "sha256": hash_of_passage(self.text.text),
            "characters": len(self.text.text),
            "found": len(self.placed),
            "lost": len(self.lost),
            "records": len(self.records),
            "paragraphs": [one.as_dict() for one in self.paragraphs],
        }


Anchored = Mapping[str, list[tuple[Entry, Anchor]]]
"""By the key of a source, the anchors of passages of its text, each with the record that has it."""


def anchored(book: Book, records: Iterable[Record]) -> Anchored:
    """The anchors of some records, as far as they are such and say of which text; what is no anchor, rules tell."""
    found: dict[str, list[tuple[Entry, Anchor]]] = {}
    for record in records:
        for one in anchors_in(book.by_name[record.collection], record, record.value):
            try:
                anchor = anchor_of(one.value)
            except Malformed:
                continue
            if one.source is not None:
                found.setdefault(str(one.source), []).append((record, anchor))
    return found


def coverage(source: str, anchors: Iterable[tuple[Entry, Anchor]], held: Held) -> Coverage:
    """What the text of ``source`` carries. Raises OSError where the disk fails."""
    every = list(anchors)
    text = held.text(source)
    if not isinstance(text, Text):
        return Coverage(source, None, len(every))
    verdicts = judge([anchor for _, anchor in every], text.text, text.tokens)
    placed, lost = [], []
    for (entry, anchor), verdict in zip(every, verdicts, strict=True):
        if verdict.kind in ("same", "moved"):
            placed.append(Placed(entry.collection, str(entry.key), anchor, verdict.start, verdict.end))
        else:
            lost.append(Placed(entry.collection, str(entry.key), anchor))
    spans: dict[tuple[str, str], list[tuple[int, int]]] = {}
    for one in placed:
        spans.setdefault((one.collection, one.key), []).append((one.start, one.end))
    names = tuple(spans)
    paragraphs = tuple(_units(text, [spans[name] for name in names]))
    return Coverage(source, text, len(every), names, tuple(placed), tuple(lost), paragraphs)


def _units(text: Text, spans: list[list[tuple[int, int]]]) -> Iterable[Unit]:
    """The paragraphs of a text; a record with several passages is counted once in each."""
    numbers = [number for number, some in enumerate(spans) for _ in some]
    for one in units(text.tokens, text.paragraphs, [span for some in spans for span in some]):
        yield _numbered(one, numbers)


def _numbered(unit: Unit, numbers: list[int]) -> Unit:
    records = tuple(dict.fromkeys(numbers[number] for number in unit.records))
    inside = tuple(_numbered(one, numbers) for one in unit.sentences)
    return Unit(unit.start, unit.end, unit.sha256, unit.words, records, inside)


# --- what is published ------------------------------------------------------------------------------------------------


def published(book: Book, plans: Plans, database: Path) -> dict[str, Any] | None:
    """What a release says of it: documents with numbers, places and hashes, by the public records in its database.

    None of a book without anchors. Raises OSError where the disk fails.
    """
    names = [collection.name for collection in book.collections if collection.anchors and collection.name in plans]
    if not names:
        return None
    every = anchored(book, _in_database(names, database))
    held = Held.of(book.root, book.sources)
    documents = []
    for name, keys in _documents(book, plans, database).items():
        for key in every:
            if key in keys:
                found = coverage(key, every[key], held)
                resting = dict.fromkeys((entry.collection, str(entry.key)) for entry, _ in every[key])
                documents.append({"collection": name, **found.as_dict(), "resting": [list(one) for one in resting]})
    return {"format": "sourcebook coverage 1", "documents": documents}


def _in_database(names: Iterable[str], database: Path) -> Iterator[Record]:
    with reading(database) as connection:
        sql = f"SELECT key, path, line, document FROM {RECORDS} WHERE collection = ? ORDER BY rowid"
        for name in names:
            for key, path, line, document in connection.execute(sql, (name,)):
                yield Record(name, key, path, (), line, 0, loads(document))


def _documents(book: Book, plans: Plans, database: Path) -> Mapping[str, set[str]]:
    """The collections of documents of whose passages there are anchors, with the keys of their records."""
    found: dict[str, None] = {}
    for collection in book.collections:
        for source in collection.anchors.values():
            if source == ITSELF:
                found[collection.name] = None
            columns = (column for table in plans[collection.name].tables for column in table.columns)
            for column in columns:
                if column.path == source and (column.foreign or column.targets):
                    targets = [column.foreign] if column.foreign else column.targets
                    found |= dict.fromkeys(target.collection for target in targets if target)
    with reading(database) as connection:
        sql = f"SELECT key FROM {RECORDS} WHERE collection = ?"
        return {name: {key for (key,) in connection.execute(sql, (name,))} for name in found}
