# SPDX-License-Identifier: Apache-2.0
"""The tables of an opened book: compiled once, aside, when the first of them is asked for."""

from __future__ import annotations

import shutil
import tempfile
import weakref
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path

from sourcebook.book import Book
from sourcebook.check.check import check_book
from sourcebook.check.result import Checked
from sourcebook.errors import NotThere
from sourcebook.open.unreadable import Unreadable, told
from sourcebook.tables import Table
from sourcebook.validation.wording import did_you_mean


class Compiled:
    """A book checked, and its tables in a database in a temporary folder, which goes when nobody has the book."""

    def __init__(self, book: Book) -> None:
        self._book = book
        self._folder: Path | None = None
        self._remove: weakref.finalize[..., Compiled] | None = None

    @cached_property
    def checked(self) -> Checked:
        """The book checked."""
        folder = Path(tempfile.mkdtemp(prefix="sourcebook-open-"))
        self._remove = weakref.finalize(self, shutil.rmtree, folder, ignore_errors=True)
        checked = check_book(self._book, aside=folder)
        self._folder = folder
        return checked

    @property
    def tables(self) -> Mapping[str, Table]:
        """The tables by name. Raises Unreadable where mistakes keep them from being planned."""
        if not self.checked.plans and self.checked.findings:
            raise Unreadable(f"the book has no tables: {told(self.checked.findings)}", self.checked.findings)
        return {table.name: table for plan in self.checked.plans.values() for table in plan.tables}

    def table(self, name: str, *, with_errors: bool) -> tuple[Path, Table]:
        """A table, and the database that has it.

        Raises NotThere where there is no such table; Unreadable where the book has errors, unless ``with_errors``: the
        table has then what could be compiled.
        """
        tables = self.tables
        if name not in tables:
            hint = did_you_mean(name, tables) or f"there are {', '.join(tables)}"
            raise NotThere(f"the book has no table {name!r}: {hint}")
        errors = [one for one in self.checked.findings if one.level == "error"]
        if errors and not with_errors:
            what = "the book has errors, so a table may lack rows (with_errors=True gives it all the same)"
            raise Unreadable(f"{what}: {told(errors)}", errors)
        if self._folder is None:
            raise NotThere("the book was closed")
        return self._folder / self._book.database, tables[name]

    def close(self) -> None:
        """Remove what was compiled."""
        if self._remove:
            self._remove()
        self._folder = None
