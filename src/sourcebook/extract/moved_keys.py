# SPDX-License-Identifier: Apache-2.0
"""The keys that records of a book had, as the pages of the site need them."""

from __future__ import annotations

from sourcebook.book import Book
from sourcebook.extract.site import Left


def moved_keys(book: Book) -> dict[str, dict[str, Left]]:
    """What leads on from each key that was given up: to the end, so that no page follows a chain."""
    if not book.moved:
        return {}
    from sourcebook.book.moved import followed  # which most books do not need

    moved: dict[str, dict[str, Left]] = {}
    for (collection, key), end in followed(book.moved).items():
        moved.setdefault(collection, {})[key] = Left(end.on, end.to, end.gone)
    return moved
