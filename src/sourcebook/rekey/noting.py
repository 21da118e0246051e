# SPDX-License-Identifier: Apache-2.0
"""Changes of which is noted what records would hold after them, and how their files would be called."""

from __future__ import annotations

import copy
from typing import Any

from sourcebook.edit.edits import Edits
from sourcebook.edit.model import Refused
from sourcebook.edit.records import key_as
from sourcebook.edit.source import Source
from sourcebook.exact import same
from sourcebook.parse import Path
from sourcebook.records.model import Record


class Noting(Edits):
    """As `Edits`; it tells what a record would hold, and by which key it would be known."""

    def __init__(self, source: Source) -> None:
        super().__init__(source)
        self._puts: dict[int, list[tuple[Path, Any]]] = {}
        self._places: dict[tuple[str, int, Path], Any] = {}
        self._paths: dict[str, str] = {}

    def put(self, record: Record, path: Path, value: Any, before: str | None = None) -> None:
        """As of `Edits`."""
        self._puts.setdefault(id(record), []).append((path, value))
        place = (record.path, record.document, (*record.at, *path))
        if place not in self._places or not same(self._places[place], value):  # records may lie in others
            self._places[place] = value
            super().put(record, path, value, before)

    def move(self, path: str, to: str) -> None:
        """As of `Edits`; refused where the disk takes both names for one file."""
        here, there = self.source.book.root / path, self.source.book.root / to
        if there.exists() and here.exists() and there.samefile(here):
            raise Refused(f"{path} and {to} are one file to this disk: rename it by way of another key")
        self._paths[path] = to
        super().move(path, to)

    def path(self, record: Record) -> str:
        """The path of a record's file."""
        return self._paths.get(record.path, record.path)

    def puts(self, record: Record, path: Path) -> bool:
        """Whether the value at a path of a record is set already."""
        return any(one == path for one, _ in self._puts.get(id(record), ()))

    def value(self, record: Record) -> Any:
        """What a record would hold."""
        value = copy.deepcopy(record.value)
        for path, new in self._puts.get(id(record), ()):
            here = value
            for step in path[:-1]:
                here = here[step]
            here[path[-1]] = new
        return value

    def key_by_properties(self, record: Record) -> str | int | None:
        """The key that properties of a record would make, these alone or with its place; None where they make none."""
        collection = self.source.book.by_name[record.collection]
        name = str(record.at[-1]) if collection.layout == "map" and record.at else None
        return key_as(collection, record.path, self.value(record), name)
