# SPDX-License-Identifier: Apache-2.0
"""A collection as a workbook."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Self

from sourcebook.content.flat.rows import Chunk
from sourcebook.content.flat.xlsx import Workbook
from sourcebook.extract.site import Collection
from sourcebook.files import flush, sha256
from sourcebook.formats.model import File


class WorkbookFile:
    """``xlsx/STEM.xlsx``. Use it in a ``with`` statement. Raises OSError where the disk fails."""

    def __init__(self, folder: Path, stem: str, collection: Collection, header: Sequence[str], made: str) -> None:
        """``made`` is the day that the workbook is said to be made on, where one is known."""
        self._path = f"xlsx/{stem}.xlsx"
        self._folder = folder
        self._collection = collection.name
        self._rows = 0
        (folder / "xlsx").mkdir(exist_ok=True)
        self._file = (folder / self._path).open("xb")
        self._book = Workbook(self._file, collection.title, header, made)

    def __enter__(self) -> Self:
        self._book.__enter__()
        return self

    def __exit__(self, *error: Any) -> None:
        with self._file:
            self._book.__exit__(*error)
        flush(self._folder / self._path)

    def add(self, some: Chunk) -> None:
        """Add rows."""
        self._book.add(some.columns)
        self._rows += len(some.keys)

    def files(self) -> list[File]:
        """The file, once it is closed."""
        place = self._folder / self._path
        return [File(self._path, "xlsx", self._collection, place.stat().st_size, sha256(place), self._rows)]
