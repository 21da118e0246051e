# SPDX-License-Identifier: Apache-2.0
"""What git tells of a book's records, as plain values: they are kept between builds as they are."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import NamedTuple

ADDED, CHANGED, REMOVED, RENAMED = "added", "changed", "removed", "renamed"
VERSIONS, CHANGES, KEYS = "_versions", "_changes", "keys.csv"


class Told(NamedTuple):
    """One change of a record, or of a property of it: a row of `CHANGES`, but for what depends on today's records.

    ``kind`` is what became of the record, ``key`` the key that it had then, ``old_key`` the one before where it was
    renamed. Of a property, ``change`` is what became of that: it was added, changed, removed, or moved in its list.
    ``old`` and ``new`` are its values as JSON, None where there is none, or none is told. ``by`` is who made the
    change, as the record itself says.
    """

    collection: str
    key: str
    kind: str
    old_key: str | None = None
    property: str | None = None
    change: str | None = None
    old: str | None = None
    new: str | None = None
    by: str | None = None


class Version(NamedTuple):
    """A commit that changed records or tables: its name and time, what it changed; the empty text of what has none.

    ``unread`` are how many files of it could not be read, and so were taken to be as before.
    """

    commit: str
    seconds: int
    changes: Sequence[Told]


class Count(NamedTuple):
    """What reading the versions came to: how many ``commits`` were looked at, and what of them could not be read.

    ``files`` are versions of files, ``descriptors`` versions of the descriptor.
    """

    commits: int = 0
    files: int = 0
    descriptors: int = 0


def time_of(version: Version) -> tuple[str | None, str | None]:
    """When a version was committed (ISO 8601, UTC), and the day; None of what is not, or in no year that there is."""
    if not version.commit:
        return None, None
    try:
        at = datetime.fromtimestamp(version.seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    except (ValueError, OverflowError, OSError):  # a year that no calendar has
        return None, None
    return at, at[:10]
