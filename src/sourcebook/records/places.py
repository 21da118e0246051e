# SPDX-License-Identifier: Apache-2.0
"""Places of values in a book's files, looked up when something is to be told of one: the file is read once more."""

from __future__ import annotations

import re

from sourcebook import files
from sourcebook.book import DESCRIPTOR, KEYWORD, Book, Collection, by_descriptor
from sourcebook.finding import Finding, pointer
from sourcebook.parse import Document, Limits, Path, Place, parse
from sourcebook.records.layout import parse_file
from sourcebook.records.model import Entry

_LINE_END = re.compile(r"\r\n|\r|\n")  # of YAML; not splitlines, for which more than that ends a line
_COMMENT = re.compile(r":[ \t]+(#[^ \t#]\S*)")


class Positioner:
    """Tells places of values in a book's records."""

    def __init__(self, book: Book) -> None:
        self._book = book
        self._documents: dict[str, tuple[int, tuple[Document, ...]]] = {}  # with the depth to which places are known
        self._lines: dict[str, list[str]] = {}

    def place(self, record: Entry, path: Path = (), *, at_key: bool = False) -> Place:
        """Line and column of the value (or its key) at ``path`` within ``record``."""
        whole = (*record.at, *path)
        documents = self._read(record, len(whole))
        positions = documents[record.document].positions if record.document < len(documents) else None
        if positions is None:  # the file was changed since it was read
            return Place(record.line, 1)
        return positions.key(whole) if at_key else positions.value(whole)

    def _read(self, record: Entry, depth: int) -> tuple[Document, ...]:
        """The documents of a record's file, with places to a ``depth`` at least: outer ones are the faster to find."""
        known, documents = self._documents.get(record.path, (-1, ()))
        if depth > known:
            data, _ = files.read_bytes(self._book.root, record.path, self._book.limits.bytes)
            collection = self._book.by_name[record.collection]
            documents = parse_file(collection, data, record.path, self._book.limits, depth=depth).documents
            self._documents[record.path] = (depth, documents)
        return documents

    def comment(self, record: Entry, path: Path) -> str:
        """The first word of a comment that stands where the value at ``path``, which is null, would.

        In ``colour: #ff0000`` it is ``#ff0000``, since a comment begins there; the empty text where there is none.
        """
        if record.path not in self._lines:
            data, _ = files.read_bytes(self._book.root, record.path, self._book.limits.bytes)
            self._lines[record.path] = _LINE_END.split(data.decode("utf-8", "replace"))
        number, lines = self.place(record, path, at_key=True).line, self._lines[record.path]
        found = _COMMENT.search(lines[number - 1]) if number <= len(lines) else None
        return found[1] if found else ""

    def finding(
        self, record: Entry, path: Path, rule: str, message: str, hint: str = "", *, at_key: bool = False
    ) -> Finding:
        """An error about the value (or its key) at ``path`` within ``record``."""
        place = self.place(record, path, at_key=at_key)
        where, subject = pointer((*record.at, *path)), f"{record.collection}/{record.key}#{pointer(path)}"
        return Finding(record.path, *place, rule, message, hint=hint, pointer=where, subject=subject)


def descriptor_place(book: Book, path: Path) -> Place:
    """Line and column of a value in the book's descriptor."""
    data, _ = files.read_bytes(book.root, DESCRIPTOR, Limits().bytes)
    documents = parse(data, DESCRIPTOR, positions=True).documents
    positions = documents[0].positions if documents else None
    return positions.value(path) if positions else Place(1, 1)


def said_finding(book: Book, collection: Collection, path: Path, message: str, hint: str) -> Finding:
    """An error about what is said at ``path`` of how a collection is curated: in the descriptor, or in its schema."""
    if collection.schema is None or by_descriptor(book.block(collection), path):
        whole = (*collection.where, "sourcebook", *path)
        place = descriptor_place(book, whole)
        return Finding(DESCRIPTOR, *place, "descriptor", message, hint=hint, pointer=pointer(whole))
    return schema_finding(book, collection.schema, (KEYWORD, *path), message, hint)


def schema_finding(
    book: Book, path: str, where: Path, message: str, hint: str, *, rule: str = "schema-invalid", at_key: bool = False
) -> Finding:
    """An error about what stands at a place of a schema, or about its name there."""
    data, _ = files.read_bytes(book.root, path, book.limits.bytes)
    documents = parse(data, path, book.limits, positions=True).documents
    positions = documents[0].positions if documents else None
    place = (positions.key(where) if at_key and where else positions.value(where)) if positions else Place(1, 1)
    return Finding(path, *place, rule, message, hint=hint, pointer=pointer(where))
