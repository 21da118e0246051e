# SPDX-License-Identifier: Apache-2.0
"""Two sides held against each other: which files differ, what became of their records, what that means."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path

from sourcebook.book import Folder as FolderPath
from sourcebook.book import build_folder
from sourcebook.diff.asked import Asked
from sourcebook.diff.by_files import ByFiles
from sourcebook.diff.model import Compared
from sourcebook.diff.sides import Files


def diff(folder: FolderPath, old: str | None = None, new: str | None = None) -> Compared:
    """What makes ``new`` of ``old``, two states of the book in ``folder``; nothing is written.

    A state is named by a revision of git (``v1.0``, ``main``, ``HEAD~3``), as ``release:ID`` or ``release:current``, or
    by the path of a release, of a Data Package, or of a book; ``old`` may be ``a..b`` or ``a...b`` by itself. Where
    ``new`` is not given it is the working tree, where ``old`` is not, the last tag, or HEAD where there is none.
    Raises UsageError where there is no book, or nothing of such a name; EnvironmentFailure where git fails.
    """
    root = build_folder(Path(folder)).parent
    with ExitStack() as kept:
        asked = kept.enter_context(Asked(root))
        one, other = asked.both(old, new)
        for side in (one, other):
            if isinstance(side, Files):
                kept.callback(side.close)
        if isinstance(one, Files) and isinstance(other, Files):
            return ByFiles(one, other, asked.notes).compared()
        from sourcebook.diff.by_records import compared_by_records  # which two revisions do without

        return compared_by_records(one, other, asked.notes)
