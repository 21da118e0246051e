# SPDX-License-Identifier: Apache-2.0
"""Files of a book that are no collection's, edited by position as those of one are: the descriptor, a citation."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from sourcebook.book import Book
from sourcebook.edit.text import Change, Order, edited


def edited_beside(book: Book, path: str, data: bytes, changes: Sequence[Change], order: Order | None = None) -> bytes:
    """The bytes of a YAML or JSON file at ``path``, which are ``data``, after ``changes``.

    Raises CannotEdit where something cannot be changed where it stands, or the file cannot be read.
    """
    alone = replace(book.collections[0], layout="file", at=(), select=None, leave=None, body="")
    return edited(alone, path, data, changes, book.limits, order=order)
