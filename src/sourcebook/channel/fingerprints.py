# SPDX-License-Identifier: Apache-2.0
"""A fingerprint of all that was taken down of a book: by it a target knows whether a publisher has heard of it."""

from __future__ import annotations

from collections.abc import Iterator

from sourcebook.book.model import TAKEN_DOWN, Book
from sourcebook.channel.form import digest
from sourcebook.exact import dumps

_MERGED = 100  # entries of the log of what was taken down among which others may have come by a merge


def taken_down(book: Book) -> str:
    """A fingerprint of all that was taken down of a book; empty where nothing was. It tells nothing of what it was."""
    return _fingerprint(_marks(book))


def taken_down_before(book: Book) -> Iterator[str]:
    """The fingerprints that a book whose log has all of ours had before some entries came, one after the other.

    Entries are added at the end; who merged two logs has those of one between others.
    """
    marks = _marks(book)
    yield _fingerprint(marks)
    for start in range(len(marks) - 1, -1, -1):
        yield _fingerprint(marks[:start])
        if start >= len(marks) - _MERGED:
            yield from (_fingerprint(marks[:start] + marks[end:]) for end in range(start + 1, len(marks)))


def _marks(book: Book) -> list[str]:
    """What was taken down, in the order of the log."""
    return [
        dumps([one.collection, one.key, one.property, sorted(one.hashes), one.on])
        for one in book.withdrawn
        if one.how == TAKEN_DOWN
    ]


def _fingerprint(marks: list[str]) -> str:
    return digest("\n".join(sorted(marks)).encode("utf-8", "surrogatepass")) if marks else ""
