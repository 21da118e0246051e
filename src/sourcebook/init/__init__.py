# SPDX-License-Identifier: Apache-2.0
"""The verb ``init``: a new book, or a book of a folder that holds data already.

In comes a folder; out go a descriptor, schemas, and what could not be decided. It changes no file of a folder that it
adopts, and of a book none but what is made for editors. It knows nothing of builds: what it proposes is checked as any
book is.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from sourcebook.book import DESCRIPTOR, Folder
from sourcebook.check.check import check
from sourcebook.errors import UsageError
from sourcebook.init.adopt import adopt as adopt_folder
from sourcebook.init.new import create
from sourcebook.init.result import AdoptedCollection, Initialised
from sourcebook.init.write_files import Writer
from sourcebook.progress import Progress, silent


def init(
    folder: Folder,
    *,
    adopt: bool = False,
    editors: bool = False,
    dry_run: bool = False,
    progress: Progress = silent,
) -> Initialised:
    """Make ``folder`` a book and check it.

    Without ``adopt`` a new book is written, with an example. With ``adopt`` the data that lies in the folder is looked
    at, and a descriptor, schemas and ``build/`` are added beside it; no found file is changed, and in a ``dry_run``
    nothing written. With ``editors`` the folder is a book already, and what editors need to know of it is written anew.
    Raises UsageError where the folder is a book already, holds something and is not to be adopted, or holds nothing to
    adopt, or where a dry run is asked for without ``adopt``; OSError where the disk fails.
    """
    root = Path(folder).resolve()
    if dry_run and not adopt:
        raise UsageError("a dry run shows what adopting would write: say --adopt too")
    if editors:
        return _with_editors(root)
    if (root / DESCRIPTOR).exists():
        raise UsageError(f"{folder} is a book already: it has a {DESCRIPTOR}")
    if root.exists() and not root.is_dir():
        raise UsageError(f"{folder} is not a folder")
    if adopt:
        if not root.is_dir():
            raise UsageError(f"there is no folder {folder} to adopt")
        return _told_of_the_book_around(adopt_folder(root, progress, dry_run=dry_run))
    if root.is_dir() and any(path.name != ".git" for path in root.iterdir()):
        raise UsageError(f"{folder} is not empty; to make a book of the data in it, say --adopt")
    return create(root, progress)


def _told_of_the_book_around(made: Initialised) -> Initialised:
    """What was made of a folder, with a note where the folder lies in a book already."""
    around = next((folder for folder in made.folder.parents if (folder / DESCRIPTOR).is_file()), None)
    if around is None:
        return made
    note = f"the folder lies in another book, {around}: see that no pattern of that claims what is here"
    return replace(made, undecided=(*made.undecided, note))


def _with_editors(root: Path) -> Initialised:
    checked = check(root)
    writer = Writer(root)
    if checked.book.collections:
        writer.editors(checked.book)
    else:
        writer.notes.append(f"nothing is written until {DESCRIPTOR} is mended")
    return Initialised(root, tuple(writer.written), (), tuple(writer.notes), checked)


__all__ = ["AdoptedCollection", "Initialised", "init"]
