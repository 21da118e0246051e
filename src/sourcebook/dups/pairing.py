# SPDX-License-Identifier: Apache-2.0
"""The records of a collection to the pairs of them that look alike."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import combinations, product
from typing import Any, NamedTuple

from sourcebook.book import steps
from sourcebook.dups.blocks import candidates
from sourcebook.dups.evidence import Evidence
from sourcebook.dups.model import Alike, Compared, Pair, Reason
from sourcebook.dups.names import Likeness, Name, name_of
from sourcebook.records.model import Record
from sourcebook.tables.reference_paths import written

_CROWD = 60  # records of one name, date or identifier that are compared with each other
_CLOSED_BY_DATES = 0.64  # what of the difference of names two dates may close, as in `evidence`
_SHOWN = 80  # characters of a name


class _Called(NamedTuple):
    """A name of a record: where it stands, and as it is written."""

    record: int
    path: str
    text: str


class Pairing:
    """Compares records; ``different`` counts the pairs that are known to be, ``told`` is what was not compared."""

    def __init__(
        self,
        collection: str,
        records: Sequence[Record],
        by: Compared,
        threshold: float,
        known: frozenset[frozenset[str]],
        *,
        statements: bool = False,
    ) -> None:
        """``known`` are the keys of pairs that are different. Of ``statements`` their places are told, and no words."""
        self._collection = collection
        self._records = records
        self._threshold = threshold
        self._known = known
        self._statements = statements
        self._likeness = Likeness()
        self._evidence = Evidence(by, records)
        self._called: dict[Name, list[_Called]] = {}
        self._names: list[list[tuple[Name, _Called]]] = [[] for _ in records]
        ways = [(path, steps(path)) for path in by.names]
        for number, record in enumerate(records):
            for path, text in _texts(record.value, ways):
                name, called = name_of(text), _Called(number, path, text)
                if name.words:
                    self._called.setdefault(name, []).append(called)
                    self._names[number].append((name, called))
        closed = _CLOSED_BY_DATES if by.dates else 0.7 if by.identifiers else 0.0
        self._least = max(0.5, 1 - (1 - threshold) / (1 - closed))
        self._found: dict[tuple[int, int], tuple[float, _Called, _Called]] = {}
        self.different = 0
        self.told: list[str] = []

    def pairs(self) -> Iterator[Pair]:
        """The pairs that look alike, those that do so most first."""
        self._same_names()
        self._similar_names()
        self._same_values()
        judged = [one for one in map(self._judged, self._found.items()) if one]
        kept = []
        for pair in judged:
            if frozenset(str(one.key) for one in pair.records) in self._known:
                self.different += 1
            else:
                kept.append(pair)
        return iter(sorted(kept, key=_order))

    def _same_names(self) -> None:
        for called in self._called.values():
            numbers = {one.record for one in called}
            if 1 < len(numbers) <= _CROWD:
                for one, other in combinations(called, 2):
                    self._add(1.0, one, other)
            elif len(numbers) > _CROWD:
                shown = called[0].path if self._statements else _short(called[0].text)
                self.told.append(
                    f"{len(numbers):,} records are called {shown!r}: not compared by it, but by dates and identifiers"
                )

    def _similar_names(self) -> None:
        names = list(self._called)
        called = list(self._called.values())
        likeness, least = self._likeness, self._least
        for one, other in candidates(names):
            score = likeness(names[one], names[other])
            if score >= least:
                if len(called[one]) * len(called[other]) > _CROWD * _CROWD:
                    continue  # told of each of them above
                for first, second in product(called[one], called[other]):
                    if score >= self._threshold or self._evidence.may_gain(first.record, second.record):
                        self._add(score, first, second)

    def _same_values(self) -> None:
        """Records that share a day or an identifier, whatever their names share."""
        under: defaultdict[tuple[str, str], list[int]] = defaultdict(list)
        for number, (dates, found) in enumerate(zip(self._evidence.dates, self._evidence.identifiers, strict=True)):
            for path, date in dates.items():
                if date.count("-") == 2:
                    under[path, date].append(number)
            for path, texts in found.items():
                for text in texts:
                    under[path, text].append(number)
        days = self._evidence.paths_of_dates
        for (path, value), numbers in under.items():
            if len(numbers) < 2:
                continue
            if len(numbers) > _CROWD:
                if path not in days:
                    self.told.append(f"{len(numbers):,} records have the {path} {value!r}: not compared by it")
                continue
            for one, other in combinations(numbers, 2):
                self._by_value(one, other, least=self._least if path in days else 0.0)

    def _by_value(self, one: int, other: int, least: float) -> None:
        if (one, other) in self._found:
            return
        best: tuple[float, _Called, _Called] | None = None
        for (name, first), (another, second) in product(self._names[one], self._names[other]):
            score = self._likeness(name, another)
            if best is None or score > best[0]:
                best = score, first, second
        if best and best[0] >= least:
            self._add(*best)

    def _add(self, score: float, one: _Called, other: _Called) -> None:
        if one.record == other.record:
            return
        if one.record > other.record:
            one, other = other, one
        known = self._found.get((one.record, other.record))
        if known is None or score > known[0]:
            self._found[one.record, other.record] = score, one, other

    def _judged(self, found: tuple[tuple[int, int], tuple[float, _Called, _Called]]) -> Pair | None:
        numbers, (names, one, other) = found
        first, second = (self._records[number] for number in numbers)
        score, reasons = self._evidence.weighed(*numbers, names)
        if score < self._threshold:
            return None
        reason = Reason("name", "for" if names >= _NEAR else "against", self._in_words(names, one, other))
        alike = [self._alike(number) for number in numbers]
        if size(second.value) > size(first.value):
            alike.reverse()
        return Pair(self._collection, (alike[0], alike[1]), round(score, 3), (reason, *reasons))

    def _alike(self, number: int) -> Alike:
        record, names = self._records[number], self._names[number]
        label = names[0][1].text if names and not self._statements else ""
        return Alike(record.key, _short(label), record.path, record.line)

    def _in_words(self, score: float, one: _Called, other: _Called) -> str:
        nearly = "nearly the same" if score >= _NEAR else "other"
        if self._statements:
            return f"what they say is {'the same' if one.text == other.text else nearly}"
        label = self._names[one.record][0][1].path
        first, second = (
            repr(_short(called.text)) + ("" if called.path == label else f" ({called.path})") for called in (one, other)
        )
        if one.text == other.text:
            return f"both are called {first}" if first == second else f"{first} is {second}"
        if score == 1:
            return f"{first} and {second} are the same but for case, accents, script or the order of words"
        return f"{first} and {second} are {nearly if score >= _NEAR else 'other names'}"


_NEAR = 0.7


def _short(text: str) -> str:
    return text if len(text) <= _SHOWN else f"{text[: _SHOWN - 1]}…"


def _order(pair: Pair) -> tuple[float, int, str]:
    """Those that look alike most go first; of these, those for which more speaks."""
    speaks = sum(1 if reason.speaks == "for" else -1 for reason in pair.reasons)
    return -pair.score, -speaks, str(pair.records[0].key)


def size(value: Any) -> int:
    """How much a record says: how many single values it has."""
    if isinstance(value, dict | list):
        return sum(map(size, value.values() if isinstance(value, dict) else value))
    return value is not None and value != ""


def _texts(value: Any, ways: Iterable[tuple[str, tuple[str, ...]]]) -> Iterator[tuple[str, str]]:
    """What a record is called, with the paths; each text once."""
    seen: set[str] = set()
    for path, way in ways:
        for _, one in written(value, way):
            text = str(one).strip() if isinstance(one, str | int) and not isinstance(one, bool) else ""
            if text and text not in seen:
                seen.add(text)
                yield path, text
