# SPDX-License-Identifier: Apache-2.0
"""What reading gives: documents with their places, within limits."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

from sourcebook.finding import Finding

Path = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Limits:
    """What one file may ask for; past a limit it is a finding, not a crash or a hang."""

    bytes: int = 64 * 1024 * 1024
    depth: int = 64
    expansion: int = 100_000  # nodes that aliases and merges may add to what is written
    digits: int = 1_000


class Place(NamedTuple):
    """A place in a file: line and column, both from 1, the column in characters."""

    line: int
    column: int


class Lossy(NamedTuple):
    """An unquoted number whose value no longer shows its text, such as ``1.10``, ``007`` or ``1e3``."""

    path: Path
    text: str
    place: Place


@dataclass(frozen=True, slots=True)
class Positions:
    """Where each key and value of one document stands. Absent unless asked for: they cost time and memory."""

    values: dict[Path, Place]
    keys: dict[Path, Place]
    redirects: dict[Path, Path]

    def value(self, path: Path) -> Place:
        """Place of the value at ``path``, or of the nearest value that holds it."""
        return self._find(self.values, path) or self.values[()]

    def key(self, path: Path) -> Place:
        """Place of the mapping key at ``path``; of the value where ``path`` does not end in a key."""
        return self._find(self.keys, path, exact=True) or self.value(path)

    def _find(self, places: dict[Path, Place], path: Path, *, exact: bool = False) -> Place | None:
        found = None
        here: Path = ()
        for depth in range(len(path) + 1):
            if depth:
                # What stands under an alias or came by a merge is looked up where it was written.
                here = (*self.redirects.get(here, here), path[depth - 1])
                here = here if here in places or here not in self.redirects else self.redirects[here]
            if here in places:
                found = (depth, places[here])
        return found[1] if found and (not exact or found[0] == len(path)) else None


@dataclass(frozen=True, slots=True)
class Document:
    """One document of a file: plain data (dict, list, str, int, float, Decimal, bool, None) and its first line."""

    value: Any
    line: int
    lossy: tuple[Lossy, ...] = ()
    positions: Positions | None = None


@dataclass(frozen=True, slots=True)
class Parsed:
    """What a file holds. Where ``findings`` has an error the documents are not to be published."""

    documents: tuple[Document, ...] = ()
    findings: tuple[Finding, ...] = ()

    @property
    def broken(self) -> bool:
        """Whether something is wrong beyond a warning."""
        return any(finding.level == "error" for finding in self.findings)
