# SPDX-License-Identifier: Apache-2.0
"""One file to plain data: read, judged by its schema and taken apart, all that can be done without other records.

``compiled`` is a pure function of a file's bytes, so that any executor can map it. What it gives is small, and `pack`
makes bytes of it. Whether something is wrong with a record is only marked here; the rules say what, and where.
"""

from __future__ import annotations

import marshal
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import astuple, dataclass
from typing import Any, NamedTuple

from sourcebook.book import Book, look_up, steps
from sourcebook.exact import dumps
from sourcebook.finding import Finding
from sourcebook.parse import Limits, Lossy, Path, Place
from sourcebook.records import Entry, Held, Record, Source, Summary, held
from sourcebook.tables import Plan, flatten
from sourcebook.tables.links import Index
from sourcebook.tables.plan import asks_for_number
from sourcebook.tables.plans import Plans
from sourcebook.tables.rowcode import Flat, TakeApart, Unfit, flat_rows, row_code
from sourcebook.validation import InstanceValidator


class Compiled(NamedTuple):
    """One record, compiled by itself.

    ``key``, ``at``, ``line`` and ``document`` are those of its `Entry`; ``text`` is what it holds, as JSON; ``rows``
    the values of its rows, table by table, references as written. ``fields`` are the values that others may refer to
    it by. ``suspect`` says that a rule may find something in it; ``lossy`` then are the numbers that may be meant as
    text.
    """

    key: str | int
    at: Path
    line: int
    document: int
    text: str
    rows: Flat
    fields: tuple[Any, ...]
    suspect: bool
    lossy: tuple[Lossy, ...]


@dataclass(frozen=True)
class Batch(Summary):
    """What one file compiled to."""

    records: Sequence[Compiled] = ()


@dataclass(frozen=True)
class Job:
    """What is needed to compile the files of one collection."""

    limits: Limits
    plan: Plan
    validator: InstanceValidator | None
    fields: tuple[tuple[str, ...], ...]
    take_apart: TakeApart


def jobs(book: Book, plans: Plans, index: Index) -> Mapping[str, Job]:
    """The job of each collection."""
    return {
        collection.name: Job(
            book.limits,
            plans[collection.name],
            book.schemas.validator(collection.schema) if collection.schema else None,
            tuple(steps(field) for field in index.fields(collection.name)),
            row_code(plans[collection.name]),
        )
        for collection in book.collections
    }


def compiled(job: Job, source: Source, data: bytes) -> Batch:
    """What the bytes of a file compile to. Pure: nothing but its arguments is looked at."""
    return compile_held(job, held(source, data, job.limits))


def compile_held(job: Job, file: Held) -> Batch:
    """The same for a file whose records are read already."""
    records = [_compiled(job, record) for record in file.records]
    return Batch(list(file.findings), file.documents, sorted(file.taken), records)


def _compiled(job: Job, record: Record) -> Compiled:
    key, value = record.key, record.value
    suspect = job.validator is not None and not job.validator.is_valid(value)
    try:
        rows = job.take_apart(key, value)
    except Unfit:
        rows = flat_rows(job.plan, flatten(job.plan, key, value)[0])
        suspect = True
    lossy = record.lossy
    if lossy and not suspect:
        suspect = not all(asks_for_number(job.plan, one.path) for one in lossy)
    fields = tuple(_field(value, field) for field in job.fields)
    kept = lossy if suspect else ()
    return Compiled(key, record.at, record.line, record.document, dumps(value), rows, fields, suspect, kept)


def _field(value: Any, field: tuple[str, ...]) -> str | int | None:
    """What a record may be referred to by; None where it has nothing of the kind."""
    try:
        found = look_up(value, field)
    except KeyError:
        return None
    return found if isinstance(found, str | int) else None


def entries(source: Source, records: Iterable[Compiled]) -> list[Entry]:
    """The records of a file without what they hold."""
    name, path = source.collection.name, source.path
    return [Entry(name, one.key, path, one.at, one.line, one.document) for one in records]


# --- across processes, and into a cache -----------------------------------------------------------------------------


def pack(batch: Batch) -> bytes:
    """A batch as bytes, to be sent to another process of this machine or kept for the next build by the same Python."""
    findings = [astuple(finding) for finding in batch.findings]
    records = [(*one[:-1], [(path, text, *place) for path, text, place in one.lossy]) for one in batch.records]
    return marshal.dumps((findings, batch.documents, list(batch.taken), records))


def unpack(data: bytes) -> Batch:
    """The batch that ``pack`` made bytes of. Only for bytes of our own: they are trusted."""
    findings, documents, taken, records = marshal.loads(data)  # noqa: S302
    return Batch(
        [Finding(*finding) for finding in findings],
        documents,
        taken,
        [
            Compiled._make((*rest, tuple(Lossy(path, text, Place(*place)) for path, text, *place in lossy)))
            for *rest, lossy in records
        ],
    )
