# SPDX-License-Identifier: Apache-2.0
"""The verb ``coverage``: what a text that is held here carries, what differs between claims and their passages, and
what nobody has reviewed yet.

It reads the book's files and the text. What it lists is for a person to look at; nothing of it is a finding.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from sourcebook.book import STATEMENT, Book, Folder, load_book, steps
from sourcebook.check.covering import Coverage, Placed, anchored
from sourcebook.check.covering import coverage as covered_by
from sourcebook.errors import UsageError
from sourcebook.evidence.coverage import MANY, WORDS_EACH, Unit
from sourcebook.evidence.held import Held, Unread, file_of
from sourcebook.evidence.signals import Signal, signals
from sourcebook.finding import printable
from sourcebook.records.model import Record
from sourcebook.records.read import read
from sourcebook.tables.reference_paths import leaves, written
from sourcebook.validation.wording import did_you_mean, many

FORMAT = "sourcebook coverage 1"
NO_VERDICT = "no check shows that a passage supports a claim; this is for people to look at"
_LANGUAGE = "numbers in words, hedges and negations are looked for in English alone"


@dataclass(frozen=True, slots=True)
class Differing:
    """What differs between a statement and a passage of it."""

    placed: Placed
    signals: tuple[Signal, ...]

    def as_dict(self) -> dict[str, Any]:
        """As plain data; the words of signals are those of the texts."""
        told = [{"kind": one.kind, "side": one.side, "word": one.word} for one in self.signals]
        place = {"start": self.placed.start, "end": self.placed.end}
        return {"collection": self.placed.collection, "key": self.placed.key, **place, "signals": told}


@dataclass(frozen=True)
class Covered:
    """What came of it. ``unread`` says why a text that is held was not read; ``not_reviewed`` are keys of records that
    rest on the source, and tell of no review, where their collection has such.
    """

    coverage: Coverage
    unread: str
    not_reviewed: tuple[tuple[str, str], ...]
    reviewable: int
    _records: Mapping[tuple[str, str], Record] = field(repr=False)
    _book: Book = field(repr=False)

    @cached_property
    def differing(self) -> tuple[Differing, ...]:
        """The statements that differ from their passages in something, in the order of records."""
        told = (Differing(one, self._signals(one)) for one in self.coverage.placed if self._is_statement(one))
        return tuple(one for one in told if one.signals)

    def as_dict(self, *, differing: bool = False) -> dict[str, Any]:
        """As plain data: without what differs, it has no word of the text."""
        told = {"format": FORMAT, **self.coverage.as_dict()}
        told["lost"] = [{"collection": one.collection, "key": one.key} for one in self.coverage.lost]
        told["not_reviewed"] = [{"collection": name, "key": key} for name, key in self.not_reviewed]
        return told | ({"signals": [one.as_dict() for one in self.differing]} if differing else {})

    # --- lines --------------------------------------------------------------------------------------------------------

    def lines(self, *, sentences: bool = False, text: bool = False) -> Iterator[str]:
        """What each paragraph carries, for people; ``text`` shows the text too, to who holds it."""
        found, name = self.coverage, printable(self.coverage.source)
        if found.text is None:
            why = self.unread or "no text of it is held here"
            yield f"{name}: unverifiable, {why}; {many(found.anchors, 'passage')} of it in records"
            return
        length = f"{len(found.text.text):,} characters, {many(len(found.paragraphs), 'paragraph')}"
        yield f"{name}: {printable(found.text.name)}, {length}"
        yield f"{many(len(found.placed), 'passage')} of {many(len(found.records), 'record')} found" + (
            f", {len(found.lost)} not: {', '.join(f'{one.collection}/{one.key}' for one in found.lost[:_FEW])}"
            if found.lost
            else ""
        )
        for number, one in enumerate(found.paragraphs, start=1):
            yield from self._unit(f"paragraph {number}", one, shown=text and not sentences)
            for place, inner in enumerate(one.sentences, start=1) if sentences else ():
                yield from self._unit(f"  sentence {place}", inner, shown=text)
        bare = [one for one in found.paragraphs if not one.records]
        yield f"{many(len(bare), 'paragraph')} of {len(found.paragraphs)} without any"
        dense = sum(inner.many for one in found.paragraphs for inner in one.sentences)
        if dense:
            why = f"more than {MANY} records and fewer than {WORDS_EACH} words for each"
            yield f"{many(dense, 'sentence')} with {why}: look again"

    def _unit(self, name: str, one: Unit, *, shown: bool) -> Iterator[str]:
        count = many(len(one.records), "record") if one.records else "none"
        again = ", many for its length" if one.many and not one.sentences else ""
        yield f"{name}  {one.start}:{one.end}  {many(one.words, 'word')}  {count}{again}"
        if shown and self.coverage.text:
            yield f"    {printable(self.coverage.text.text[one.start : one.end])}"

    def lines_of_signals(self) -> Iterator[str]:
        """What differs, statement by statement, for people."""
        for one in self.differing:
            yield printable(f"{one.placed.collection}/{one.placed.key}  {one.placed.start}:{one.placed.end}")
            yield from (f"    {printable(str(signal))}" for signal in one.signals)
        count = sum(map(self._is_statement, self.coverage.placed))
        yield f"{len(self.differing)} of {many(count, 'passage')} of statements with signals; {NO_VERDICT}"
        yield _LANGUAGE

    def lines_of_reviews(self) -> Iterator[str]:
        """What is not reviewed yet, for people."""
        yield from (printable(f"{name}/{key}") for name, key in self.not_reviewed)
        yield f"{len(self.not_reviewed)} of {many(self.reviewable, 'record')} not yet reviewed"

    # --- statements ---------------------------------------------------------------------------------------------------

    def _is_statement(self, one: Placed) -> bool:
        return STATEMENT in self._book.by_name[one.collection].roles

    def _signals(self, one: Placed) -> tuple[Signal, ...]:
        role = self._book.by_name[one.collection].roles[STATEMENT]
        record = self._records[one.collection, one.key]
        texts = self.coverage.text
        if texts is None:
            return ()
        known = [text for part in ("by", "knowledge", "in", "at", "on") for text in self._told(record, role.get(part))]
        said, hedge = (" ".join(self._values(record, role.get(part))) for part in ("text", "hedge"))
        around = " ".join(texts.text[low:high] for low, high in texts.paragraphs if low < one.end and high > one.start)
        return signals(said, texts.text[one.start : one.end], around=around, known=known, hedge=hedge)

    def _values(self, record: Record, path: str | None) -> list[str]:
        return [str(value) for value in _at(record, path)]

    def _told(self, record: Record, path: str | None) -> Iterator[str]:
        """What stands at a path, and all texts of the records that are named by it."""
        for value in self._values(record, path):
            yield value
            for other in self._named.get(value, ()):
                yield from (str(leaf) for _, leaf in leaves(other.value))

    @cached_property
    def _named(self) -> Mapping[str, list[Record]]:
        found: dict[str, list[Record]] = {}
        for (_, key), record in self._records.items():
            found.setdefault(key, []).append(record)
        return found


_FEW = 6


def coverage(folder: Folder, source: str, *, sources: Folder | None = None) -> Covered:
    """What the text of ``source``, the key of a document, carries; texts are looked for in the folder ``sources``.

    By default that is where the environment says, or the book's own. Raises UsageError where ``folder`` is no book, or
    no record rests on a passage of such a text; OSError where the disk fails.
    """
    book = load_book(folder, sources=sources)
    records = {(one.collection, str(one.key)): one for one in read(book).records}
    every = anchored(book, records.values())
    if source not in every:
        held = Held.of(book.root, book.sources)
        if held.text(source) is None:
            hint = did_you_mean(source, every) or f"passages are of {', '.join(list(every)[:_FEW]) or 'none'}"
            raise UsageError(f"no record has a passage of {source!r}, and no text of it is held here; {hint}")
    held = Held.of(book.root, book.sources)
    found = covered_by(source, every.get(source, ()), held)
    text = held.text(source)
    unread = f"{file_of(text.name)} is not read: {text.why}" if isinstance(text, Unread) else ""
    resting = dict.fromkeys((entry.collection, str(entry.key)) for entry, _ in every.get(source, ()))
    asked = [key for key in resting if _tells_of_reviews(book, key[0])]
    missing = tuple(key for key in asked if not _is_reviewed(book, records[key]))
    return Covered(found, unread, missing, len(asked), records, book)


def _tells_of_reviews(book: Book, collection: str) -> bool:
    return any(part.startswith("reviewed") for part in book.by_name[collection].roles.get("curation", {}))


def _is_reviewed(book: Book, record: Record) -> bool:
    role = book.by_name[record.collection].roles["curation"]
    return any(True for part, path in role.items() if part.startswith("reviewed") for _ in _at(record, path))


def _at(record: Record, path: str | None) -> Iterator[Any]:
    """The values that stand at a path of a record; of a list there, each."""
    for _, value in written(record.value, steps(path)) if path else ():
        yield from (leaf for _, leaf in leaves(value) if leaf not in (None, ""))
