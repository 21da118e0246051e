# SPDX-License-Identifier: Apache-2.0
"""The verb ``verify``: an independent judge of what was built.

It trusts neither the hashes nor the build: it reads the records again, and holds the database, every extract and every
description against them and against each other. Damage is found though every checksum was made anew after it.
"""

from __future__ import annotations

import csv
import json
import sqlite3
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from sourcebook.book import DESCRIPTOR, Folder, build_folder
from sourcebook.check.check import check
from sourcebook.check.result import Checked
from sourcebook.exact import loads, same
from sourcebook.export import (
    DATASETTE,
    METADATA,
    PACKAGE,
    cell_text,
    datasette_config,
    datasette_metadata,
    file_names,
    package_descriptor,
    table_schema,
)
from sourcebook.export.extracts import described
from sourcebook.export.package import logical_hash
from sourcebook.files import all_files
from sourcebook.finding import Finding, Ledger, printable
from sourcebook.progress import Progress, silent
from sourcebook.publish import release
from sourcebook.records.model import Record
from sourcebook.records.read import stream
from sourcebook.sqlite import RECORDS, quote, reading
from sourcebook.tables import Plan, Rows, Table, decode, projected, rebuild

_MOST = 5  # differences told of one file


@dataclass(frozen=True, slots=True, order=True)
class Difference:
    """Something that is not as it must be: the file of the release (or of the book) that shows it, and what."""

    file: str
    message: str

    def __str__(self) -> str:
        return printable(f"{self.file}: {self.message}")

    @property
    def finding(self) -> Finding:
        """The same as a finding about a whole file of the release."""
        return Finding(self.file, 0, 0, "verify", self.message)


@dataclass(frozen=True)
class Verified:
    """The judgement on a release: what differs, and how much was compared.

    Of one file the first differences are told, and how many more there are.
    """

    release: Path
    differences: tuple[Difference, ...]
    ledger: Ledger = field(default_factory=Ledger)

    @property
    def ok(self) -> bool:
        """Whether nothing differs."""
        return not self.differences


def verify(folder: Folder, *, progress: Progress = silent) -> Verified:
    """Verify the current release of the book in ``folder``.

    A book whose records have errors cannot be held against a release: that is a difference too, and the only one told.
    Raises UsageError where there is no book or no release.
    """
    current = release.current(build_folder(folder))
    with tempfile.TemporaryDirectory(prefix="sourcebook-") as aside:
        progress("reading records")
        checked = check(folder, aside=Path(aside))
        if not checked.ok:
            message = "the book has errors, so the release cannot be held against it; run `sourcebook check`"
            return Verified(current, (Difference(DESCRIPTOR, message),))
        judge = _Judge(checked, current, Path(aside, checked.book.database))
        for name, part in judge.parts().items():
            progress(f"verifying {name}")
            part()
    return Verified(current, tuple(_first_of_each_file(judge.differences)), judge.ledger)


def _first_of_each_file(differences: Iterable[Difference]) -> Iterator[Difference]:
    by_file: dict[str, list[Difference]] = {}
    for difference in dict.fromkeys(differences):
        by_file.setdefault(difference.file, []).append(difference)
    for file, found in sorted(by_file.items()):
        yield from found[:_MOST]
        if len(found) > _MOST:
            yield Difference(file, f"and {len(found) - _MOST:,} differences more")


