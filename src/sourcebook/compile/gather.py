# SPDX-License-Identifier: Apache-2.0
"""The files of a book, compiled chunk by chunk, put together: what only all records tell, and where their rows wait.

Nothing that a record holds stays in memory: its rows and its text are on disk, and read again where they are wanted.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, MutableMapping, Sequence
from dataclasses import dataclass, field
from itertools import chain, islice, zip_longest
from typing import Any

from sourcebook.compile.convert import Job, field_of
from sourcebook.compile.convert import jobs as batch_jobs
from sourcebook.compile.scan import Scan
from sourcebook.compile.schedule import batches, leave_out
from sourcebook.compile.work import Work
from sourcebook.exact import loads
from sourcebook.finding import Finding, Ledger
from sourcebook.parse import Lossy
from sourcebook.records.model import Entries, Entry, Held, Record, Source, Stand, Summary
from sourcebook.tables.links import Index, Kind, Reference
from sourcebook.tables.whole_book import Plans


@dataclass(frozen=True)
class Gathered:
    """A book's records, without what they hold.

    ``entries`` are they, by collection; ``findings``, ``incomplete``, ``keyless``, ``partial`` and ``ledger`` are as in
    a `Register`. ``index`` knows what references mean, and ``written`` how often each value stands where; those in
    ``suspects`` are not counted: the records, by collection and key as text, that rules must look at. ``spelled`` are
    the columns, by table, in which letters have another spelling: of texts that are searched. ``counts`` are how many
    records each chunk has, and how many rows of each table. ``left_open`` are how many characters of a collection stand
    in each of its columns of what the schema says nothing of (`Plan.left_open`), and in all its records last.
    ``withheld`` are the records of which nothing is public, by collection; ``embargoed`` how many values are kept back
    until which day.
    """

    entries: Mapping[str, Entries]
    findings: list[Finding]
    incomplete: frozenset[str]
    keyless: frozenset[str]
    partial: frozenset[str]
    ledger: Ledger
    plans: Plans
    index: Index
    written: Mapping[Reference | Kind, Mapping[Any, int]]
    suspects: Mapping[str, Mapping[str, tuple[Lossy, ...]]]
    spelled: Mapping[str, frozenset[str]]
    counts: Mapping[int, Sequence[int]]
    left_open: Mapping[str, Sequence[int]]
    work: Work
    withheld: Mapping[str, Sequence[Record]] = field(default_factory=dict)
    embargoed: Mapping[str, int] = field(default_factory=dict)

    @property
    def count(self) -> int:
        """How many records there are."""
        return sum(map(len, self.entries.values()))

    def placed(self) -> Iterator[tuple[int, list[Stand]]]:
        """The number of each chunk, and where its records stand."""
        for name, entries in self.entries.items():
            stands = iter(entries.stands.values())
            for number in self.work.numbers(name):
                yield number, list(islice(stands, self.counts[number][0]))

    def documents(self, collection: str) -> Iterator[tuple[Stand, str]]:
        """Where each record of a collection stands, and what it holds as JSON text."""
        texts = chain.from_iterable(map(self.work.texts, self.work.numbers(collection)))
        return zip(self.entries[collection].stands.values(), texts, strict=True)


Each = Callable[[int, Sequence[Stand]], None]


def gather(
    plans: Plans, read: MutableMapping[tuple[str, str], Held], found: Scan, each: Each | None = None
) -> Gathered:
    """Read and compile every file that was ``found``.

    ``read`` are files, by collection and path, that need no reading any more; they are taken out of it. ``each`` is
    told of each chunk, by its number, when it is compiled, and where its records stand. Raises OSError where the disk
    fails.
    """
    register, work = found.register, found.work
    index = Index(plans)
    jobs = batch_jobs(work.book, plans, index)
    targets = {name: plan.judged.targets for name, plan in plans.items() if plan.judged}
    written: dict[Reference | Kind, Counter[Any]] = {}
    suspects: dict[str, dict[str, tuple[Lossy, ...]]] = {name: {} for name in plans}
    counts: dict[int, Sequence[int]] = {}
    left_open: dict[str, list[int]] = {name: [] for name in plans}
    withheld: dict[str, list[Record]] = {}
    embargoed: Counter[str] = Counter()
    spelled: dict[str, set[str]] = {table.name: set() for plan in plans.values() for table in plan.tables}
    for number, batch in enumerate(batches(work, plans, jobs, read)):
        chunk = work.chunks[number]
        name = chunk[0].collection.name
        for file, summary in batch.told.items():
            register.tell(chunk[file], _told(work, jobs[name], chunk[file], summary))
        embargoed.update(batch.embargoed)
        if batch.hidden:
            from sourcebook.compile.withheld import hidden_in  # which most books do not need

            hidden = list(hidden_in(work.book, [chunk[file] for file in dict.fromkeys(batch.hidden)]))
            register.withhold(name, hidden)
            fields = [[field_of(one.value, path) for one in hidden] for path in jobs[name].fields]
            index.withhold(name, [one.key for one in hidden], fields)
            withheld.setdefault(name, []).extend(hidden)
        stands = batch.placed(chunk)
        # What is left out may be meant all the same: its key is that of another, its names may be its own.
        index.add(name, [stand[0] for stand in stands], batch.fields)
        left_out = register.add(name, stands)
        if left_out:
            batch = leave_out(work, jobs[name], number, left_out)
            stands = batch.placed(chunk)
        counts[number] = batch.counts
        if each:
            each(number, stands)
        if batch.invalid:
            jobs[name].prepare()
        keys = [stand[0] for stand in stands]
        suspects[name].update((str(keys[record]), lossy) for record, lossy in batch.suspects.items())
        for reference, times in zip(jobs[name].references, batch.written, strict=True):
            written.setdefault(reference, Counter()).update(times)
        for numbers, times in batch.judged.items():
            kind = Kind(name, tuple(targets[name][number] for number in numbers))
            written.setdefault(kind, Counter()).update(times)
        left_open[name] = [sum(pair) for pair in zip_longest(left_open[name], batch.left_open, fillvalue=0)]
        for table, column in batch.spelled:
            spelled[plans[name].tables[table].name].add(column)
    register.finish()
    return Gathered(
        register.entries,
        register.findings,
        frozenset(register.incomplete),
        frozenset(register.keyless),
        frozenset(register.partial),
        register.ledger,
        plans,
        index,
        written,
        suspects,
        {name: frozenset(columns) for name, columns in spelled.items()},
        counts,
        left_open,
        work,
        withheld,
        embargoed,
    )


def _told(work: Work, job: Job, source: Source, summary: Summary) -> Summary:
    if not job.public:
        return summary
    from sourcebook.compile.withheld import told_again  # as above

    return told_again(work.book, source, summary)


def record(entry: Entry, text: str, lossy: tuple[Lossy, ...] = ()) -> Record:
    """A record as it was read."""
    return entry.holding(loads(text), lossy)
