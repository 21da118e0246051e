# SPDX-License-Identifier: Apache-2.0
"""A change set, as frozen values: which documents of each collection came, changed and went, and which files differ."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sourcebook.errors import SourcebookError

FORMAT = "sourcebook change set 1"
"""What the form calls itself: another number where it is not read as before."""

Run = tuple[int, int]
"""So many lines, or documents, of the old file: the place of the first, counted from 0, and how many."""


class Refused(SourcebookError):
    """A set that is not applied: it is damaged, or of another package, or would write what no package holds."""


@dataclass(frozen=True, slots=True)
class State:
    """One of the two packages: its version and day as it says them, and the SHA-256 of its ``datapackage.json``."""

    version: str
    released: str
    sha256: str

    def __str__(self) -> str:
        """``1.0 (1a2b3c4d5e)``."""
        return f"{self.version or 'without a version'} ({self.sha256[:10]})"


@dataclass(frozen=True, slots=True)
class Added:
    """A record that is new: its key, its place in the new file, and its document, as the text that stands there."""

    key: str
    at: int
    document: str


@dataclass(frozen=True, slots=True)
class Changed:
    """A record with another document, or another key too: its place in the old file, and the hash of what stood there.

    ``old_key`` is the key that it had; ``why`` says how a renaming is known, and is empty of one that kept its key.
    """

    key: str
    at: int
    was: str
    document: str
    old_key: str
    why: str = ""

    @property
    def renamed(self) -> bool:
        """Whether it has another key than before."""
        return self.key != self.old_key


@dataclass(frozen=True, slots=True)
class Removed:
    """A record that is no more: its key, its place in the old file, and the SHA-256 of what stood there."""

    key: str
    at: int
    was: str


@dataclass(frozen=True, slots=True)
class Documents:
    """What becomes of the documents of a collection: the file ``path`` of now, which was ``old_path`` (None if new).

    ``keyed`` says that the file is an object by key, and else an array. ``order`` are the places of those documents
    that are kept, as runs, where they do not stand in the order of before.
    """

    path: str
    old_path: str | None
    keyed: bool
    bytes: int
    sha256: str
    was: str | None
    added: tuple[Added, ...] = ()
    changed: tuple[Changed, ...] = ()
    removed: tuple[Removed, ...] = ()
    order: tuple[Run, ...] | None = None


@dataclass(frozen=True, slots=True)
class FilePart:
    """A text file: the runs of lines of the old file (``old_path``, None if it is new), and texts between them.

    ``parts`` is None where it is as it was.
    """

    bytes: int
    sha256: str
    old_path: str | None
    was: str | None
    parts: tuple[Run | str, ...] | None


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """A file that a set does not make (the database, archives): it is to be had elsewhere, unless it is as it was."""

    bytes: int
    sha256: str


@dataclass(frozen=True)
class ChangeSet:
    """What makes the package ``new`` of the package ``old`` of a book.

    ``removed`` are collections that are no more, each with the keys of its records; ``tables`` the changes of tables as
    `sourcebook diff` tells them; ``documents`` by collection, ``files`` and ``elsewhere`` by path are all that the new
    package has.
    """

    name: str
    old: State
    new: State
    documents: Mapping[str, Documents] = field(default_factory=dict)
    removed: Mapping[str, Sequence[str]] = field(default_factory=dict)
    files: Mapping[str, FilePart] = field(default_factory=dict)
    elsewhere: Mapping[str, Elsewhere] = field(default_factory=dict)
    tables: Sequence[Mapping[str, Any]] = ()

    @property
    def differs(self) -> bool:
        """Whether the packages are not the same."""
        return self.old.sha256 != self.new.sha256

    @property
    def breaking(self) -> bool:
        """Whether a change of tables breaks who reads them by what was there before."""
        return any(one["breaks"] for one in self.tables)

    @property
    def counts(self) -> dict[str, int]:
        """How many records were ``added``, ``changed``, ``removed``, ``renamed``."""
        changed = [one for some in self.documents.values() for one in some.changed]
        return {
            "added": sum(len(one.added) for one in self.documents.values()),
            "changed": sum(not one.renamed for one in changed),
            "removed": sum(len(one.removed) for one in self.documents.values()) + sum(map(len, self.removed.values())),
            "renamed": sum(one.renamed for one in changed),
        }

    def as_dict(self) -> dict[str, Any]:
        """The same as plain data, by ``changeset.schema.json``."""
        from sourcebook.changeset.form import as_dict

        return as_dict(self)

    def text(self) -> str:
        """The same as JSON text, a line for each record and file, which `read` reads."""
        from sourcebook.changeset.form import text

        return text(self)
