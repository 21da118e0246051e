# SPDX-License-Identifier: Apache-2.0
"""A kept version made anew without what was taken down: from its commit, with the records taken out as they were today.

Where that cannot be done, the version is emptied: its notice says so, and its keys stay known.
"""

from __future__ import annotations

import csv
import io
import tempfile
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from sourcebook import files
from sourcebook.book import Book, Withdrawn
from sourcebook.changeset import between
from sourcebook.changeset.form import text as as_text
from sourcebook.edit.carry_out import write
from sourcebook.edit.past import names_of, repository_of
from sourcebook.errors import EnvironmentFailure, SourcebookError
from sourcebook.history.keys import adding
from sourcebook.progress import Progress
from sourcebook.publish import versions
from sourcebook.publish.build import build
from sourcebook.publish.versions import Version
from sourcebook.rekey.taking_out import taken_out
from sourcebook.release.aside import put_aside
from sourcebook.withdraw.known import TakenDown

KEYS = "keys.csv"
ASIDE = ".taking-down-"


def without(book: Book, one: Version, taken: TakenDown, reason: str, progress: Progress) -> str:
    """Have a kept version be without what was taken down; how that was done, in words.

    Raises OSError where the disk fails.
    """
    day = datetime.now().astimezone().date().isoformat()
    progress(f"making {one.version} anew without what was taken down")
    try:
        with tempfile.TemporaryDirectory(prefix=ASIDE, dir=book.build) as aside:
            made = _made(book, one, taken, Path(aside))
            versions.replace(book.build, one.version, made, day=day, reason=reason)
        return "made anew without it"
    except EnvironmentFailure:
        raise  # a full disk is no reason to lose a version: who sweeps again goes on here
    except (SourcebookError, ValueError) as error:
        versions.empty(book.build, one.version, reason, day=day)
        return f"emptied: it could not be made anew without it ({str(error).splitlines()[0]})"


def _made(book: Book, one: Version, taken: TakenDown, aside: Path) -> Path:
    """The folder of a release of what a version was made from, without what was taken down."""
    git = repository_of(book.root)
    if git is None or not one.commit or not git.commit(one.commit):
        raise SourcebookError("the commit that it was built from is not here")
    tree = put_aside(book, git, one.commit, aside / "commit", one.version)
    entries = taken.entries
    names = {(entry.collection, entry.key): names_of(book, entry.collection, entry.key) for entry in entries}
    write(taken_out(tree, entries, names, taken.places))
    built = build(tree, clean=True)
    if built.release is None:
        first = next((found for found in built.checked.findings if found.level == "error"), None)
        raise SourcebookError(f"the book of then has errors without it: {first}")
    made = built.release
    copy = aside / "release"
    for path in files.all_files(made):
        (copy / path).parent.mkdir(parents=True, exist_ok=True)
        files.take_over(made / path, copy / path)
    _with_keys(one.folder, copy, entries)
    return copy


def _with_keys(old: Path, new: Path, entries: Sequence[Withdrawn]) -> None:
    """Have all keys known that the version knew; of what was taken down, that it was."""
    if files.kind(old / KEYS) != "file":
        return
    taken = {(one.collection, one.key): one for one in entries if not one.property}
    with (old / KEYS).open(encoding="utf-8", newline="") as file:  # ends of lines as they are: keys may have such
        rows = list(csv.reader(file))
    made = io.StringIO()
    add = adding(made)
    names = rows[0] if rows else []
    for number, row in enumerate(rows):
        known = dict(zip(names, row, strict=False))
        entry = taken.get((known.get("collection", ""), known.get("key", "")))
        if number and entry is not None:
            known |= {"until": entry.on, "how": entry.how}
            row = [known.get(name, "") for name in names]
        add(row)
    files.remove(new / KEYS)
    (new / KEYS).write_text(made.getvalue(), encoding="utf-8", newline="")


def change_sets(book: Book, changed: Sequence[str], reason: str) -> list[str]:
    """Have the change sets of versions made anew that were ``changed``, or follow one; the versions that got another.

    A version that was emptied has none, and neither has the one after it.
    """
    day = datetime.now().astimezone().date().isoformat()
    kept = {one.version: one for one in versions.kept(book.build)}
    done = []
    for one in kept.values():
        before = kept.get(one.after)
        if one.withdrawn or not one.after or (one.version not in changed and one.after not in changed):
            continue
        with tempfile.TemporaryDirectory(prefix=ASIDE, dir=book.build) as aside:
            copy = Path(aside, "release")
            for path in files.all_files(one.folder):
                if path not in (versions.CHANGES, versions.ABOUT):
                    (copy / path).parent.mkdir(parents=True, exist_ok=True)
                    files.take_over(one.folder / path, copy / path)
            if before is not None and not before.withdrawn:
                (copy / versions.CHANGES).write_text(as_text(between(before.folder, copy)), encoding="utf-8")
            versions.replace(book.build, one.version, copy, day=day, reason=reason)
        done.append(one.version)
    return done
