# SPDX-License-Identifier: Apache-2.0
"""A book as a Python value: its records by key, where each stands, what refers to it, and its tables as data frames.

In comes a folder; out goes an `OpenBook`. Files are read when something in them is asked for, and never written. It
calls what the verbs call, and so stands above them.
"""

from __future__ import annotations

from sourcebook.book import Folder, load_book
from sourcebook.open.opened_book import OpenBook, OpenCollection
from sourcebook.open.record import OpenRecord
from sourcebook.open.unreadable import Unreadable


def open(folder: Folder) -> OpenBook:
    """Open the book in ``folder``, to read it: a mapping of its collections by name.

    ``book["claims"]["some-key"].value`` is what a record says. A book in which mistakes were made opens as well: they
    are in ``findings``, and what they keep from being read raises Unreadable when it is asked for. Raises UsageError
    where ``folder`` is no book.
    """
    return OpenBook(load_book(folder))


__all__ = ["OpenBook", "OpenCollection", "OpenRecord", "Unreadable", "open"]