class _Judge:
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
        listed = (folder / release.SUMS).read_text("utf-8", "replace") if self._has(release.SUMS) else PACKAGE
        self.extracts = PACKAGE in listed or self._has(PACKAGE)  # a book may be built without

    def parts(self) -> Mapping[str, Callable[[], None]]:
        """What is verified, by name, in order."""
        extracts: dict[str, Callable[[], None]] = {
            "CSV extracts": self.guard(self.database, self.csv_extracts),
            "JSON extracts": self.guard(self.database, self.json_extracts),
            "Data Package": self.packages,
        }
        if not self.extracts:
            for name in extracts:
                self.ledger.skipped(name, "the release was built without extracts")
        return {
            "checksums": self.checksums,
            "database": self.guard(self.database, self.whole_database),
            "records": self.guard(self.database, self.documents),
            "tables against records": self.guard(self.database, self.tables),
            "descriptions": self.guard(self.database, self.descriptions),
            **(extracts if self.extracts else {}),
        }

    def differs(self, file: str, message: str) -> None:
        self.differences.append(Difference(file, message))

    def guard(self, file: str, part: Callable[[], None]) -> Callable[[], None]:
        """``part``, with whatever SQLite or a decoder says about a damaged file told as a difference."""

        def guarded() -> None:
            try:
                part()
            except (sqlite3.Error, OSError, ValueError, KeyError) as error:
                self.differs(file, f"cannot be read: {error}")

        return guarded

    # --- checksums --------------------------------------------------------------------------------------------------

    def checksums(self) -> None:
        """Every file is the one that SHA256SUMS lists."""
        listed = (
            (self.folder / release.SUMS).read_text("utf-8", "replace").splitlines() if self._has(release.SUMS) else []
        )
        self.ledger.performed("checksums", len(listed))
        self.ledger.on_nothing("checksums", f"there is no list of them in {release.SUMS}")
        for name in set(all_files(self.folder)) ^ self._expected():
            self.differs(name, "is missing" if not self._has(name) else "is no part of the release")
        for name in release.damaged(self.folder):
            why = "is no list of checksums" if name == release.SUMS else "is not the file that SHA256SUMS lists"
            self.differs(name, why if self._has(name) else "is missing")

    def _expected(self) -> set[str]:
        """The files that a release of this book has."""
        csv = {f"csv/{stem}.csv" for stem in self.names.values()}
        schemas = {f"tableschema/{stem}.json" for stem in self.names.values()}
        documents = {f"json/{self.names[collection]}.json" for collection in self.plans}
        own = {self.database, METADATA, DATASETTE, release.SUMS, release.REPORT}
        return csv | schemas | documents | own | {PACKAGE} if self.extracts else own

    def _has(self, name: str) -> bool:
        return (self.folder / name).is_file()

    # --- database ---------------------------------------------------------------------------------------------------

    def whole_database(self) -> None:
        """SQLite finds the file whole and its links held; it says the same as one compiled anew from the records."""
        with reading(self.folder / self.database) as connection:
            for (line,) in connection.execute("PRAGMA integrity_check").fetchall():
                if line != "ok":
                    self.differs(self.database, f"SQLite's integrity check: {line}")
            for table, rowid, target, _ in connection.execute("PRAGMA foreign_key_check").fetchall():
                self.differs(self.database, f"{table}, row {rowid}: a foreign key leads to no row of {target}")
            self.ledger.performed("database integrity")
            with reading(self.anew) as anew:
                self._same_content(connection, anew)

    def _same_content(self, connection: sqlite3.Connection, anew: sqlite3.Connection) -> None:
        listing = "SELECT name, type, sql FROM sqlite_master ORDER BY name"
        found = {name: rest for name, *rest in connection.execute(listing)}
        wanted = {name: rest for name, *rest in anew.execute(listing)}
        for name in sorted(found.keys() | wanted.keys()):
            if found.get(name) != wanted.get(name):
                self.differs(self.database, f"{name} is not the table, index or view that the book's plan makes")
        indexes = {name for table in self._tables() for name in table.search_names[1:]}
        same_version = _version(self.folder / self.database) == _version(self.anew)
        for name, (kind, sql) in wanted.items():
            if kind != "table" or found.get(name) != [kind, sql] or sql.startswith("CREATE VIRTUAL"):
                continue
            of_sqlite = name in indexes or name.startswith("sqlite_")
            if of_sqlite and not same_version:
                self.ledger.unverifiable("search indexes", "written by another version of SQLite")
                continue
            everything = f"SELECT * FROM {quote(name)}" + (" ORDER BY 1, 2" if of_sqlite else "")
            differing = _first_difference(connection.execute(everything), anew.execute(everything))
            self.ledger.performed("search indexes" if of_sqlite else "tables compiled anew")
            if differing is not None:
                self.differs(self.database, f"{name}: row {differing} is not what the records compile to")

    def _tables(self) -> Iterator[Table]:
        for plan in self.plans.values():
            yield from plan.tables

    # --- records ----------------------------------------------------------------------------------------------------

    def documents(self) -> None:
        """The kept documents are the records, value for value, at the lines they stand on."""
        with reading(self.folder / self.database) as connection:
            kept = connection.execute(f"SELECT collection, key FROM {RECORDS}").fetchall()
            left = dict.fromkeys(kept)
            for record in stream(self.book):
                name = (record.collection, str(record.key))
                self.ledger.performed("documents against records")
                why = self._unlike(connection, record) if name in left else "is missing"
                left.pop(name, None)
                if why:
                    self.differs(self.database, f"{RECORDS}: {name[0]} {name[1]!r} {why}")
        for collection, key in left:
            self.differs(
                self.database, f"{RECORDS}: {collection} {key!r} is in the database, but not among the records"
            )

    def _unlike(self, connection: sqlite3.Connection, record: Record) -> str:
        """How the database keeps a record otherwise than it stands in the files; the empty text where it does not."""
        query = f"SELECT path, line, document FROM {RECORDS} WHERE collection = ? AND key = ?"
        path, line, document = connection.execute(query, (record.collection, str(record.key))).fetchone()
        if not same(loads(document), record.value):
            return f"is not the value that stands in {record.path}"
        if (path, line) != (record.path, record.line):
            return f"is said to stand at {path}:{line}, but stands at {record.path}:{record.line}"
        return ""

    def _documents(self, collection: str) -> dict[str, str]:
        """The records of a collection as JSON texts by key, as they were compiled just now."""
        query = f"SELECT key, document FROM {RECORDS} WHERE collection = ? ORDER BY rowid"
        with reading(self.anew) as anew:
            return dict(anew.execute(query, (collection,)))

    def tables(self) -> None:
        """A record put together again from its tables equals its document, but for its plan's declared losses."""
        with reading(self.folder / self.database) as connection:
            for plan in self.plans.values():
                self._collection(connection, plan)

    def _collection(self, connection: sqlite3.Connection, plan: Plan) -> None:
        rows = Rows(plan, lambda name: list(self._as_written(connection, plan, name)))
        wanted = self._documents(plan.collection)
        key = next(i for i, column in enumerate(plan.tables[0].columns) if column.role == "key")
        for row in rows.roots:
            text = wanted.pop(str(row[key]), None)
            self.ledger.performed("tables against records")
            if text is not None and rebuild(rows, row) == projected(plan, loads(text)):
                continue
            why = "is in the table, but not among the records" if text is None else "is not what its tables hold"
            self.differs(self.database, f"{plan.tables[0].name}: the record {row[key]!r} {why}")
        for missing in wanted:
            self.differs(self.database, f"{plan.tables[0].name}: the record {missing!r} is missing")

    def _as_written(self, connection: sqlite3.Connection, plan: Plan, name: str) -> Iterator[list[Any]]:
        """Rows of a table with each reference as records write it, looked up through the link."""
        table = next(table for table in plan.tables if table.name == name)
        back: dict[int, dict[Any, Any]] = {}
        for number, column in enumerate(table.columns):
            if column.foreign and column.foreign.field and column.role in ("property", "value"):
                other = self.plans[column.foreign.collection].tables[0]
                named = next(one for one in other.columns if one.path == column.foreign.field)
                query = f"SELECT {quote(other.primary_key[0])}, {quote(named.name)} FROM {quote(other.name)}"
                back[number] = {key: decode(value, named.encoding) for key, value in connection.execute(query)}
        for row in connection.execute(f"SELECT * FROM {quote(name)} ORDER BY {table.order}"):
            values = list(row)
            for number, written in back.items():
                if values[number] is not None:
                    values[number] = written.get(values[number], values[number])
            yield values

    # --- extracts ---------------------------------------------------------------------------------------------------

    def csv_extracts(self) -> None:
        """Every CSV has the rows and values of its table, in order."""
        with reading(self.folder / self.database) as connection:
            for table in self._tables():
                file = f"csv/{self.names[table.name]}.csv"
                self.guard(file, partial(self._csv, connection, table, file))()

    def _csv(self, connection: sqlite3.Connection, table: Table, file: str) -> None:
        cursor = connection.execute(f"SELECT * FROM {quote(table.name)} ORDER BY {table.order}")
        header = [[column[0] for column in cursor.description]]
        wanted = ([cell_text(value) for value in row] for row in cursor)
        limit = csv.field_size_limit(2**31 - 1)
        try:
            with (self.folder / file).open(encoding="utf-8", newline="") as text:
                differing = _first_difference(csv.reader(text, strict=True), _chain(header, wanted))
        except csv.Error as error:
            self.differs(file, f"is not CSV: {error}")
            return
        finally:
            csv.field_size_limit(limit)
        self.ledger.performed("CSV against database")
        if differing is not None:
            self.differs(file, f"record {differing} is not the row of the table {table.name}")

    def json_extracts(self) -> None:
        """Every JSON extract is its collection's records, value for value."""
        for plan in self.plans.values():
            file = f"json/{self.names[plan.collection]}.json"
            self.guard(file, partial(self._json, plan, file))()

    def _json(self, plan: Plan, file: str) -> None:
        records = {key: loads(text) for key, text in self._documents(plan.collection).items()}
        found = loads((self.folder / file).read_bytes())
        if self.book.by_name[plan.collection].key is None:  # the key is not in the document
            wanted: Any = records
            pairs = list(found.items()) if isinstance(found, dict) else []
        else:
            wanted = list(records.values())
            pairs = list(enumerate(found)) if isinstance(found, list) else []
        self.ledger.performed("JSON against records", len(records))
        if not same(found, wanted):
            at = _first_difference((item for _, item in pairs), records.values())
            shown = list(records)[at - 1] if at is not None and at <= len(records) else "the whole"
            self.differs(file, f"{shown!r} is not the value that stands in the records")

    # --- descriptions -----------------------------------------------------------------------------------------------

    def descriptions(self) -> None:
        """Table Schemas, the package's descriptor and Datasette's configuration are what the book makes them."""
        wanted: dict[str, Any] = {
            METADATA: datasette_metadata(self.book, self.plans),
            DATASETTE: datasette_config(self.book, self.plans),
        }
        if self.extracts:
            wanted |= self._package()
        for file, value in wanted.items():
            self.guard(file, partial(self._description, file, value))()

    def _package(self) -> Iterator[tuple[str, Any]]:
        for table in self._tables():
            schema = table_schema(self.book, table, self.plans, self.names)
            yield f"tableschema/{self.names[table.name]}.json", schema
        with reading(self.folder / self.database) as connection:
            extracts = described(self.book, self.plans, self.names, self.folder, connection)
            logical = logical_hash(connection, extracts)
        yield PACKAGE, package_descriptor(self.book, self.plans, self.names, extracts, logical)

    def _description(self, file: str, wanted: Any) -> None:
        self.ledger.performed("descriptions")
        if not same(loads((self.folder / file).read_bytes()), loads(json.dumps(wanted))):
            self.differs(file, "does not describe the book and the files beside it")

    # --- the Data Package, judged by frictionless -------------------------------------------------------------------

    def packages(self) -> None:
        """Frictionless finds both descriptors and all their tables valid."""
        from sourcebook import tabular  # slow to import, so only where a verification comes this far

        for folder, name in ((self.folder, PACKAGE), (self.book.root, DESCRIPTOR)):
            file = PACKAGE if name == PACKAGE else f"{DESCRIPTOR} (by frictionless)"
            for problem in tabular.problems(folder / name):
                self.differs(problem.file or file, f"frictionless: {problem.message}")
            self.ledger.performed("frictionless", 1)


def _version(database: Path) -> bytes:
    """The version of SQLite that wrote a database: bytes 96 to 99 of its header (https://sqlite.org/fileformat2.html)."""
    with database.open("rb") as file:
        file.seek(96)
        return file.read(4)


def _chain(*parts: Iterable[Any]) -> Iterator[Any]:
    for part in parts:
        yield from part


def _first_difference(one: Iterable[Any], other: Iterable[Any]) -> int | None:
    """Number, from 1, of the first item in which two sequences differ in value or type; None where they do not."""
    end = object()
    first, second = iter(one), iter(other)
    number = 0
    while True:
        number += 1
        left, right = next(first, end), next(second, end)
        if left is end and right is end:
            return None
        if left is end or right is end or _typed(left) != _typed(right):
            return number


def _typed(value: Any) -> Any:
    """A value that equals another only where their types are the same too."""
    if isinstance(value, list | tuple):
        return [(type(item), item) for item in value]
    return repr(value)
