# SPDX-License-Identifier: Apache-2.0
"""The verb ``schema``: what a collection's JSON Schema and tables are, and a schema inferred from its records."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sourcebook.book import Book, Folder, load_book
from sourcebook.errors import UsageError
from sourcebook.finding import Finding, Ledger
from sourcebook.infer import Inferred, infer_schema
from sourcebook.records.read import Reading, read
from sourcebook.tables import Column, Plan, Table
from sourcebook.tables.whole_book import plan_book, schema_of
from sourcebook.validation.wording import did_you_mean


@dataclass(frozen=True)
class CollectionTables:
    """A collection's JSON Schema, at ``path`` (None where it is inferred), and the tables that it becomes."""

    name: str
    path: str | None
    schema: Any
    plan: Plan

    def lines(self) -> Iterator[str]:
        """The tables, for people: each column with its type, what it is for, and the property that it holds."""
        yield f"{self.name}, by {self.path or 'a schema inferred from its records'}"
        for table in self.plan.tables:
            yield ""
            yield f"  {table.name}" + (f", of {table.path}" if table.path else "")
            yield from (f"    {line}" for line in _aligned([_cells(table, column) for column in table.published]))
        for title, told in (("kept as JSON", self.plan.json_columns), ("left out by the tables", self.plan.losses)):
            if told:
                yield ""
                yield f"  {title}:"
                yield from (f"    {one if isinstance(one, str) else ': '.join(one)}" for one in told)

    def as_dict(self) -> dict[str, Any]:
        """The same as plain data."""
        return {
            "collection": self.name,
            "path": self.path,
            "schema": self.schema,
            "tables": [_table(table) for table in self.plan.tables],
            "json": dict(self.plan.json_columns),
            "losses": list(self.plan.losses),
        }


@dataclass(frozen=True)
class Shown:
    """The collections that were asked for; none where ``findings`` has errors, which keep tables from being planned."""

    collections: tuple[CollectionTables, ...]
    findings: tuple[Finding, ...]


def show(folder: Folder, collection: str | None = None) -> Shown:
    """The schema and tables of one collection of the book in ``folder``, or of all.

    Records are read only where a schema has to be inferred. Raises UsageError where ``folder`` is no book or has no
    such collection, OSError where the disk fails.
    """
    book = load_book(folder)
    if any(finding.level == "error" for finding in book.findings):
        return Shown((), book.findings)
    wanted = [_named(book, collection)] if collection else [one.name for one in book.collections]
    inferring = any(one.planned_from_records for one in book.collections)
    reading = read(book) if inferring else Reading((), (), frozenset(), Ledger())
    plans, problems = plan_book(book, reading)
    findings = (*book.findings, *reading.findings, *problems)
    if problems:
        return Shown((), findings)
    found = (
        CollectionTables(
            name, book.by_name[name].schema, schema_of(book, book.by_name[name], reading).contents, plans[name]
        )
        for name in wanted
    )
    return Shown(tuple(found), findings)


def infer(folder: Folder, collection: str) -> tuple[Inferred, tuple[Finding, ...]]:
    """A schema that every record of ``collection`` fits, whether it has one already or not; and what is wrong in files.

    Raises UsageError where ``folder`` is no book or has no such collection, OSError where the disk fails.
    """
    book = load_book(folder)
    if not book.collections:
        return Inferred({}, ()), book.findings
    name = _named(book, collection)
    reading = read(book)
    records = [record for record in reading.records if record.collection == name]
    written = [{one.path: one.text for one in record.lossy} for record in records if record.lossy]
    return infer_schema([record.value for record in records], written), reading.findings


def _named(book: Book, collection: str) -> str:
    if collection not in book.by_name:
        hint = did_you_mean(collection, book.by_name) or f"there are {', '.join(book.by_name)}"
        raise UsageError(f"the book has no collection {collection!r}: {hint}")
    return collection


def _cells(table: Table, column: Column) -> tuple[str, str, str, str]:
    kinds = ["primary key"] if table.primary_key == (column.name,) else []
    if column.foreign:
        kinds.append(f"to {column.foreign.collection}{f' by {column.foreign.field}' if column.foreign.field else ''}")
    if column.targets:
        kinds.append(f"to {' or '.join(map(str, column.targets))}")
    if column.encoding in ("boolean", "json"):
        kinds.append({"boolean": "0 or 1", "json": "JSON"}[column.encoding])
    kinds += ["not null"] if column.filled and "primary key" not in kinds else []
    kinds += ["deprecated"] if column.note.deprecated else []
    return column.name, column.type, ", ".join(kinds), column.path


def _aligned(rows: list[tuple[str, str, str, str]]) -> Iterator[str]:
    widths = [max(map(len, cells)) for cells in zip(*rows, strict=True)]
    for row in rows:
        yield "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()


def _table(table: Table) -> dict[str, Any]:
    return {
        "name": table.name,
        "path": table.path,
        "primaryKey": list(table.primary_key),
        "columns": [
            {"name": column.name, "type": column.type, "encoding": column.encoding, "path": column.path}
            for column in table.published
        ],
    }
