# SPDX-License-Identifier: Apache-2.0
"""Changed files to changed records: each file is read again, and held against what the database has of it."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sourcebook import files
from sourcebook.book import Book
from sourcebook.compile.batch import Batch
from sourcebook.compile.convert import Job, compiled, without
from sourcebook.finding import Finding
from sourcebook.parse import Lossy
from sourcebook.records.model import Source


@dataclass(frozen=True)
class FileRead:
    """A file as it is now: what it compiled to, and what is wrong with it as a whole."""

    source: Source
    batch: Batch
    findings: Sequence[Finding]
    is_there: bool = True


def read_file(book: Book, jobs: Mapping[str, Job], sources: Sequence[Source]) -> list[FileRead]:
    """A file as each of the collections that claim it reads it; empty, where it is not there."""
    path = sources[0].path
    if not os.path.lexists(book.root / path):
        return [FileRead(source, Batch(), (), is_there=False) for source in sources]
    try:
        contents = files.read_many(book.root, [path], book.limits.bytes)
    except FileNotFoundError:  # it went a moment ago
        return [FileRead(source, Batch(), (), is_there=False) for source in sources]
    found, left, documents = [], None, 0
    for source in sources:
        batch = compiled(jobs[source.collection.name], [source], contents)
        told = batch.told.get(0)
        found.append(FileRead(source, batch, told.findings if told else ()))
        if told and source.collection.selects:
            documents = told.documents
            left = (set(range(documents)) if left is None else left) - set(told.taken)
    if left:  # a document that no collection takes
        message = "no collection selects this document, so its record would not be published"
        found[0] = FileRead(
            found[0].source, found[0].batch, [*found[0].findings, Finding(path, 1, 1, "layout", message)]
        )
    return found


def alone(job: Job, stand: Sequence[Any], text: str, lossy: tuple[Lossy, ...] | None) -> Batch:
    """What one record compiles to by itself, given its JSON; ``lossy`` as its suspicion has it, or None."""
    key, _, at, line, document = stand
    whole = Batch(stands=[(key, 0, at, line, document)], texts=[text], suspects={} if lossy is None else {0: lossy})
    return without(job, whole, ())


def in_order(old: Sequence[str], new: Sequence[str]) -> bool:
    """Whether what is in both comes in the same order."""
    there, here = set(old), set(new)
    return [one for one in old if one in here] == [one for one in new if one in there]
