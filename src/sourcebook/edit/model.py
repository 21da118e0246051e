# SPDX-License-Identifier: Apache-2.0
"""What an editing verb gives back: which files are to change, and into what. Nothing is written by making one."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from sourcebook.edit.differences import FileChange, diff
from sourcebook.errors import SourcebookError, UsageError


class Refused(UsageError):
    """What was asked for cannot be done, and the message says why: nothing was written."""


class CannotEdit(Refused):
    """A value cannot be changed where it stands: ``path`` and ``line`` say where that is, ``why`` says the reason."""

    def __init__(self, path: str, line: int, why: str) -> None:
        super().__init__(f"{path}:{line}: {why}")
        self.path = path
        self.line = line
        self.why = why


class Changed(SourcebookError):
    """A file is not what it was when the change was worked out: nothing was written."""


@dataclass(frozen=True)
class Proposal:
    """A change of a book, worked out and not made.

    ``what`` says it in one line, ``changes`` are the files that it differs in (none: nothing is to be done), and
    ``told`` is what a curator is to know besides: what was left as it is, and why.
    """

    root: Path
    what: str
    changes: tuple[FileChange, ...]
    told: tuple[str, ...] = ()
    seen: frozenset[str] = frozenset()  # fingerprints of findings that are there already, behind what cannot be read
    hidden: bool = False  # whether what is taken out is to stand in no log: it is shown to who sits at a terminal alone

    def diff(self) -> str:
        """The differences of all files as git writes them (unified); the empty text where there are none."""
        return diff(self.changes)


__all__ = ["CannotEdit", "Changed", "FileChange", "Proposal", "Refused"]
