# SPDX-License-Identifier: Apache-2.0
"""A mutant put to the test: the copy of a book that it is made in, and the check that must find it."""

from __future__ import annotations

import multiprocessing
import os
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from pathlib import Path

from sourcebook import files
from sourcebook.book import BASELINE, DESCRIPTOR, SCHEMAS, SCRIPTS, Book, load_book
from sourcebook.check.check import check_book
from sourcebook.finding import Finding
from sourcebook.mutate.model import Mutant
from sourcebook.records.claims import data_files

_copies: list[Book] = []  # the one of the process at hand


def trials(book: Book, mutants: Iterable[Mutant], jobs: int) -> Iterator[tuple[Mutant, tuple[Finding, ...]]]:
    """Each mutant with what the check of its book finds, in their order. The book itself is left alone."""
    mutants = list(mutants)
    with tempfile.TemporaryDirectory(prefix="sourcebook-mutate-") as aside:
        paths = list(_paths(book))
        if jobs == 1:
            _prepare(book.root, paths, aside)
            yield from ((mutant, _try(mutant)) for mutant in mutants)
            return
        context = multiprocessing.get_context("spawn")
        with ProcessPoolExecutor(jobs, context, initializer=_prepare, initargs=(book.root, paths, aside)) as pool:
            yield from zip(mutants, pool.map(_try, mutants, chunksize=4), strict=True)


def _paths(book: Book) -> Iterator[str]:
    """Every file of a book that a check reads."""
    yield DESCRIPTOR
    if book.baseline.there:
        yield BASELINE
    yield from {path for path, odd in data_files(book) if not odd}
    for folder in (SCHEMAS, SCRIPTS):
        yield from (path for path, odd in files.walk(book.root, folder) if not odd)
    yield from (path for path in book.schemas.paths if not path.startswith(f"{SCHEMAS}/"))


def _prepare(root: Path, paths: Iterable[str], aside: str) -> None:
    copy = Path(aside, str(os.getpid()))
    for path in paths:
        there = copy / path
        there.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(root / path, there)
    _copies[:] = [load_book(copy)]


def _try(mutant: Mutant) -> tuple[Finding, ...]:
    (book,) = _copies  # mutants change data alone, so what the descriptor and the schemas say is read once
    with _changed(book.root, mutant):
        return check_book(book).findings


@contextmanager
def _changed(root: Path, mutant: Mutant) -> Iterator[None]:
    try:
        for path, data in mutant.after.items():
            (root / path).write_bytes(data)
        yield
    finally:
        for path in mutant.after:
            if path in mutant.before:
                (root / path).write_bytes(mutant.before[path])
            else:
                (root / path).unlink()
