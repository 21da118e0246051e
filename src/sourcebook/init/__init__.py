# SPDX-License-Identifier: Apache-2.0
"""The verb ``init``: a new book, or a book of a folder that holds data already.

In comes a folder; out go a descriptor, schemas, and what could not be decided. It changes no file of a folder that it
adopts, and of a book none but what is made for editors. It knows nothing of builds: what it proposes is checked as any
book is.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from sourcebook.book import DESCRIPTOR, Folder, load_book
from sourcebook.check.result import Checked
from sourcebook.errors import UsageError
from sourcebook.finding import Ledger
from sourcebook.init.adopt import adopt as adopt_folder
from sourcebook.init.install import requirement
from sourcebook.init.new import create
from sourcebook.init.pages import HOSTS
from sourcebook.init.repository import around
from sourcebook.init.result import AdoptedCollection, Initialised
from sourcebook.init.write_files import Writer
from sourcebook.progress import Progress, silent


def init(
    folder: Folder,
    *,
    adopt: bool = False,
    editors: bool = False,
    workflow: bool = False,
    hook: bool = False,
    pages: str = "",
    install_from: str | None = None,
    dry_run: bool = False,
    progress: Progress = silent,
) -> Initialised:
    """Make ``folder`` a book and check it.

    Without ``adopt`` a new book is written, with an example. With ``adopt`` the data that lies in the folder is looked
    at, and a descriptor, schemas and ``build/`` are added beside it; no found file is changed, and in a ``dry_run``
    nothing written. With ``editors``, ``workflow`` or ``hook`` the folder is a book already, and what editors need to
    know of it, the workflow that checks it on GitHub, or git's hook that checks what is staged is written anew; what a
    person changed in it stays, and that is told; so is, with ``pages`` that are ``github`` or ``gitlab``, what has that
    forge publish the book as files. What is written installs Sourcebook ``install_from``: an address, a
    path in the repository, or a requirement of pip; by default where this one was installed from, if others can.
    Raises UsageError where the folder is a book already, holds something and is not to be adopted, or holds nothing to
    adopt, or where a dry run is asked for without ``adopt``; OSError where the disk fails.
    """
    root = Path(folder).resolve()
    if dry_run and not adopt:
        raise UsageError("a dry run shows what adopting would write: say --adopt too")
    if pages and pages not in HOSTS:
        raise UsageError(f"{pages} is no forge that is known: {' or '.join(HOSTS)}")
    if editors or workflow or hook or pages:
        return _with_tools(root, editors=editors, workflow=workflow, hook=hook, pages=pages, install_from=install_from)
    requirement(install_from, around(root).root)  # before anything is written
    if (root / DESCRIPTOR).exists():
        raise UsageError(f"{folder} is a book already: it has a {DESCRIPTOR}")
    if root.exists() and not root.is_dir():
        raise UsageError(f"{folder} is not a folder")
    if adopt:
        if not root.is_dir():
            raise UsageError(f"there is no folder {folder} to adopt")
        return _told_of_the_book_around(adopt_folder(root, progress, dry_run=dry_run, install_from=install_from))
    if root.is_dir() and any(path.name != ".git" for path in root.iterdir()):
        raise UsageError(f"{folder} is not empty; to make a book of the data in it, say --adopt")
    return create(root, progress, install_from)


def _told_of_the_book_around(made: Initialised) -> Initialised:
    """What was made of a folder, with a note where the folder lies in a book already."""
    around = next((folder for folder in made.folder.parents if (folder / DESCRIPTOR).is_file()), None)
    if around is None:
        return made
    note = f"the folder lies in another book, {around}: see that no pattern of that claims what is here"
    return replace(made, undecided=(*made.undecided, note))


def _with_tools(
    root: Path, *, editors: bool, workflow: bool, hook: bool, pages: str, install_from: str | None
) -> Initialised:
    book = load_book(root)
    checked = Checked(book, book.findings, Ledger())
    writer = Writer(root)
    if editors and checked.book.collections:
        writer.editors(checked.book)
    elif editors:
        writer.notes.append(f"nothing is written for editors until {DESCRIPTOR} is mended")
    if workflow:
        writer.workflow(install_from)
    if pages:
        writer.pages(pages, install_from)
    if hook:
        writer.hook()
    notes = tuple(dict.fromkeys(writer.notes))
    return Initialised(root, tuple(writer.written), (), notes, checked, is_new=False, fill_in=writer.fill_in)


__all__ = ["AdoptedCollection", "Initialised", "init"]
