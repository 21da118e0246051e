# SPDX-License-Identifier: Apache-2.0
"""What a worker of a cluster does: a chunk compiled, from what comes with the task or is shared by all tasks.

Nothing of the worker's own disk is read, and nothing stays there, so that a task may be done twice or elsewhere; data
that lies in a storage is read from there. As on one machine, a chunk is compiled by a child that may be ended; what
takes too long there is not judged again here, but left to who asked, who sees the whole book.
"""

from __future__ import annotations

import mmap
import pickle
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from threading import Lock
from typing import Any, NamedTuple

from sourcebook import apart, files
from sourcebook.book import DATA, Baseline, Book, Way
from sourcebook.compile.batch import pack
from sourcebook.compile.chunk import Contents
from sourcebook.compile.convert import Job, compiled, jobs
from sourcebook.compile.cost import ALLOWED, Watched
from sourcebook.compile.store import Store
from sourcebook.errors import EnvironmentFailure
from sourcebook.finding import Finding
from sourcebook.machine import toolkit
from sourcebook.records.model import Entry, Source
from sourcebook.storage.afar import Afar, afar
from sourcebook.tables.links import Index
from sourcebook.tables.whole_book import Plans


class Asked(NamedTuple):
    """A chunk that a worker is to compile: its files, each with what stands ``beside`` in it, and their contents.

    ``toolkit`` is who asks (`toolkit.facts`); ``book`` names what is shared. Where the book's data lies at ``data``,
    the worker reads the contents itself.
    """

    toolkit: tuple[str, ...]
    book: str
    collection: str
    files: Sequence[tuple[str, tuple[Way, ...]]]
    contents: Contents
    data: str = ""


class Answer(NamedTuple):
    """What came of it: the parts that `pack` made, and the milliseconds that slow records took.

    ``key`` is that of the contents. There are no parts where a record took too long, or the worker is ``unlike`` who
    asks, in words.
    """

    parts: Sequence[bytes] = ()
    slow: int = 0
    key: str = ""
    unlike: str = ""


@dataclass(frozen=True)
class _Shared:
    book: Book
    jobs: Mapping[str, Job]
    keys: Store


def shared(book: Book, plans: Plans, dependence: bytes) -> bytes:
    """What all tasks of a book share: what it says of its files, the plans of its tables, and what keys depend on.

    Raises EnvironmentFailure where that cannot be handed over.
    """
    baseline = Baseline(tuple(one for one in book.baseline.known if one.of), there=book.baseline.there)
    less: dict[str, Any] = dict.fromkeys(("checks", "views", "queries", "different", "moved", "withdrawn"), ())
    visibility = replace(book.visibility, graph=None)  # which planning alone asks
    own = replace(
        book, visibility=visibility, root=Path(), panels={}, findings=(), sources=None, baseline=baseline, **less
    )
    try:
        return pickle.dumps((own, plans, dependence), pickle.HIGHEST_PROTOCOL)
    except (pickle.PicklingError, AttributeError, TypeError, RecursionError) as error:
        raise EnvironmentFailure(
            f"this book's schemas cannot be handed to other machines; build it without a cluster ({error})"
        ) from error


def answered(asked: Asked, data: bytes) -> Answer:
    """What a chunk compiles to; ``data`` is what is `shared`. Pure."""
    if words := toolkit.unlike(toolkit.facts(), asked.toolkit):
        return Answer(unlike=words)
    with _ONE_AT_A_TIME:
        there = _unpacked(asked.book, data)
    chunk = [Source(there.book.by_name[asked.collection], *file) for file in asked.files]
    job, contents = there.jobs[asked.collection], asked.contents
    if asked.data:
        paths = [path for path, _ in asked.files]
        found = dict(files.read_afar(_data(asked.data), paths, there.book.limits.bytes))
        contents = [found[path] for path in paths]
    key = there.keys.key(chunk, contents)

    def task(_number: int, at: apart.At) -> tuple[list[bytes], int]:
        spent = memoryview(mmap.mmap(-1, mmap.PAGESIZE)).cast("Q")
        watched = Watched(at, {}, given_up=False, spent=spent, tell=_leave)
        try:
            return pack(compiled(job, chunk, contents, watched)), spent[0]
        except _TooLong:
            return [], 0

    (result,) = apart.mapped(task, 1, ALLOWED)
    return Answer() if isinstance(result, apart.Over) else Answer(*result, key)


_ONE_AT_A_TIME = Lock()


@lru_cache(2)
def _unpacked(_name: str, data: bytes) -> _Shared:
    book, plans, dependence = pickle.loads(data)  # noqa: S301  (of who runs our code here)
    return _Shared(book, jobs(book, plans, Index(plans)), Store(Path(), dependence))


@lru_cache(2)
def _data(url: str) -> Afar:
    return afar(DATA, url)


class _TooLong(Exception):
    """Records of a chunk take too long together."""


def _leave(_entry: Entry, _what: apart.What | None) -> Finding:
    raise _TooLong
