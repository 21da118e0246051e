# SPDX-License-Identifier: Apache-2.0
"""A data file that no collection claims, though one nearly does: by another ending, or in another folder."""

from __future__ import annotations

import re
from typing import NamedTuple

from sourcebook import files
from sourcebook.book import Book
from sourcebook.validation.likeness import nearest

# How the files of a format end, and how those do that were saved as something else, or as a copy.
_FORMATS = ((".yaml", ".yml"), (".json",), (".md", ".markdown"), (".jsonl", ".ndjson"))
_ENDING = re.compile(
    r"(?:\.(?:yaml|yml|json|md|markdown|jsonl|ndjson))?(?:\.(?:txt|bak|orig|yaml|yml|json|md|markdown|jsonl|ndjson))$",
    re.IGNORECASE,
)


class Meant(NamedTuple):
    """The collection that lacks a file, if that is what is wrong and not its pattern; and what is to be done."""

    collection: str
    words: str


class Astray:
    """Tells of files that no collection of a book claims which one they were probably meant for."""

    def __init__(self, book: Book) -> None:
        self._root = book.root
        patterns = [(one.name, pattern) for one in book.collections for pattern in one.records]
        self._patterns = [(name, pattern, files.matcher([pattern]), _endings(pattern)) for name, pattern in patterns]

    def meant(self, path: str) -> Meant | None:
        """What was probably meant with the file ``path``; None where that cannot be told."""
        folder, _, name = path.rpartition("/")
        bare = _ENDING.sub("", name)
        for collection, pattern, claims, endings in self._patterns:
            for ending in endings:
                if claims.fullmatch(f"{folder}/{bare}{ending}"):
                    words = f"rename it to {bare}{ending}, as the pattern {pattern} of {collection} asks"
                    return Meant(collection, f"{words}, or widen that")
        homes: dict[str, str] = {}
        for collection, pattern, claims, _ in self._patterns:
            home = files.base(pattern)
            if home and home != folder and claims.fullmatch(f"{home}/{name}"):
                homes.setdefault(home, collection)
        gone = nearest(folder, [home for home in homes if not files.is_folder(self._root, home)])
        if gone:  # the pattern is the mistake, and not the place of its files
            return Meant("", f"mend the pattern of {homes[gone]}: there is no folder {gone}")
        home = next((one for one in homes if folder.startswith(f"{one}/")), "") or nearest(folder, homes)
        return Meant(homes[home], f"move it to {home}/, where {homes[home]} are read from") if home else None


def _endings(pattern: str) -> tuple[str, ...]:
    """The ending that a pattern asks for; none where it is not that of a format."""
    return tuple(ending for endings in _FORMATS for ending in endings if pattern.endswith(ending))
