# SPDX-License-Identifier: Apache-2.0
"""A file that was written beside the database, and what is told of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


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

    @property
    def told(self) -> dict[str, Any]:
        """The file as the descriptor of the Data Package tells of it."""
        of = {"of": self.of} if self.of else {}
        counted = {} if self.rows is None else {"rows": self.rows}
        return {
            "path": self.path,
            "format": self.format,
            **of,
            "bytes": self.bytes,
            "hash": f"sha256:{self.sha256}",
            **counted,
        }
