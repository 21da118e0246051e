# SPDX-License-Identifier: Apache-2.0
"""Two sides held against each other: which files differ, what became of their records, what that means."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

from sourcebook.book import Folder as FolderPath
from sourcebook.book import build_folder
from sourcebook.diff.asked import Asked
from sourcebook.diff.by_files import ByFiles
from sourcebook.diff.model import Compared
from sourcebook.diff.sides import Files

if TYPE_CHECKING:
    from sourcebook.diff.releases import Release


def diff(folder: FolderPath, old: str | None = None, new: str | None = None, *, public: bool = False) -> Compared:
    """What makes ``new`` of ``old``, two states of the book in ``folder``; nothing is written.

    A state is named by a revision of git (``v1.0``, ``main``, ``HEAD~3``), as ``release:ID`` or ``release:current``, or
    by the path of a release, of a Data Package, or of a book; ``old`` may be ``a..b`` or ``a...b`` by itself. Where
    ``new`` is not given it is the working tree, where ``old`` is not, the last tag, or HEAD where there is none. With
    ``public`` nothing is told that the book does not publish today, and of records that are no more their keys alone.
    Raises UsageError where there is no book, or nothing of such a name; EnvironmentFailure where git fails.
    """
    root = build_folder(Path(folder)).parent
    with ExitStack() as kept:
        asked = kept.enter_context(Asked(root))
        one, other = asked.both(old, new)
        for side in (one, other):
            if isinstance(side, Files):
                kept.callback(side.close)
        if public:
            from sourcebook.diff.public import Public  # which a curator does without

            cut = Public(root)
            for side in (one, other):
                side.shown = cut.of(side)
            return cut.told(_compared(one, other, asked.notes))
        return _compared(one, other, asked.notes)


def _compared(one: Files | Release, other: Files | Release, notes: list[str]) -> Compared:
    if isinstance(one, Files) and isinstance(other, Files):
        return ByFiles(one, other, notes).compared()
    from sourcebook.diff.by_records import compared_by_records  # which two revisions do without

    return compared_by_records(one, other, notes)
