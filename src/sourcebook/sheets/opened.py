# SPDX-License-Identifier: Apache-2.0
"""A book opened for its spreadsheets: plans, records, what is shown beside them. Nothing is built."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property

from sourcebook.book import Book, Collection, Folder, load_book
from sourcebook.check.planning import plan
from sourcebook.edit.model import Refused
from sourcebook.edit.source import Source
from sourcebook.errors import UsageError
from sourcebook.records.model import Record
from sourcebook.records.read import Reading, read
from sourcebook.sheets.beside import Beside
from sourcebook.sheets.headings import Sheet, sheets_of
from sourcebook.tables.model import Plan
from sourcebook.validation.wording import did_you_mean


class Opened:
    """One collection of a book, with all that its sheets need.

    Raises UsageError where ``folder`` is no book or there is no such collection, Refused where its tables or records
    cannot be told; OSError where the disk fails.

    It is read ``whole`` where it is to be changed; else other collections are read as they are asked for.
    """

    def __init__(self, folder: Folder, name: str, *, whole: bool = False) -> None:
        self.book: Book = load_book(folder)
        planned = plan(self.book)
        if planned.stopped:
            wrong = next((one for one in planned.findings if one.level == "error"), "")
            raise Refused(f"{planned.stopped}: {wrong}" if wrong else planned.stopped)
        if name not in self.book.by_name:
            names = list(self.book.by_name)
            hint = did_you_mean(name, names) or f"there are {', '.join(names)}"
            raise UsageError(f"the book has no collection {name!r}: {hint}")
        self.plans: Mapping[str, Plan] = planned.plans
        self.collection: Collection = self.book.by_name[name]
        self.plan: Plan = self.plans[name]
        self.source = Source(self.book, self.plans)
        self._whole = whole
        self._read: dict[str, Mapping[str, Record]] = {}
        self.beside = Beside(self.book, self.plans, self.records)
        self._refuse_unread()

    @property
    def name(self) -> str:
        """The name of the collection."""
        return self.collection.name

    @cached_property
    def sheets(self) -> tuple[Sheet, ...]:
        """The sheets of the collection."""
        return sheets_of(self.plan, self.collection, self.beside.columns(self.plan))

    def records(self, name: str) -> Mapping[str, Record]:
        """The records of a collection, by their keys as texts; read when first asked for."""
        if name not in self._read:
            records = self.source.by_collection[name] if self._whole else self._reading(name).records
            self._read[name] = {str(record.key): record for record in records}
        return self._read[name]

    @property
    def own(self) -> Mapping[str, Record]:
        """The records of the collection itself."""
        return self.records(self.name)

    def _reading(self, name: str) -> Reading:
        return read(self.book, only=[name])

    def _refuse_unread(self) -> None:
        """Refuse a collection some of whose records cannot be read: they would seem to be missing."""
        found = self.source.reading if self._whole else self._reading(self.name)
        if not self._whole:
            self._read[self.name] = {str(record.key): record for record in found.records}
        if self.name not in found.incomplete:
            return
        wrong = next((one for one in found.findings if one.level == "error"), "")
        raise Refused(f"not all records of {self.name} can be read, so that some would seem to be missing: {wrong}")
