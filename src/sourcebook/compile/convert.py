# SPDX-License-Identifier: Apache-2.0
"""A chunk to a batch: files of a collection read, judged by its schema and taken apart, without a look at others.

``compiled`` is a pure function of the bytes of files, so that any executor can map it. Whether something is wrong with
a record is only marked here; the rules say what, and where.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from time import perf_counter
from typing import TYPE_CHECKING, Any

from sourcebook.book import HIDDEN, SPECIAL, Book, look_up, steps
from sourcebook.compile.batch import Batch, StandInChunk, told_of
from sourcebook.compile.chunk import Contents
from sourcebook.compile.cost import SLOW, Watched
from sourcebook.exact import dumps, loads
from sourcebook.parse import Limits, Lossy, Parsed, is_lines, parse_many
from sourcebook.records.in_file import held
from sourcebook.records.keys import file_key
from sourcebook.records.model import Entry, Held, Source, Summary
from sourcebook.records.read import Reading
from sourcebook.tables import Plan, flatten
from sourcebook.tables.attribution import lacking, needed
from sourcebook.tables.links import Index, Reference, references, written
from sourcebook.tables.model import Demand, asks_for_number
from sourcebook.tables.reference_paths import Steps
from sourcebook.tables.rowcode import TakeApart, Unfit, flat_rows, row_code
from sourcebook.tables.search import folds
from sourcebook.tables.whole_book import Plans, plan_one
from sourcebook.validation.schemas import InstanceValidator

if TYPE_CHECKING:
    from sourcebook.book.visibility import Cut

LONG = 500_000
"""Characters of a record as JSON: of a shorter one no row can be too large to be published."""


@dataclass(frozen=True)
class Job:
    """What is needed to compile the files of one collection."""

    limits: Limits
    plan: Plan
    validator: InstanceValidator | None
    fields: tuple[tuple[str, ...], ...]
    references: Sequence[Reference]
    take_apart: TakeApart
    left_open: Sequence[tuple[int, int]]  # columns of what the schema says nothing of
    needed: Mapping[str, Steps]  # what no statement lacks, where records are statements
    selects: bool  # whether other collections may take documents of the same files
    public: Callable[[Any], Cut | None] | None = None  # the public form of a record, where not all of each is public
    whole: Plan | None = None  # then that of whole records

    def prepare(self) -> None:
        """Get ready to explain why records do not fit, which takes a moment, while other processes read on."""
        if self.validator:
            self.validator.prepare()


def jobs(book: Book, plans: Plans, index: Index) -> Mapping[str, Job]:
    """The job of each collection."""
    masked = book.visibility.masks
    return {
        collection.name: Job(
            book.limits,
            plans[collection.name],
            book.validator(collection),
            tuple(steps(field) for field in index.fields(collection.name)),
            references(plans[collection.name]),
            row_code(plans[collection.name]),
            plans[collection.name].left_open,
            needed(collection),
            collection.selects,
            partial(book.visibility.cut, collection.name) if collection.name in masked else None,
            plan_one(book, collection, Reading((), (), frozenset()))
            if collection.name in masked and collection.schema
            else None,
        )
        for collection in book.collections
    }


def compiled(job: Job, chunk: Sequence[Source], contents: Contents, watched: Watched | None = None) -> Batch:
    """What the contents of files of one collection compile to. Pure: nothing but its arguments is looked at."""
    made = _Made(job, chunk, watched)
    for number, (source, (data, odd), parsed) in enumerate(
        zip(chunk, contents, _parsed(job, chunk, contents), strict=True)
    ):
        if odd:
            made.batch.told[number] = Summary([odd])
        elif parsed is None or not made.whole_file(number, source, parsed):
            made.file(number, held(source, data, job.limits, parsed))
    return made.finished()


def compile_held(job: Job, chunk: Sequence[Source], files: Sequence[Held], watched: Watched) -> Batch:
    """The same for files whose records are read already."""
    made = _Made(job, chunk, watched)
    for number, file in enumerate(files):
        made.file(number, file)
    return made.finished()


def without(job: Job, batch: Batch, left_out: Iterable[int]) -> Batch:
    """A batch without some of its records, given by number."""
    made = _Made(job)
    made.batch.told, made.batch.hidden, made.batch.embargoed = batch.told, batch.hidden, batch.embargoed
    gone = set(left_out)
    for number, (stand, text) in enumerate(zip(batch.stands, batch.texts, strict=True)):
        if number not in gone:
            made.add(stand, loads(text), batch.suspects.get(number, ()), suspected=number in batch.suspects)
    return made.finished()


def _parsed(job: Job, chunk: Sequence[Source], contents: Contents) -> Iterable[Parsed | None]:
    """The documents of files that are each one record; None of others, which are read by their layout."""
    collection = chunk[0].collection
    if collection.layout != "file" or collection.at or any(is_lines(source.path) for source in chunk):
        return [None] * len(chunk)
    return parse_many([(source.path, data) for source, (data, _) in zip(chunk, contents, strict=True)], job.limits)


class _Made:
    """A batch while it is made."""

    def __init__(self, job: Job, chunk: Sequence[Source] = (), watched: Watched | None = None) -> None:
        self.job = job
        self._chunk = chunk
        self._watched = watched
        self._number = 0
        self._told_last = False
        self.batch = Batch(
            fields=[[] for _ in job.fields],
            rows=[[] for _ in job.plan.tables],
        )
        self._numbers = {
            target: number for number, target in enumerate(job.plan.judged.targets if job.plan.judged else ())
        }
        self._uncounted: list[list[Any]] = [[] for _ in job.references]

    def whole_file(self, number: int, source: Source, parsed: Parsed) -> bool:
        """Add the record that a file is, if it is plainly one; whether it was."""
        if parsed.findings or len(parsed.documents) != 1:
            return False
        document, collection = parsed.documents[0], source.collection
        value = document.value
        if type(value) is not dict or document.lossy:
            return False
        key = file_key(collection, source.path) if collection.key is None else value.get(collection.key)
        if type(key) is not str or not key:  # an integer, a key that lies deeper, or a mistake
            return False
        self.record((key, number, (), document.line, 0), value, ())
        return True

    def file(self, number: int, file: Held) -> None:
        """Add what a file holds."""
        if file.findings or self.job.selects:
            told = Summary(list(file.findings), file.documents, sorted(file.taken))
            self.batch.told[number] = told_of(told) if self.job.public else told
        for one in file.records:
            self.record((one.key, number, one.at, one.line, one.document), one.value, one.lossy)

    def record(self, stand: StandInChunk, value: Any, lossy: tuple[Lossy, ...]) -> None:
        """Add a record, unless it takes too much."""
        watched = self._watched
        if watched is None:
            self.add(stand, value, lossy)
            return
        self._number += 1
        what = watched.over.get(self._number)
        if what or watched.left_out(self._number):
            if what or not self._told_last:
                key, number, at, line, document = stand
                entry = Entry(self._chunk[number].collection.name, key, self._chunk[number].path, at, line, document)
                told = self.batch.told.get(number, Summary())
                findings = [*told.findings, watched.tell(entry, what)]
                self.batch.told[number] = Summary(findings, told.documents, told.taken)
                self._told_last = not what
            return
        begun = perf_counter()
        watched.at(self._number)
        self.add(stand, value, lossy)
        watched.at(0)
        if (seconds := perf_counter() - begun) > SLOW:
            watched.slow(seconds)

    def add(self, stand: StandInChunk, value: Any, lossy: tuple[Lossy, ...], *, suspected: bool | None = None) -> None:
        """Add a record whatever it takes: its public form, where it is told already whether it is ``suspected``."""
        job, batch = self.job, self.batch
        rows = batch.rows
        ends = [len(values) for values in rows]
        if job.public and suspected is not None:
            suspect = suspected  # what the whole record was found to be
        else:
            suspect = job.validator is not None and not job.validator.is_valid(value)
        batch.invalid |= suspect
        if job.public and suspected is None:
            if lossy and not suspect:
                suspect = not all(asks_for_number(job.whole or job.plan, one.path) for one in lossy)
            lossy = ()  # which hold what is written
            if cut := job.public(value):
                for day, count in cut.embargoed.items():
                    batch.embargoed[day] = batch.embargoed.get(day, 0) + count
                suspect = suspect or bool(cut.undated)
                value = cut.value
            if value is HIDDEN:
                batch.hidden.append(stand[1])
                return
        try:
            job.take_apart(stand[0], value, rows)
        except Unfit:
            flat = flat_rows(job.plan, flatten(job.plan, stand[0], value)[0])
            for values, end, own in zip(rows, ends, flat, strict=True):
                values[end:] = own
            suspect = True
        demands = job.plan.judged.written(value) if job.plan.judged else ()
        suspect = suspect or any(one.targets and type(one.value) not in (str, int) for one in demands)
        if lossy and not suspect:
            suspect = not all(asks_for_number(job.plan, one.path) for one in lossy)
        text = dumps(value)
        suspect = suspect or len(text) > LONG or (bool(job.needed) and bool(lacking(value, job.needed)))
        if demands and not suspect:
            self._count(demands)
        if suspect:
            batch.suspects[len(batch.stands)] = lossy
            for values, one in zip(self._uncounted, job.references, strict=True):
                values += self._column(rows[one.table][ends[one.table] :], one)
        batch.stands.append(stand)
        batch.texts.append(text)
        for column, path in zip(batch.fields, job.fields, strict=True):
            column.append(field_of(value, path))

    def _count(self, demands: Iterable[Demand]) -> None:
        for one in demands:
            numbers = tuple(map(self._numbers.__getitem__, one.targets))
            counts = self.batch.judged.setdefault(numbers, {})
            value = one.value if numbers else None
            counts[value] = counts.get(value, 0) + 1

    def _column(self, values: list[Any], reference: Reference) -> list[Any]:
        return values[reference.column :: len(self.job.plan.tables[reference.table].columns)]

    def finished(self) -> Batch:
        """The batch, with what is told of all its records at once."""
        batch = self.batch
        tables = zip(batch.rows, self.job.plan.tables, strict=True)
        batch.counts = [len(batch.stands), *(len(values) // len(table.columns) for values, table in tables)]
        for reference, uncounted in zip(self.job.references, self._uncounted, strict=True):
            counts = Counter(self._column(batch.rows[reference.table], reference))
            counts.subtract(uncounted)
            batch.written.append({value: n for value, n in counts.items() if n and value is not None})
        for number, table in enumerate(self.job.plan.tables):
            names = [column.name for column in table.columns]
            for name in table.searchable:
                if folds(batch.rows[number][names.index(name) :: len(names)]):
                    batch.spelled.append((number, name))
        if self.job.left_open:
            widths = [len(table.columns) for table in self.job.plan.tables]
            columns = (batch.rows[number][index :: widths[number]] for number, index in self.job.left_open)
            batch.left_open = [sum(map(len, filter(None, column))) for column in columns]
            batch.left_open.append(sum(map(len, batch.texts)))
        return batch


def field_of(value: Any, field: tuple[str, ...]) -> str | int | list[str | int] | None:
    """What a record may be referred to by, a list where that may be several; None where it has nothing of the kind."""
    if any(step in SPECIAL for step in field):
        return [one for _, one in written(value, field) if type(one) in (str, int)] or None
    try:
        found = look_up(value, field)
    except KeyError:
        return None
    return found if type(found) in (str, int) else None
