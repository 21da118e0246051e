# SPDX-License-Identifier: Apache-2.0
"""A file that was written beside the database, and what is told of it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class File:
    """A file of a release, by its ``path`` there, in a ``format`` of `sourcebook.book.formats.FORMATS`.

    ``of`` is the table that it holds (CSV, Parquet) or the collection (the others); empty where it holds all. ``rows``
    are rows, records or features; None where nothing is counted.
    """

    path: str
    format: str
    of: str
    bytes: int
    sha256: str
    rows: int | None = None
