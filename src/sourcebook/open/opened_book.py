# SPDX-License-Identifier: Apache-2.0
"""An opened book, and its collections."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any

from sourcebook.book import Book, Collection
from sourcebook.check.check import check
from sourcebook.check.result import Checked
from sourcebook.errors import NotThere
from sourcebook.finding import Finding
from sourcebook.open.compiled import Compiled
from sourcebook.open.record import OpenRecord
from sourcebook.open.references import References
from sourcebook.open.unreadable import Unreadable, told
from sourcebook.validation.wording import did_you_mean

if TYPE_CHECKING:
    import pandas
    import polars
    import pyarrow


class OpenCollection(Mapping[str | int, OpenRecord]):
    """A collection of an opened book: its records by key, in the order of the book.

    ``for key in collection`` gives keys, ``collection.values()`` the records; ``collection["key"]`` is one of them. A
    key that is a number may be given as a text.
    """

    def __init__(self, book: OpenBook, collection: Collection) -> None:
        self._book = book
        self._collection = collection

    @property
    def name(self) -> str:
        """Its name."""
        return self._collection.name

    @property
    def title(self) -> str:
        """Its title for readers."""
        return self._collection.title

    @property
    def description(self) -> str:
        """What the descriptor says of it."""
        return self._collection.description

    @property
    def unread(self) -> tuple[Finding, ...]:
        """What keeps records of it from being read: where it is empty, all of them are here."""
        return self._book._shelf.reader.collection(self.name).unread

    @property
    def tables(self) -> tuple[str, ...]:
        """Names of its tables: its own, and those of lists and maps in its records."""
        return tuple(name for name, one in self._book._compiled.tables.items() if one.collection == self.name)

    def __getitem__(self, key: str | int) -> OpenRecord:
        """One record. Raises NotThere (a KeyError), or Unreadable where it may be in a file that cannot be read."""
        return OpenRecord(self._book._shelf, self._book._shelf.reader.record(self.name, key))

    def __iter__(self) -> Iterator[str | int]:
        """The keys of all records that can be read."""
        return (record.key for record in self._book._shelf.reader.collection(self.name).records.values())

    def __len__(self) -> int:
        """How many records can be read."""
        return len(self._book._shelf.reader.collection(self.name).records)

    def __contains__(self, key: object) -> bool:
        """Whether a record with this key can be read."""
        texts = self._book._shelf.reader.collection(self.name).records
        return isinstance(key, str | int) and not isinstance(key, bool) and str(key) in texts

    def to_pandas(self, table: str | None = None, *, with_errors: bool = False) -> pandas.DataFrame:
        """Its table, or another of its `tables`, as a data frame of pandas: as ``OpenBook.to_pandas``."""
        return self._book.to_pandas(self._table(table), with_errors=with_errors)

    def to_polars(self, table: str | None = None, *, with_errors: bool = False) -> polars.DataFrame:
        """Its table, or another of its `tables`, as a data frame of polars: as ``OpenBook.to_polars``."""
        return self._book.to_polars(self._table(table), with_errors=with_errors)

    def to_arrow(self, table: str | None = None, *, with_errors: bool = False) -> pyarrow.Table:
        """Its table, or another of its `tables`, as a table of Arrow: as ``OpenBook.to_arrow``."""
        return self._book.to_arrow(self._table(table), with_errors=with_errors)

    def _table(self, name: str | None) -> str:
        names = self.tables
        if name is None:
            return names[0]
        if name not in names:
            hint = did_you_mean(name, names) or f"there are {', '.join(names)}"
            raise NotThere(f"{self.name} has no table {name!r}: {hint}")
        return name

    def _ipython_key_completions_(self) -> list[str | int]:
        return list(self)

    def __repr__(self) -> str:
        """Its name, and how many records there are where they were read already."""
        return f"<collection {self.name!r} of {self._book.name!r}>"


class OpenBook(Mapping[str, OpenCollection]):
    """An opened book: its collections by name, what is wrong with it, and its tables as data frames.

    Files are read when something in them is asked for, each once: to see what was changed since, open it anew. Nothing
    is written but a database in a temporary folder, when the first table or finding is asked for; it is removed by
    ``close``, at the end of a ``with`` statement, or when nobody has the book any more.
    """

    def __init__(self, book: Book) -> None:
        self._book = book
        self._shelf = References(book)
        self._compiled = Compiled(book)

    @property
    def path(self) -> Path:
        """The book's folder."""
        return self._book.root

    @property
    def name(self) -> str:
        """Its short name."""
        return self._book.name

    @property
    def title(self) -> str:
        """Its title for readers."""
        return self._book.title

    @property
    def descriptor(self) -> Mapping[str, Any]:
        """What ``datapackage.yaml`` says, as plain data."""
        return self._book.descriptor

    def __getitem__(self, name: str) -> OpenCollection:
        """A collection. Raises NotThere (a KeyError), or Unreadable where the descriptor cannot be read."""
        if name in self._book.by_name:
            return OpenCollection(self, self._book.by_name[name])
        if not self._book.collections and self._book.findings:
            raise Unreadable(f"the collections are not known: {told(self._book.findings)}", self._book.findings)
        hint = did_you_mean(name, self) or f"there are {', '.join(self)}"
        raise NotThere(f"the book has no collection {name!r}: {hint}")

    def __contains__(self, name: object) -> bool:
        """Whether it has a collection of this name."""
        return name in self._book.by_name

    def __iter__(self) -> Iterator[str]:
        """The names of the collections, in order."""
        return iter(self._book.by_name)

    def __len__(self) -> int:
        """How many collections it has."""
        return len(self._book.collections)

    @property
    def findings(self) -> tuple[Finding, ...]:
        """All that ``sourcebook check`` finds in the book as it was opened; checked when it is first asked for."""
        return self._compiled.checked.findings

    def check(self) -> Checked:
        """Check the book's files as they are now, as ``sourcebook.check`` does."""
        return check(self.path)

    @property
    def tables(self) -> tuple[str, ...]:
        """Names of all tables, in order. Raises Unreadable where mistakes keep them from being planned."""
        return tuple(self._compiled.tables)

    def to_pandas(self, table: str, *, with_errors: bool = False) -> pandas.DataFrame:
        """A compiled table as a data frame of pandas.

        Columns have pandas' types that know NULL: Int64, Float64, boolean, string. Raises EnvironmentFailure where
        pandas is not installed; NotThere where there is no such table; Unreadable where the book has errors, unless it
        is to be given ``with_errors``, with what could be compiled.
        """
        from sourcebook.open.frames import to_pandas  # which those who want records do not need

        return to_pandas(*self._compiled.table(table, with_errors=with_errors))

    def to_polars(self, table: str, *, with_errors: bool = False) -> polars.DataFrame:
        """A compiled table as a data frame of polars: Int64, Float64, Boolean, String. Raises as ``to_pandas``."""
        from sourcebook.open.frames import to_polars

        return to_polars(*self._compiled.table(table, with_errors=with_errors))

    def to_arrow(self, table: str, *, with_errors: bool = False) -> pyarrow.Table:
        """A compiled table as one of Arrow, as its Parquet file is. Raises as ``to_pandas``; pyarrow is needed."""
        from sourcebook.open.frames import to_arrow

        return to_arrow(*self._compiled.table(table, with_errors=with_errors))

    def close(self) -> None:
        """Remove what was compiled; records can still be read."""
        self._compiled.close()

    def __enter__(self) -> OpenBook:
        """The book itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close it."""
        self.close()

    def _ipython_key_completions_(self) -> list[str]:
        return list(self)

    def __repr__(self) -> str:
        """Its name and folder."""
        return f"<book {self.name!r} in {self.path}>"
