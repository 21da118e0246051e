# SPDX-License-Identifier: Apache-2.0
"""How a single value is written in its file, where that says more than the value does: ``012``, ``True``."""

from __future__ import annotations

import re
from functools import cache

from sourcebook import files
from sourcebook.book import Book
from sourcebook.exact import dumps
from sourcebook.parse import Path, core, is_json
from sourcebook.records.model import Record
from sourcebook.records.places import Positioner

_PLAIN = re.compile(r"[^\s,\]}#]+")


class AsWritten:
    """Tells how values of a book's records are written."""

    def __init__(self, book: Book, positioner: Positioner) -> None:
        self._book = book
        self._positioner = positioner
        self._lines = cache(self._read)

    def __call__(self, record: Record, path: Path, value: object) -> str:
        """The text of the value at ``path``: of a text the text itself, of a number or a truth value as written."""
        if isinstance(value, str):
            return value
        for lossy in record.lossy:
            if lossy.path == path:
                return lossy.text
        text = dumps(value)
        if not isinstance(value, bool) or is_json(record.path):
            return text
        place = self._positioner.place(record, path)
        lines = self._lines(record.path)
        line = lines[place.line - 1] if place.line <= len(lines) else ""
        found = _PLAIN.match(line, place.column - 1)
        return found[0] if found and core.CONSTANTS.get(found[0]) is value else text

    def _read(self, path: str) -> list[str]:
        data, _ = files.read_bytes(self._book.root, path, self._book.limits.bytes)
        return re.split("\r\n|\r|\n", data.decode("utf-8-sig", "replace"))
