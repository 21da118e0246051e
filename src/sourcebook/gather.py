# SPDX-License-Identifier: Apache-2.0
"""The files of a book, compiled one by one, put together: what only all records tell, and where their rows wait.

Nothing that a record holds stays in memory: its rows and its text are set aside, and read again where they are wanted.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, MutableMapping
from dataclasses import dataclass, field
from typing import Any

from sourcebook.batch import Compiled, entries
from sourcebook.batch import jobs as batch_jobs
from sourcebook.book import Book
from sourcebook.chunks import Store, Work, chunked
from sourcebook.exact import loads
from sourcebook.finding import Finding, Ledger
from sourcebook.parse import Lossy
from sourcebook.progress import Progress, silent
from sourcebook.read import Gathering
from sourcebook.records import Entry, Held, Record
from sourcebook.spool import Spool
from sourcebook.sqlite import RECORDS
from sourcebook.tables.links import Index, Reference, references
from sourcebook.tables.plans import Plans

_MANY = 5_000  # values of a reference that are counted at once


@dataclass(frozen=True)
class Gathered:
    """A book's records, without what they hold.

    ``entries`` are they, by collection and by key as text; ``findings``, ``incomplete`` and ``ledger`` are as in a
    `Reading`. ``index`` knows what references mean, and ``written`` how often each value stands where; those in
    ``suspects`` are not counted: the records, by collection and key as text, that rules must look at.
    """

    entries: Mapping[str, Mapping[str, Entry]]
    findings: list[Finding]
    incomplete: frozenset[str]
    ledger: Ledger
    index: Index
    written: Mapping[Reference, Mapping[Any, int]]
    suspects: Mapping[str, Mapping[str, tuple[Lossy, ...]]]

    @property
    def count(self) -> int:
        """How many records there are."""
        return sum(map(len, self.entries.values()))


@dataclass(frozen=True)
class Scan:
    """The data files of a book as they were found: ``gathering`` has room for what they hold, ``work`` reads them.

    ``seen`` is what there was to tell of the files themselves, before any was read.
    """

    gathering: Gathering
    work: Work
    seen: str


def scan(book: Book, store: Store | None = None, *, jobs: int = 0, progress: Progress = silent) -> Scan:
    """Find the data files of ``book``. ``jobs`` processes may share the work on them, 0 for as many as gain."""
    gathering = Gathering(book)
    seen = repr((gathering.findings, gathering.ledger.as_dict()))
    return Scan(gathering, Work(book, chunked(gathering.sources), store or Store(), jobs, progress), seen)


def gather(plans: Plans, spool: Spool, read: MutableMapping[tuple[str, str], Held], found: Scan) -> Gathered:
    """Read and compile every file that was ``found``, and set rows aside in ``spool``, by the names of their tables.

    ``read`` are files, by collection and path, that need no reading any more; they are taken out of it. Raises OSError
    where the disk fails.
    """
    gathering = found.gathering
    index = Index(plans)
    rows = _Rows(plans, spool, index)
    batches = found.work.batches(batch_jobs(found.work.book, plans, index), read)
    for source, batch in zip(gathering.sources, batches, strict=True):
        here = entries(source, batch.records)
        for keep, entry, record in zip(gathering.add(source, batch, here), here, batch.records, strict=True):
            if keep:
                rows.add(entry, record)
    gathering.finish()
    rows.count()
    return Gathered(
        gathering.entries,
        gathering.findings,
        frozenset(gathering.incomplete),
        gathering.ledger,
        index,
        rows.written,
        rows.suspects,
    )


def revisited(gathered: Gathered, spool: Spool, collection: str) -> Iterator[tuple[Entry, str]]:
    """The records of a collection in order, each with what it holds as JSON text."""
    rows = ((name, text) for chunk in spool.read(RECORDS) for name, text in zip(chunk[::5], chunk[4::5], strict=True))
    texts = (text for name, text in rows if name == collection)
    return zip(gathered.entries[collection].values(), texts, strict=True)


def record(entry: Entry, text: str, lossy: tuple[Lossy, ...] = ()) -> Record:
    """A record as it was read."""
    return entry.holding(loads(text), lossy)


class _Rows:
    """Where records go as they come: rows and texts into the spool, the rest into what is known of them all."""

    def __init__(self, plans: Plans, spool: Spool, index: Index) -> None:
        self._spool = spool
        self._index = index
        self._names = {name: [table.name for table in plan.tables] for name, plan in plans.items()}
        self._columns = {
            name: [(one, len(plan.tables[one.table].columns), _Counted()) for one in references(plan)]
            for name, plan in plans.items()
        }
        self.suspects: dict[str, dict[str, tuple[Lossy, ...]]] = {name: {} for name in plans}

    def add(self, entry: Entry, compiled: Compiled) -> None:
        name, key = entry.collection, str(entry.key)
        self._index.add(name, entry.key, compiled.fields)
        self._spool.add(RECORDS, (name, key, entry.path, entry.line, compiled.text))
        for table, values in zip(self._names[name], compiled.rows, strict=True):
            if values:
                self._spool.add(table, values)
        if compiled.suspect:
            self.suspects[name][key] = compiled.lossy
            return
        for reference, width, counted in self._columns[name]:
            counted.add(compiled.rows[reference.table][reference.column :: width])

    def count(self) -> None:
        """Count what is not counted yet."""
        for columns in self._columns.values():
            for _, _, counted in columns:
                counted.finish()

    @property
    def written(self) -> Mapping[Reference, Mapping[Any, int]]:
        return {one: counted.counts for columns in self._columns.values() for one, _, counted in columns}


@dataclass
class _Counted:
    """Values and how often they came; many are counted at once."""

    counts: Counter[Any] = field(default_factory=Counter)
    waiting: list[Any] = field(default_factory=list)

    def add(self, values: list[Any]) -> None:
        self.waiting += values
        if len(self.waiting) > _MANY:
            self.finish()

    def finish(self) -> None:
        self.counts.update(self.waiting)
        self.waiting.clear()
        self.counts.pop(None, None)
