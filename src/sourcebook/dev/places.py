# SPDX-License-Identifier: Apache-2.0
"""Where the values on the page of a record are written: each gets an address that opens it in the editor."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from html import escape
from pathlib import Path
from threading import Lock
from urllib.parse import unquote

from sourcebook import files
from sourcebook.book import Book, load_book, steps
from sourcebook.dev.editors import address
from sourcebook.errors import SourcebookError
from sourcebook.extract.site import Collection, Field
from sourcebook.parse import Path as Way
from sourcebook.records.in_file import held
from sourcebook.records.model import Record, Source
from sourcebook.records.places import Positioner
from sourcebook.site.published import Published
from sourcebook.sqlite import RECORDS
from sourcebook.tables.cells import reaches

_LARGEST = 2_000_000  # bytes of a file that is read for the page of one of its records


class Places:
    """Places of values in the book in ``root``, as addresses for an ``editor``."""

    def __init__(self, root: Path, editor: str) -> None:
        self._root, self._editor = root, editor
        self._books: dict[Path, Book] = {}
        self._lock = Lock()

    def marked(self, opened: Published, path: str, text: str) -> str:
        """The page at ``path``, with a link after each value's title; as it is, where it is of no record."""
        if not self._editor:
            return text
        segments = [unquote(one) for one in path.strip("/").split("/")]
        collection = opened.addressed.get(segments[0])
        if collection is None or len(segments) < 2:
            return text
        try:
            record = self._record(opened, collection, "/".join(segments[1:]))
        except (OSError, SourcebookError, ValueError, KeyError):
            return text
        return self._with_links(opened, collection, record, text) if record else text

    def _record(self, opened: Published, collection: Collection, key: str) -> Record | None:
        sql = f"SELECT path FROM {RECORDS} WHERE collection = ? AND key = ?"
        row = opened.connection.execute(sql, (collection.name, key)).fetchone()
        book = self._book(opened.folder)
        if row is None or (self._root / row[0]).stat().st_size > _LARGEST:
            return None
        data, odd = files.read_bytes(self._root, row[0], book.limits.bytes)
        of = book.by_name[collection.name]
        if odd:
            return None
        found = held(Source(of, row[0], (of.at,)), data, book.limits, None)
        return next((one for one in found.records if str(one.key) == key), None)

    def _book(self, folder: Path) -> Book:
        """The book by which a private database was made."""
        with self._lock:
            if folder not in self._books:
                self._books = {folder: load_book(self._root)}
            return self._books[folder]

    def _with_links(self, opened: Published, collection: Collection, record: Record, text: str) -> str:
        positioner = Positioner(self._book(opened.folder))
        at = text.find('<dl class="fields">')
        made, begin = [], 0
        for one in _flat(collection.fields):
            way: Way = steps(one.path.removesuffix("[]"))
            if not way or not reaches(record.value, way):
                continue
            found = re.compile(f'<dt(?: title="[^"]*")?>{re.escape(escape(one.title, quote=False))}').search(
                text, max(at, begin)
            )
            if found is None:
                continue
            place = positioner.place(record, way)
            made += [text[begin : found.end()], self._link(record.path, place.line, place.column, one.title)]
            begin = at = found.end()
        text = "".join([*made, text[begin:]])
        where = re.search(r"<dt>Curated in</dt><dd><code>[^<]*</code>, line \d+", text)
        if where:
            link = self._link(record.path, record.line, 1, "this record")
            text = text[: where.end()] + link + text[where.end() :]
        return text

    def _link(self, path: str, line: int, column: int, what: str) -> str:
        href = escape(address(self._editor, self._root / path, line, column))
        said = escape(f"Open {what} in the editor: {path}, line {line}")
        return f' <a class="dev-edit" href="{href}" title="{said}" aria-label="{said}">✎</a>'


def _flat(fields: Iterable[Field]) -> Iterator[Field]:
    """Fields in the order of the page, with those in groups."""
    for one in fields:
        yield one
        if one.kind == "group":
            yield from _flat(one.fields)
