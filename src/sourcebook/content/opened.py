# SPDX-License-Identifier: Apache-2.0
"""A release opened, or one that is being made: what ``site.json`` says of it, and connections that read it."""

from __future__ import annotations

import sqlite3
import threading
from pathlib import Path
from typing import Any

from sourcebook.content.addresses import Addresses
from sourcebook.exact import loads
from sourcebook.extract import SITE_INDEX
from sourcebook.extract.site import SITE, Site, site_of
from sourcebook.sqlite import MOST_OF_ROW, bounded, disk_failures

# What pages ask is ours; what they ask for is a reader's.
LIMITS = {
    sqlite3.SQLITE_LIMIT_LENGTH: MOST_OF_ROW + 100_000,
    sqlite3.SQLITE_LIMIT_LIKE_PATTERN_LENGTH: 1000,
    sqlite3.SQLITE_LIMIT_ATTACHED: 1,
}


class Opened:
    """A release, or one that is being made. A resource: close it when nothing is read from it any more."""

    def __init__(self, folder: Path, site: Site | None = None) -> None:
        """``folder`` is where it lies; ``site`` what its ``site.json`` says, where that is not to be believed.

        Raises OSError or ValueError where it has none to read.
        """
        self.folder = folder
        self.release = folder.name
        self.site: Site = site or site_of(loads((folder / SITE).read_bytes()))
        self.kept: dict[tuple[str, ...], Any] = {}  # what was made of it once, to use it again
        self._own = threading.local()
        self._all: list[sqlite3.Connection] = []

    @property
    def connection(self) -> sqlite3.Connection:
        """A connection of the calling thread, which cannot write: the index of the site is attached as ``site``.

        Raises OSError where the disk does not let it be opened.
        """
        found: sqlite3.Connection | None = getattr(self._own, "connection", None)
        if found is None:
            found = self._own.connection = _connected(self.folder / self.site.database, self.folder / SITE_INDEX)
            self._all.append(found)
        return found

    def named(self, at: Addresses) -> dict[str, str]:
        """What data say of the release that they are of; nothing where one place says it of all, as in files."""
        return {"release": self.release} if at.tells_release else {}

    def close(self) -> None:
        """Close all connections. May be called again."""
        self.kept.clear()
        while self._all:
            self._all.pop().close()


def _connected(database: Path, index: Path) -> sqlite3.Connection:
    with disk_failures(database):
        connection = sqlite3.connect(_immutable(database), uri=True, check_same_thread=False, cached_statements=512)
        connection.execute("PRAGMA query_only = ON")
        connection.execute("PRAGMA temp_store = MEMORY")
    if index.is_file():
        with disk_failures(index):
            connection.execute("ATTACH ? AS site", (_immutable(index),))
    bounded(connection, LIMITS)
    return connection


def _immutable(path: Path) -> str:
    return f"{path.resolve().as_uri()}?mode=ro&immutable=1"
