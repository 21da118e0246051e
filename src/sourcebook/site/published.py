# SPDX-License-Identifier: Apache-2.0
"""A release opened for its pages: what it says of itself beside what it has."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from functools import cached_property
from pathlib import Path
from typing import Any

from sourcebook.content.about_book import About, about_book
from sourcebook.content.opened import Opened
from sourcebook.content.past import is_kept
from sourcebook.exact import loads
from sourcebook.extract.site import Collection
from sourcebook.publish.release import REPORT, SUMS
from sourcebook.site.kept import KeptVersions
from sourcebook.sqlite import RECORDS


class Published(Opened):
    """One release. A resource: close it when no page is being made any more."""

    def __init__(self, folder: Path) -> None:
        """``folder`` is that of the release. Raises OSError or ValueError where it has no ``site.json`` to read."""
        super().__init__(folder)
        self.addressed: Mapping[str, Collection] = {one.address: one for one in self.site.collections}
        self.versions = KeptVersions(folder)

    def close(self) -> None:
        """Close all connections, those to other versions too. May be called again."""
        super().close()
        self.versions.close()

    def has(self, collection: str, key: str) -> bool:
        """Whether a collection has a record of that key."""
        sql = f"SELECT 1 FROM {RECORDS} WHERE collection = ? AND key = ?"
        return self.connection.execute(sql, (collection, key)).fetchone() is not None

    @property
    def has_history(self) -> bool:
        """Whether the release tells what was changed in its records."""
        return is_kept(self)

    @cached_property
    def source(self) -> dict[str, Any]:
        """What the report of the build says of where its records come from: commit, its date, whether changed since."""
        with suppress(OSError, ValueError, AttributeError):
            source = loads((self.folder / REPORT).read_bytes()).get("source")
            return source if isinstance(source, dict) else {}
        return {}

    @cached_property
    def about(self) -> About:
        """What the descriptor says of the book, in the form in which all is told of it."""
        return about_book(self.site, released=self.released)

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
