# SPDX-License-Identifier: Apache-2.0
"""Where a twin may lie: not where the book is read, nor where what is built lies."""

from __future__ import annotations

from pathlib import Path

from sourcebook import files
from sourcebook.book import BUILD, CURATION, DATA, OWN_FOLDERS, Book
from sourcebook.errors import UsageError


def check_place(book: Book, to: Path) -> None:
    """Raise UsageError where the files of a twin at ``to`` would be read as the book's own, or lie in its build."""
    root, where = book.root.resolve(), to.resolve()
    if root.is_relative_to(where):
        raise UsageError(f"{to} holds the book itself: {_ELSEWHERE}")
    if not where.is_relative_to(root):
        return
    path = where.relative_to(root).as_posix()
    first = path.partition("/")[0]
    if first == BUILD:
        raise UsageError(f"{to} lies in {BUILD}/, which has what a build writes: {_ELSEWHERE}")
    patterns = [pattern for one in book.collections for pattern in one.records]
    read = {(files.base(one) or one).partition("/")[0] for one in (*patterns, *book.schemas.paths) if "/" in one}
    if first in {*OWN_FOLDERS, CURATION, DATA, *read}:
        raise UsageError(f"{to} lies in {first}/, which has what the book is read from: {_ELSEWHERE}")
    if files.matcher(book.ignore).fullmatch(f"{path}/index.json"):
        return
    for pattern in patterns:
        begins = pattern.partition("/")[0]
        if "/" in pattern and (begins == "**" or files.matcher([begins]).fullmatch(first)):
            raise UsageError(
                f"{to} lies where {pattern} has records: name it in `ignore` of the descriptor, or {_ELSEWHERE}"
            )


_ELSEWHERE = "freeze to another folder"
