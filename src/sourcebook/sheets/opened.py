# SPDX-License-Identifier: Apache-2.0
"""A book opened for its spreadsheets: plans, records, what is shown beside them. Nothing is built."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property

from sourcebook.book import Book, Collection, Folder, load_book
from sourcebook.check.planning import plan
from sourcebook.edit.model import Refused
from sourcebook.records.model import Record
from sourcebook.records.read import Reading, read
from sourcebook.sheets.beside import Beside
from sourcebook.sheets.headings import Sheet, sheets_of
from sourcebook.tables.model import Plan
from sourcebook.validation.wording import did_you_mean


class Opened:
    """One collection of a book, with all that its sheets need. Raises UsageError where ``folder`` is no book, Refused
    where there is no such collection, or its tables or records cannot be told; OSError where the disk fails.
    """

    def __init__(self, folder: Folder, name: str) -> None:
        self.book: Book = load_book(folder)
        planned = plan(self.book)
        if planned.stopped:
            wrong = next((one for one in planned.findings if one.level == "error"), "")
            raise Refused(f"{planned.stopped}: {wrong}" if wrong else planned.stopped)
        if name not in self.book.by_name:
            names = list(self.book.by_name)
            hint = did_you_mean(name, names) or f"there are {', '.join(names)}"
            raise Refused(f"the book has no collection {name!r}: {hint}")
        self.plans: Mapping[str, Plan] = planned.plans
        self.collection: Collection = self.book.by_name[name]
        self.plan: Plan = self.plans[name]
        self._read: dict[str, Mapping[str, Record]] = {}
        self.reading = self._reading(name)
        self.beside = Beside(self.book, self.plans, self.records)

    @cached_property
    def sheets(self) -> tuple[Sheet, ...]:
        """The sheets of the collection."""
        return sheets_of(self.plan, self.collection, self.beside.columns(self.plan))

    def records(self, name: str) -> Mapping[str, Record]:
        """The records of a collection, by their keys as texts; read when first asked for."""
        if name not in self._read:
            self._reading(name)
        return self._read[name]

    @property
    def own(self) -> Mapping[str, Record]:
        """The records of the collection itself."""
        return self.records(self.collection.name)

    def _reading(self, name: str) -> Reading:
        found = read(self.book, only=[name])
        wrong = [one for one in found.findings if one.level == "error" and one.rule != "collection-empty"]
        if name == self.collection_name and wrong:
            raise Refused(f"not all records of {name} can be read, so that some would be missing: {wrong[0]}")
        self._read[name] = {str(record.key): record for record in found.records}
        return found

    @property
    def collection_name(self) -> str:
        """The name of the collection."""
        return self.collection.name
