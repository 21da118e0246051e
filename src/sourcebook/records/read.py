# SPDX-License-Identifier: Apache-2.0
"""A book's files to records, one file after the other: where records themselves are wanted, or no plan is there yet.

To publish, files are compiled in chunks instead (``compile``), by the same two parts: `in_file` says what a file
holds, `register` which keys are taken. Here they are read where there is no plan to compile by: to infer a schema
(``check.planning``, ``schema``), and where the descriptor or a schema is too wrong (``check.around``); and where
records themselves are wanted: to find the row that is asked for (``where``), to be broken (``mutate``), and to hold a
release against, by a second pair of eyes (``verify``).
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby, islice

from sourcebook import files
from sourcebook.book import Book
from sourcebook.finding import Finding, Ledger
from sourcebook.parse import Parsed, is_lines, parse_many
from sourcebook.records.in_file import held
from sourcebook.records.model import Held, Record, Source
from sourcebook.records.register import Register


@dataclass(frozen=True)
class Reading:
    """What a book's data files hold. ``incomplete`` names collections some of whose records are not here.

    ``files`` is the same, by collection and path, before records whose keys are taken were left out.
    """

    records: tuple[Record, ...]
    findings: tuple[Finding, ...]
    incomplete: frozenset[str]
    ledger: Ledger = field(default_factory=Ledger)
    files: Mapping[tuple[str, str], Held] = field(default_factory=dict)


def read(book: Book, only: Container[str] | None = None) -> Reading:
    """Read every data file of ``book``, or of some of its collections: records, and what is wrong with files and keys.

    Everything is held in memory; `stream` is for what can do without. Raises OSError where the disk fails.
    """
    register = Register(book)
    held: dict[tuple[str, str], Held] = {}
    records: list[Record] = []
    for some in _together(source for source in register.sources if only is None or source.collection.name in only):
        for source, found in zip(some, _read_files(book, some), strict=True):
            held[source.collection.name, source.path] = found
            records += register.kept(source, found)
    register.finish(only)
    unread = frozenset(register.partial)
    return Reading(tuple(records), tuple(register.findings), unread, register.ledger, held)


_MOST = 256  # files that are read together: small ones cost less so


def _together(sources: Iterable[Source]) -> Iterator[Sequence[Source]]:
    """The files of each collection in turn, some at a time."""
    for _, of_one in groupby(sources, lambda source: source.collection.name):
        while some := list(islice(of_one, _MOST)):
            yield some


def _read_files(book: Book, sources: Sequence[Source]) -> Iterator[Held]:
    """What files of one collection hold, in order."""
    collection, limits = sources[0].collection, book.limits
    contents = files.read_many(book.root, [source.path for source in sources], limits.bytes)
    parsed: Sequence[Parsed | None] = [None] * len(sources)
    if collection.layout == "file" and not collection.at and not any(is_lines(source.path) for source in sources):
        parsed = parse_many([(source.path, data) for source, (data, _) in zip(sources, contents, strict=True)], limits)
    for source, (data, finding), one in zip(sources, contents, parsed, strict=True):
        yield Held([finding]) if finding else held(source, data, limits, one)


def stream(book: Book) -> Iterator[Record]:
    """The records of a book in order, each file read as it is come to; what is wrong is passed over."""
    register = Register(book)
    for source in register.sources:
        yield from register.kept(source, read_file(book, source))


def read_file(book: Book, source: Source) -> Held:
    """What the file of ``source`` holds. Raises OSError where the disk fails."""
    data, finding = files.read_bytes(book.root, source.path, book.limits.bytes)
    return Held([finding]) if finding else held(source, data, book.limits)
