# SPDX-License-Identifier: Apache-2.0
"""Records and the files they lie in, as values."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from sourcebook.alike import seen
from sourcebook.book import Collection, Way
from sourcebook.finding import Finding
from sourcebook.parse import Lossy, Path


@dataclass(frozen=True, slots=True)
class Entry:
    """One record without what it holds: its name, and where it stands.

    ``at`` is the path of the record inside its file's document (empty where the file is the record), ``document`` the
    number of that document; ``key`` is the text or integer that names the record within its collection.
    """

    collection: str
    key: str | int
    path: str
    at: Path
    line: int
    document: int

    def holding(self, value: Any, lossy: tuple[Lossy, ...] = ()) -> Record:
        """The record with what it holds."""
        return Record(self.collection, self.key, self.path, self.at, self.line, self.document, value, lossy)


@dataclass(frozen=True, slots=True)
class Record(Entry):
    """One record: plain data, and where it stands."""

    value: Any
    lossy: tuple[Lossy, ...] = ()


Stand = tuple[str | int, str, Path, int, int]
"""A record's key, and where it stands: path, ``at``, line and document, as in its `Entry`."""


class Entries(Mapping[str, Entry]):
    """The records of a collection by key as text, in order, without what they hold."""

    def __init__(self, collection: str) -> None:
        self.collection = collection
        self.stands: dict[str, Stand] = {}
        self._beyond_ascii: list[str] = []  # the keys that others may look like

    def add(self, stands: Sequence[Stand]) -> list[int]:
        """Add records; the numbers of those that are left out, for their keys are taken."""
        known = self.stands
        keys = [str(stand[0]) for stand in stands]  # as text, so that 1 is "1"
        if not "".join(keys).isascii():
            self._beyond_ascii += [key for key in keys if not key.isascii()]
        if len(set(keys)) == len(keys) and known.keys().isdisjoint(keys):
            known.update(zip(keys, stands, strict=True))
            return []
        taken = (known.setdefault(key, stand) is not stand for key, stand in zip(keys, stands, strict=True))
        return [number for number, left_out in enumerate(taken) if left_out]

    def lookalikes(self) -> Iterator[tuple[str, str]]:
        """Each key that looks like an earlier one, with that one."""
        alike: dict[str, set[str]] = {}
        for key in self._beyond_ascii:
            look = seen(key)
            alike.setdefault(look, {look} if look in self.stands else set()).add(key)
        groups = [keys for keys in alike.values() if len(keys) > 1]
        order = {key: number for number, key in enumerate(self.stands)} if groups else {}
        for keys in groups:
            first, *others = sorted(keys, key=order.__getitem__)
            yield from ((other, first) for other in others)

    def __getitem__(self, key: str) -> Entry:
        return Entry(self.collection, *self.stands[key])

    def __iter__(self) -> Iterator[str]:
        return iter(self.stands)

    def __len__(self) -> int:
        return len(self.stands)


class Source(NamedTuple):
    """A file that a collection claims.

    ``beside`` is where records of any collection stand in it, for the first of these, which tells what none takes.
    """

    collection: Collection
    path: str
    beside: tuple[Way, ...]


@dataclass(frozen=True)
class Summary:
    """What was found of one file, but for its records: ``taken`` are those of its documents that hold some."""

    findings: Sequence[Finding] = ()
    documents: int = 0
    taken: Iterable[int] = ()

    @property
    def whole(self) -> bool:
        """Whether every record of it could be read."""
        return not any(finding.level == "error" for finding in self.findings)


@dataclass(frozen=True)
class Held(Summary):
    """A file's records, and what else was found of it."""

    records: list[Record] = field(default_factory=list)
