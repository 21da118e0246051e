# SPDX-License-Identifier: Apache-2.0
"""What making a book came to."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from sourcebook.check.result import Checked

_LAYOUTS = {
    "file": "one a file",
    "list": "listed",
    "map": "in a map",
    "documents": "one a document",
    "front-matter": "pages with front matter",
}
_KEYS = {
    "{stem}": "the file's name",
    "{parent}": "the folder's name",
    "{path}": "the file's path",
    None: "the key in the map",
}


@dataclass(frozen=True)
class AdoptedCollection:
    """A collection that was found: how many records, in which files, and what the descriptor says of them."""

    name: str
    records: int
    files: tuple[str, ...]
    layout: str
    key: str | None  # None where a map's keys are the keys
    schema: str
    inferred: bool
    references: Mapping[str, str | list[str]]

    def __str__(self) -> str:
        """Several lines, for people."""
        count = f"{self.records:,} record{'s' if self.records != 1 else ''}"
        lines = [
            f"{self.name}: {count}, {_LAYOUTS[self.layout]}: {', '.join(self.files)}",
            f"key: {_KEYS.get(self.key, self.key)}",
            f"schema: {self.schema}{', inferred' if self.inferred else ', found'}",
        ]
        for path, target in self.references.items():
            lines.append(f"link: {path} to {target if isinstance(target, str) else ' or '.join(target)}")
        return "\n    ".join(lines)


@dataclass(frozen=True)
class Initialised:
    """A new book: its folder, the files that were written, what was decided and what was not, and its check.

    ``undecided`` tells, a sentence each, what a person should look at: files left out and why, links that nearly are,
    keys that are not unique; what costs readers most first. ``proposed`` is the descriptor that would be written, where
    nothing was. What ``is_new`` is a book that was none before; ``fill_in`` is what a written file still lacks.
    """

    folder: Path
    written: tuple[str, ...]
    collections: tuple[AdoptedCollection, ...]
    undecided: tuple[str, ...]
    checked: Checked
    proposed: str = ""
    is_new: bool = True
    fill_in: str = ""

    def lines(self, most: int = 0) -> Iterator[str]:
        """All of it but the findings, for people; of what is undecided the first ``most`` (0: all)."""
        for collection in self.collections:
            yield from str(collection).splitlines()
        if self.undecided:
            yield "to be looked at:"
            shown = self.undecided[: most or None]
            yield from (f"    {sentence}" for sentence in shown)
            if len(self.undecided) > len(shown):
                yield f"    and {len(self.undecided) - len(shown):,} more; --all tells them"
        if self.proposed:
            yield "nothing is written. The descriptor would be:"
            yield from self.proposed.splitlines()
            return
        yield f"written: {', '.join(self.written)}" if self.written else "nothing is written"
        if self.fill_in:
            yield f"to be filled in: {self.fill_in}"
        if self.checked.ok and self.is_new:
            book = shlex.quote(str(_from_here(self.folder)))
            yield f"next: sourcebook build --book {book}, then sourcebook serve --book {book}"


def _from_here(folder: Path) -> Path:
    """A folder as one names it in the working directory, where it lies below."""
    here = Path.cwd()
    return folder.relative_to(here) if folder.is_relative_to(here) else folder
