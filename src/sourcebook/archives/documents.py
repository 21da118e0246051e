# SPDX-License-Identifier: Apache-2.0
"""The documents of a book, by the role `source`: where each was published, where a copy is, when it was read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from sourcebook.book import Book, steps
from sourcebook.errors import UsageError
from sourcebook.records.model import Record
from sourcebook.records.read import read
from sourcebook.tables.reference_paths import written

ROLE = "source"


@dataclass(frozen=True, slots=True)
class Document:
    """A document: its record, which begins in ``line`` of ``file``, and what is known of where it can be read."""

    collection: str
    key: str
    file: str
    line: int
    url: str = ""
    archive: str = ""
    accessed: str = ""
    sha256: str = ""
    tells: frozenset[str] = frozenset()  # the parts of the role that its collection has


def documents_of(book: Book) -> tuple[Document, ...]:
    """The documents of a book, in order. Raises UsageError where it has no collection of such with addresses."""
    collections = {one.name: one.roles[ROLE] for one in book.collections if "url" in one.roles.get(ROLE, {})}
    if not collections:
        raise UsageError("no collection says where documents were published: give one the role `source` with its `url`")
    found = read(book, frozenset(collections)).records
    return tuple(_document(one, collections[one.collection]) for one in found if one.collection in collections)


def _document(record: Record, parts: Any) -> Document:
    said = {
        part: _text(record.value, parts[part]) for part in ("url", "archive", "accessed", "sha256") if part in parts
    }
    return Document(record.collection, str(record.key), record.path, record.line, **said, tells=frozenset(parts))


def _text(value: Any, path: str) -> str:
    return next((one.strip() for _, one in written(value, steps(path)) if isinstance(one, str)), "")


def addresses_of(documents: Iterable[Document]) -> Iterator[str]:
    """The addresses of documents and of their copies, each once."""
    yield from dict.fromkeys(url for one in documents for url in (one.url, one.archive) if url)


__all__ = ["ROLE", "Document", "addresses_of", "documents_of"]
