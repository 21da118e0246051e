# SPDX-License-Identifier: Apache-2.0
"""A release, and what it is held against."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path

from sourcebook.book.formats import ALWAYS, FORMATS
from sourcebook.check.result import Checked
from sourcebook.extract import PACKAGE, file_names
from sourcebook.extract.describe_site import site_description
from sourcebook.extract.site import Site, site_of
from sourcebook.finding import Ledger
from sourcebook.formats.archive import archive_of
from sourcebook.formats.describe import IN_ARCHIVE, NOT_IN_ARCHIVE
from sourcebook.formats.layout import found, places, table_schemas, whole
from sourcebook.formats.model import File
from sourcebook.publish import release
from sourcebook.sqlite import RECORDS, reading
from sourcebook.tables import Table
from sourcebook.verify.result import Difference


class Case:
    """A release, and what it is held against: the book as it was checked and compiled just now.

    ``differences`` and ``ledger`` are filled by the judges, a module each.
    """

    def __init__(self, checked: Checked, folder: Path, anew: Path) -> None:
        """``anew`` is a database compiled from the records just now."""
        self.book = checked.book
        self.plans = checked.plans
        self.folder = folder
        self.anew = anew
        self.names = file_names(self.book, self.plans)
        self.database = self.book.database
        self.ledger = Ledger()
        self.differences: list[Difference] = []
        listed = (folder / release.SUMS).read_text("utf-8", "replace") if self.has(release.SUMS) else PACKAGE
        self.extracts = PACKAGE in listed or self.has(PACKAGE)  # a book may be built without

    @cached_property
    def site(self) -> Site:
        """How the pages are to show the book: what ``site.json`` has to say, whatever it says."""
        return site_of(site_description(self.book, self.plans))

    @property
    def formats(self) -> tuple[str, ...]:
        """The formats that it is in besides CSV and JSON: those of which it has a file."""
        there = tuple(dict.fromkeys(one.format for one in places(self.book, self.plans, FORMATS) if self.has(one.path)))
        return tuple(name for name in there if name not in ALWAYS)

    @property
    def listed(self) -> list[File]:
        """The files that ``index.json`` lists, as they are."""
        with reading(self.folder / self.database) as connection:
            files = found(self.book, self.plans, (*ALWAYS, *self.formats), self.folder, connection)
        archive = archive_of(self.book.name)
        return [
            whole(self.folder, self.database, "sqlite"),
            whole(self.folder, PACKAGE, "description"),
            *files,
            *(whole(self.folder, name, "description") for name in IN_ARCHIVE if self.has(name)),
            *([whole(self.folder, archive, "zip")] if self.has(archive) else ()),
            *(whole(self.folder, name, "description") for name in NOT_IN_ARCHIVE if self.has(name)),
            *table_schemas(self.book, self.plans, self.folder),
        ]

    def differs(self, file: str, message: str) -> None:
        """Tell a difference."""
        self.differences.append(Difference(file, message))

    @contextmanager
    def guarded(self, file: str) -> Iterator[None]:
        """Tell whatever SQLite or a decoder says about a damaged file as a difference."""
        try:
            yield
        except (sqlite3.Error, OSError, ValueError, KeyError) as error:
            self.differs(file, f"cannot be read: {error}")

    def has(self, name: str) -> bool:
        """Whether the release has a file."""
        return (self.folder / name).is_file()

    def tables(self) -> Iterator[Table]:
        """The tables of all plans."""
        for plan in self.plans.values():
            yield from plan.tables

    def documents(self, collection: str) -> dict[str, str]:
        """The records of a collection as JSON texts by key, as they were compiled just now."""
        query = f"SELECT key, document FROM {RECORDS} WHERE collection = ? ORDER BY rowid"
        with reading(self.anew) as anew:
            return dict(anew.execute(query, (collection,)))
