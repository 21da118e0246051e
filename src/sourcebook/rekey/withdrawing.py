# SPDX-License-Identifier: Apache-2.0
"""The verbs ``retract`` and ``takedown``: what was published is not to be any more, and its address says so.

What is retracted was wrong, and may be read in earlier releases; the words of what is taken down are to be nowhere.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from sourcebook.book import RETRACTED, TAKEN_DOWN, Folder
from sourcebook.edit.edits import Edits
from sourcebook.edit.labels import meant, property_of
from sourcebook.edit.model import Proposal, Refused
from sourcebook.edit.named import texts_of
from sourcebook.edit.past import names_of
from sourcebook.edit.references import Reference
from sourcebook.edit.roles import RESTS, part_of
from sourcebook.edit.selecting import ABSENT, places, steps_of
from sourcebook.edit.source import Source, source_of
from sourcebook.parse import Path
from sourcebook.records.model import Record
from sourcebook.rekey.along import leaving, references_to, stays_an_answer
from sourcebook.rekey.cascade import cascade, departures
from sourcebook.rekey.kept import withdrawn, without_all
from sourcebook.rekey.leading import at
from sourcebook.rekey.logbook import Logbook
from sourcebook.rekey.words import Words, words_of
from sourcebook.validation.wording import many

Values = Mapping[str, Any] | Iterable[tuple[str, Any]]


def retract(
    folder: Folder,
    collection: str,
    key: str | int,
    *,
    reason: str,
    on: str = "",
    values: Values = (),
    with_answers: bool = False,
    keep_answers: bool = False,
    unanswered: bool = False,
) -> Proposal:
    """The book without a record that was wrong, with the day and the ``reason`` at its address; nothing is written.

    References to it are taken out of other records. A statement that answers it alone goes too, ``with_answers``, or
    stays, with ``keep_answers``. What answers a statement that stays goes only if that may stand ``unanswered``. The
    book's log of corrections gets an entry, with ``values`` besides, by their paths. ``on`` is the day, by default
    today. Raises UsageError where there is no such record, Refused where it cannot go, OSError where the disk fails.
    """
    source = source_of(folder)
    record = meant(source, collection, key)
    going = leaving(source, record, with_answers=with_answers, keep_answers=keep_answers, unanswered=unanswered)
    return _Withdrawing(source, RETRACTED, reason, on, values).proposal(going)


def takedown(
    folder: Folder,
    collection: str,
    key: str | int,
    *,
    reason: str,
    path: str = "",
    instead: str | None = None,
    on: str = "",
    values: Values = (),
    with_answers: bool = False,
    keep_answers: bool = False,
    unanswered: bool = False,
) -> Proposal:
    """The book without a record, or without the value at one ``path`` in it, whose words are to be nowhere any more.

    As `retract`; the words are kept too as fingerprints, by which a check knows them again. Where a property has to be
    there, a text stands ``instead``. A record that is not in the book any more can be taken down too, by a key that it
    had. What was published before is not touched: `sourcebook.sweep` does that, once another release is current. Raises
    what `retract` raises.
    """
    source = source_of(folder)
    source.collection(collection)
    work = _Withdrawing(source, TAKEN_DOWN, reason, on, values)
    if path:
        return work.of_property(meant(source, collection, key), path, instead, unanswered=unanswered)
    if instead is not None:
        raise Refused("what is to stand instead, stands for a property: say which")
    if (collection, str(key)) not in source.by_key and (gone := _gone(source, collection, str(key))):
        return work.of_what_is_gone(collection, gone)
    record = meant(source, collection, key)
    going = leaving(source, record, with_answers=with_answers, keep_answers=keep_answers, unanswered=unanswered)
    return work.proposal(going)


def _gone(source: Source, collection: str, key: str) -> str:
    """The key of a record that is in the book no more, and was; the empty text where there never was one.

    Where it has another key now, it is to be called by that one.
    """
    names = names_of(source.book, collection, key)
    if any((collection, one) in source.by_key for one in names):
        return ""
    if any((one.collection, one.key) == (collection, key) for one in source.book.withdrawn):
        return key
    return key if words_of(source, collection, key, (), (), ()).states else ""


class _Withdrawing:
    """One call of a verb: what is withdrawn, how, why and on which day."""

    def __init__(self, source: Source, how: str, reason: str, on: str, values: Values) -> None:
        self.source = source
        self.how = how
        self.reason = " ".join(reason.split())
        self.day = on or datetime.now().astimezone().date().isoformat()
        if not self.reason:
            raise Refused("say why: the reason stands at its address")
        self.log = Logbook(source, list(values.items() if isinstance(values, Mapping) else values))
        self.edits = Edits(source)
        self.told: list[str] = []

    def proposal(self, going: Sequence[Record]) -> Proposal:
        """The book without some records, which the first of them takes along."""
        first = going[0]
        found = list(references_to(self.source, going))
        if found:
            self.told += cascade(self.edits, first, found)
            self.told += _bare(self.source, found)
        entries = []
        for one in going:
            self._named(one, {(id(reference.record), reference.path) for reference in found}, going)
            self.edits.drop(one)
            reason = self.reason if one is first else f"It answered {first.collection} {first.key}: {self.reason}"
            entries.append(self._entry(one.collection, one.key, reason, self._words(one, (), going)))
            self._log(one, f"The record was {self.how.replace('-', ' ')}.", reason)
        self._keep(entries, going)
        others = f", and {many(len(going) - 1, 'answer')} with it" if len(going) > 1 else ""
        references = f", and {many(len(found), 'reference')} to it" if found else ""
        verb = "retract" if self.how == RETRACTED else "take down"
        return self._made(f"{verb} {first.collection} {first.key}{others}{references}")

    def of_property(self, record: Record, name: str, instead: str | None, *, unanswered: bool) -> Proposal:
        """The book without the value of a property, or with another text there."""
        steps = steps_of(name)
        found = [(path, value) for path, value in places(record.value, steps) if value is not ABSENT]
        if not found or not steps:
            raise Refused(f"{record.collection} {record.key} has no {name}")
        path = found[0][0]
        if len(found) > 1:
            some = ", ".join(property_of(one) for one, _ in found[:5])
            raise Refused(f"{name} is several values: say which of {some}")
        if path == self.source.key_path(record.collection):
            raise Refused(f"{name} is the key of the record: take the record down, or rename it first")
        after = _without(record.value, path, instead)
        if why := departures(self.source.book, record, after):
            hint = "" if instead is not None else "; --instead puts a text in its place"
            raise Refused(f"{name} cannot go: {'; '.join(why)}{hint}")
        if not unanswered:
            stays_an_answer(self.source, record, after)
        if instead is None:
            self.edits.remove(record, path)
        else:
            self.edits.put(record, path, instead)
        words = self._words(record, path, [record])
        entry = self._entry(record.collection, record.key, self.reason, words, property_of(path))
        self._log(record, f"The value of {property_of(path)} was taken down.", self.reason)
        withdrawn(self.edits, [entry])
        return self._made(f"take down {property_of(path)} of {record.collection} {record.key}")

    def of_what_is_gone(self, collection: str, key: str) -> Proposal:
        """The book with the words of a record known again that was deleted or retracted before."""
        words = words_of(self.source, collection, key, (), (), ())
        self._tell(words, f"{collection} {key}")
        withdrawn(self.edits, [self._entry(collection, key, self.reason, words)])
        record = Record(collection, key, "", (), 0, 0, {})
        self._log(record, "The record was taken down; it was not in the data any more.", self.reason)
        return self._made(f"take down {collection} {key}, which is not in the data any more")

    def _words(self, record: Record, path: tuple[str | int, ...], going: Sequence[Record]) -> Words:
        if self.how == RETRACTED:
            return Words((), 0, (), 0)
        words = words_of(
            self.source, record.collection, str(record.key), [record.value], {id(one) for one in going}, path
        )
        self._tell(words, f"{record.collection} {record.key}")
        return words

    def _tell(self, words: Words, what: str) -> None:
        self.told.append(
            f"{what}: {many(len(words.hashes), 'text')} of {many(words.states, 'state')} of it will be known again"
        )
        if words.short:
            self.told.append(f"{what}: {many(words.short, 'text')} too short to be known again, should they come back")
        for where in words.shared[:_MOST]:
            self.told.append(f"{what}: a text of it stands in {where} too, and stays there: look at it")
        if len(words.shared) > _MOST:
            self.told.append(f"{what}: and {len(words.shared) - _MOST:,} more")

    def _entry(self, collection: str, key: Any, reason: str, words: Words, name: str = "") -> dict[str, Any]:
        entry = {"collection": collection, "key": key, **({"property": name} if name else {}), "how": self.how}
        entry |= {"on": self.day, "reason": reason}
        return entry | ({"hashes": list(words.hashes)} if words.hashes else {})

    def _log(self, record: Record, change: str, reason: str) -> None:
        self.told += self.log.enter(self.edits, record, self.day, change, reason)

    def _keep(self, entries: Sequence[dict[str, Any]], going: Sequence[Record]) -> None:
        withdrawn(self.edits, entries)
        without_all(self.edits, going)

    def _named(self, record: Record, taken: set[tuple[int, Any]], going: Sequence[Record]) -> None:
        for one in texts_of(self.source, record):
            known = one.record is not None and (id(one.record), one.path) in taken
            if not known and not one.is_history and not any(one.record is other for other in going):
                self.told.append(f"It is named besides, by no reference: {one}")

    def _made(self, what: str) -> Proposal:
        hidden = self.how == TAKEN_DOWN
        return Proposal(self.source.book.root, what, self.edits.changes(), tuple(self.told), hidden=hidden)


_MOST = 20


def _bare(source: Source, found: Sequence[Reference]) -> Iterator[str]:
    """The lists that would be empty, of statements that something rests on."""
    lists: dict[tuple[int, Path], list[Reference]] = {}
    for one in found:
        part = part_of(source.book, one.record.collection, one.path, one.target.collection)
        if part is not None and part.name == RESTS and isinstance(one.path[-1], int):
            lists.setdefault((id(one.record), one.path[:-1]), []).append(one)
    for (_, path), some in lists.items():
        record = some[0].record
        if len(some) == len(at(record.value, path)):
            what = f"{record.collection} {record.key}: {property_of(path)} is empty then"
            yield f"{what}: read whether what stands there still rests on a statement"


def _without(value: Any, path: Sequence[str | int], instead: str | None) -> Any:
    """A value without what stands at a path, or with a text there."""
    step, rest = path[0], path[1:]
    copy: Any = {**value} if isinstance(value, dict) else [*value]
    if rest:
        copy[step] = _without(copy[step], rest, instead)
    elif instead is None:
        del copy[step]
    else:
        copy[step] = instead
    return copy


__all__ = ["retract", "takedown"]
