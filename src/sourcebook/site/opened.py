# SPDX-License-Identifier: Apache-2.0
"""A release opened for its pages: what it says of itself, and connections that read it."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Mapping
from contextlib import suppress
from functools import cached_property
from pathlib import Path
from typing import Any

from sourcebook.exact import loads
from sourcebook.export.site import SITE, Collection, Site, site_of
from sourcebook.publish.release import REPORT, SUMS
from sourcebook.sqlite import MOST_OF_ROW

_MOST_BYTES = MOST_OF_ROW + 100_000


INDEX = "site.sqlite"


class Opened:
    """One release. A resource: close it when no page is being made any more."""

    def __init__(self, folder: Path) -> None:
        """``folder`` is that of the release. Raises OSError or ValueError where it has no ``site.json`` to read."""
        self.folder = folder
        self.release = folder.name
        self.site: Site = site_of(loads((folder / SITE).read_bytes()))
        self.addressed: Mapping[str, Collection] = {one.address: one for one in self.site.collections}
        self.kept: dict[tuple[str, ...], Any] = {}  # what pages made of the release once, to use it again
        self._own = threading.local()
        self._all: list[sqlite3.Connection] = []

    @property
    def connection(self) -> sqlite3.Connection:
        """A connection of the calling thread, which cannot write: the index of the site is attached as ``site``."""
        found: sqlite3.Connection | None = getattr(self._own, "connection", None)
        if found is None:
            found = self._own.connection = _connected(self.folder / self.site.database, self.folder / INDEX)
            self._all.append(found)
        return found

    @cached_property
    def source(self) -> dict[str, Any]:
        """What the report of the build says of where its records come from: commit, its date, whether changed since."""
        with suppress(OSError, ValueError, AttributeError):
            source = loads((self.folder / REPORT).read_bytes()).get("source")
            return source if isinstance(source, dict) else {}
        return {}

    @cached_property
    def files(self) -> tuple[tuple[str, str], ...]:
        """The files that the release's checksums list: each as path and SHA-256."""
        lines = (self.folder / SUMS).read_text("utf-8").splitlines()
        return tuple((name, digest) for digest, _, name in (line.partition("  ") for line in lines))

    @cached_property
    def released(self) -> str:
        """The day of the release as the descriptor says it, or else of the commit; empty where neither is known."""
        about = self.site.about_book
        return str(about.get("released") or about.get("created") or self.source.get("committed") or "")[:10]

    def close(self) -> None:
        """Close all connections. May be called again."""
        self.kept.clear()
        while self._all:
            self._all.pop().close()


def _connected(database: Path, index: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(_immutable(database), uri=True, check_same_thread=False, cached_statements=512)
    connection.execute("PRAGMA query_only = ON")
    connection.execute("PRAGMA temp_store = MEMORY")
    if index.is_file():
        connection.execute("ATTACH ? AS site", (_immutable(index),))
    connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, _MOST_BYTES)
    return connection


def _immutable(path: Path) -> str:
    return f"{path.resolve().as_uri()}?mode=ro&immutable=1"
