# SPDX-License-Identifier: Apache-2.0
"""What was taken down of a book, taken out of the same book as it was at another time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sourcebook.book import Folder, Withdrawn
from sourcebook.edit.edits import Edits
from sourcebook.edit.model import Proposal, Refused
from sourcebook.edit.past import Former
from sourcebook.edit.source import Source, source_of
from sourcebook.evidence.fingerprints import fingerprint, texts_in
from sourcebook.records.model import Record
from sourcebook.rekey.along import leaving, references_to
from sourcebook.rekey.cascade import cascade, departures
from sourcebook.rekey.kept import withdrawn, without_all
from sourcebook.rekey.leading import at

_INSTEAD = "(taken down)"

Names = Mapping[tuple[str, str], frozenset[str]]


def taken_out(folder: Folder, entries: Sequence[Withdrawn], names: Names, places: Sequence[Former] = ()) -> Proposal:
    """The book in ``folder`` without what ``entries`` say was taken down; nothing is written.

    ``names`` are all keys that a record ever had, by those of the entries. What answers one that goes, and nothing
    else, goes too. Words that were taken down go wherever they stand, and values from the ``places`` where they stood.
    Raises Refused where a record cannot do without.
    """
    source = source_of(folder)
    edits = Edits(source)
    known = [one for one in entries if one.collection in source.book.by_name]
    going = _going(source, [one for one in known if not one.property], names)
    if going:
        list(cascade(edits, going[0], references_to(source, going)))
    for one in going:
        edits.drop(one)
    hashes = frozenset(mark for one in entries for mark in one.hashes)
    for record in source.records:
        if not any(record is one for one in going):
            _without_words(edits, record, hashes, places)
    withdrawn(edits, [_entry(one) for one in known])
    without_all(edits, going)
    return Proposal(source.book.root, "take out what was taken down", edits.changes(), hidden=True)


def _going(source: Source, entries: Sequence[Withdrawn], names: Names) -> list[Record]:
    going: list[Record] = []
    for entry in entries:
        for key in names[entry.collection, entry.key]:
            record = source.by_key.get((entry.collection, key))
            if record is not None:
                going += leaving(source, record, with_answers=True, keep_answers=False, unanswered=False, also=going)
    return list({id(one): one for one in going}.values())


def _without_words(edits: Edits, record: Record, hashes: frozenset[str], places: Sequence[Former]) -> None:
    """Have words taken out of a record: the property goes, or has another text where it may not."""
    own = (one for one in places if one.collection == record.collection and str(record.key) in one.keys)
    whole = [path for one in own for path in one.places(record.value)]
    words = [path for path in _paths(record, hashes) if not any(path[: len(one)] == one for one in whole)]
    found = list(dict.fromkeys([*whole, *words]))
    book, after = edits.source.book, record.value
    for path in found:
        if isinstance(at(record.value, path[:-1]), dict):
            less = _replaced(after, path, None)
            if not departures(book, record, less):
                edits.remove(record, path)
                after = less
                continue
        after = _replaced(after, path, _INSTEAD)
        if why := departures(book, record, after):
            raise Refused(f"{record.collection} {record.key} cannot do without what was taken down: {why[0]}")
        edits.put(record, path, _INSTEAD)


def _paths(record: Record, hashes: frozenset[str]) -> Iterator[tuple[str | int, ...]]:
    for one in texts_in(record.value):
        if fingerprint(one.text) in hashes:
            if one.is_name or not one.path:
                raise Refused(f"{record.collection} {record.key} has words as a name that were taken down")
            yield one.path


def _replaced(value: Any, path: Sequence[str | int], instead: str | None) -> Any:
    step, rest = path[0], path[1:]
    copy: Any = {**value} if isinstance(value, dict) else [*value]
    if rest:
        copy[step] = _replaced(copy[step], rest, instead)
    elif instead is None:
        del copy[step]
    else:
        copy[step] = instead
    return copy


def _entry(one: Withdrawn) -> dict[str, Any]:
    entry: dict[str, Any] = {"collection": one.collection, "key": one.key}
    entry |= {"property": one.property} if one.property else {}
    entry |= {"how": one.how, "on": one.on, "reason": one.reason}
    return entry | ({"hashes": list(one.hashes)} if one.hashes else {})


__all__ = ["taken_out"]
