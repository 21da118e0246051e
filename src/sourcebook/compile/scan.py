# SPDX-License-Identifier: Apache-2.0
"""The data files of a book as they lie there, before any is read for what it holds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from sourcebook.book import Book
from sourcebook.compile.chunk import chunked
from sourcebook.compile.store import Store
from sourcebook.compile.work import Work
from sourcebook.progress import Progress, silent
from sourcebook.records.register import Register

if TYPE_CHECKING:
    from sourcebook.machine.cluster import Cluster


@dataclass(frozen=True)
class Scan:
    """The data files of a book as they were found: ``register`` has room for what they hold, ``work`` reads them.

    ``seen`` is what there was to tell of the files themselves, before any was read.
    """

    register: Register
    work: Work
    seen: str


class Last(NamedTuple):
    """The last release: its folder, the names of what its chunks compiled to, in order, and the formats that it has."""

    folder: Path
    names: Sequence[str]
    formats: Sequence[str]


def scan(
    book: Book,
    store: Store,
    *,
    jobs: int = 0,
    progress: Progress = silent,
    cluster: Cluster | None = None,
    data: str = "",
) -> Scan:
    """Find the data files of ``book``; what they compile to is to be in ``store``.

    ``jobs`` processes may share the work on them, 0 for as many as gain; or a ``cluster`` does. ``data`` is where the
    book's data lies, if that is not in the book (`sourcebook.storage.afar`).
    """
    register = Register(book)
    seen = repr((register.findings, register.ledger.as_dict()))
    return Scan(
        register, Work(book, chunked(register.sources), store, jobs, progress, cluster=cluster, data=data), seen
    )
