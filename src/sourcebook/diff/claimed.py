# SPDX-License-Identifier: Apache-2.0
"""Which collections claim a file, by its path alone: as `records.claims` has it, of files that lie nowhere."""

from __future__ import annotations

from typing import Any

from sourcebook import files
from sourcebook.book import BASELINE, DESCRIPTOR, OWN_FOLDERS, Book, Collection
from sourcebook.finding import Finding, printable
from sourcebook.records.layout import shareable


class Claims:
    """Tells of paths in a book whose records they hold."""

    def __init__(self, book: Book) -> None:
        self._ignored = files.matcher(book.ignore)
        fixed = [(c, [p for p in c.records if files.base(p)]) for c in book.collections]
        loose = [(c, [p for p in c.records if not files.base(p)]) for c in book.collections]
        self._fixed = [(c, files.matcher(patterns)) for c, patterns in fixed if patterns]
        self._loose = [(c, files.matcher(patterns)) for c, patterns in loose if patterns]
        self._known = {DESCRIPTOR, BASELINE, *book.schemas.paths}

    def of(self, path: str) -> list[Collection]:
        """The collections that claim ``path``."""
        if self._ignored.fullmatch(path):
            return []
        found = [one for one, matcher in self._fixed if matcher.fullmatch(path)]
        if self._loose and path not in self._known and not path.startswith(_NOT_AT_ROOT):
            found += [one for one, matcher in self._loose if one not in found and matcher.fullmatch(path)]
        return found


_NOT_AT_ROOT = tuple(f"{folder}/" for folder in (*OWN_FOLDERS, "node_modules"))


def oddity(path: str, owners: list[Collection]) -> Finding | None:
    """Why a claimed file is not read, by its name and its owners; None where it is."""
    try:
        path.encode("utf-8")
    except UnicodeEncodeError:
        shown = path.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
        return Finding(shown, 0, 0, "file-name", "the file's name is not UTF-8", hint="rename it")
    if printable(path) != path:
        return Finding(path, 0, 0, "file-name", "the file's name holds control characters", hint="rename it")
    if len(owners) > 1 and not shareable(owners):
        message = f"the collections {' and '.join(one.name for one in owners)} both claim this file"
        return Finding(path, 0, 0, "file-claimed-twice", message, hint=f"narrow a pattern in {DESCRIPTOR}")
    return None


def reading_of(book: Book, collection: Collection) -> tuple[Any, ...]:
    """What decides which records a file of a collection holds, given that it is one."""
    one = collection
    lies = (one.layout, one.at, repr(one.select), repr(one.leave), one.body, book.limits)
    return (*lies, one.key, one.key_template, tuple(one.key_replace.items()), files.base(one.records[0]))


def claiming_of(book: Book) -> tuple[Any, ...]:
    """What decides which files are those of each collection."""
    return (book.ignore, [(one.name, one.records) for one in book.collections], book.schemas.paths)
