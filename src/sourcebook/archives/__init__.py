# SPDX-License-Identifier: Apache-2.0
"""The verb ``links``: which documents can still be read, by what a networked job saw, and which have no archived copy.

In come a book, whose role `source` says where documents were published, and a file of what was seen at addresses; out
go what looks dead, moved or changed, what was never looked at, what has no copy. The network is never opened here.
"""

from __future__ import annotations

from pathlib import Path

from sourcebook.archives.documents import addresses_of, documents_of
from sourcebook.archives.judging import Links, judged
from sourcebook.archives.seen import SEEN, read_seen
from sourcebook.book import Folder, load_book
from sourcebook.errors import UsageError

__all__ = ["Links", "addresses", "links"]


def links(folder: Folder, seen: Path | str | None = None) -> Links:
    """How it stands with the addresses of a book's documents, by the file ``seen``, or else by that of the book.

    Raises UsageError where there is no such book or file, or no collection has documents; OSError where the disk fails.
    """
    book = load_book(folder)
    documents = documents_of(book)
    place = Path(seen) if seen is not None else book.root / SEEN
    if seen is not None and not place.is_file():
        raise UsageError(f"there is no file {place}")
    return judged(documents, read_seen(place) if place.is_file() else None)


def addresses(folder: Folder) -> tuple[str, ...]:
    """All addresses of a book's documents, and of their archived copies, each once: what a job has to look at.

    Raises what `links` raises.
    """
    return tuple(addresses_of(documents_of(load_book(folder))))
