# SPDX-License-Identifier: Apache-2.0
"""A collection as one flat CSV, and the same for spreadsheets."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Self

from sourcebook.content.flat.csv_lines import csv_lines
from sourcebook.content.flat.rows import Chunk
from sourcebook.files import Written
from sourcebook.formats.model import File

BYTE_ORDER_MARK = b"\xef\xbb\xbf"
"""By which a spreadsheet knows that a CSV is UTF-8, and which other programs take for a part of the first name."""


class FlatCsv:
    """``flat/STEM.csv``, and ``spreadsheet/STEM.csv`` with a byte order mark before the same bytes.

    RFC 4180 in UTF-8. Use it in a ``with`` statement. Raises OSError where the disk fails.
    """

    def __init__(self, folder: Path, stem: str, collection: str, header: Sequence[str]) -> None:
        self._paths = [f"{name}/{stem}.csv" for name in ("flat", "spreadsheet")]
        self._folder = folder
        self._collection = collection
        self._header = header
        self._stack = ExitStack()
        self._files: list[Written] = []
        self._rows = 0

    def __enter__(self) -> Self:
        for path in self._paths:
            (self._folder / path).parent.mkdir(exist_ok=True)
            self._files.append(self._stack.enter_context(Written(self._folder / path)))
        self._files[1].add(BYTE_ORDER_MARK)
        self._put(csv_lines([[name] for name in self._header]))
        return self

    def __exit__(self, *error: Any) -> None:
        self._stack.__exit__(*error)

    def add(self, some: Chunk) -> None:
        """Add rows."""
        self._put(csv_lines(some.columns))
        self._rows += len(some.keys)

    def _put(self, text: str) -> None:
        data = text.encode("utf-8", "replace")
        for file in self._files:
            file.add(data)

    def files(self) -> list[File]:
        """The files, once they are closed."""
        return [
            File(path, "flat", self._collection, file.bytes, file.sha256, self._rows)
            for path, file in zip(self._paths, self._files, strict=True)
        ]
