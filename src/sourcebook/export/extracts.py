# SPDX-License-Identifier: Apache-2.0
"""One CSV a table, one JSON a collection, and the descriptions beside them."""

from __future__ import annotations

import csv
import hashlib
import sqlite3
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from sourcebook.book import Book
from sourcebook.compile import RECORDS
from sourcebook.exact import dumps
from sourcebook.export.datasette import DATASETTE, METADATA, datasette_config, datasette_metadata
from sourcebook.export.names import file_names
from sourcebook.export.package import PACKAGE, Extract, logical_hash, package_descriptor, table_schema
from sourcebook.sqlite import quote, reading
from sourcebook.tables import Plan
from sourcebook.tables.plans import Plans


def export(book: Book, plans: Plans, folder: Path) -> None:
    """Write every extract of the database in ``folder`` beside it. Raises OSError where the disk fails."""
    names = file_names(book, plans)
    for kind in ("csv", "json", "tableschema"):
        (folder / kind).mkdir()
    database = folder / book.database
    extracts: dict[str, Extract] = {}
    with reading(database) as connection:
        for plan in plans.values():
            for table in plan.tables:
                stem = names[table.name]
                rows = _write_csv(connection, table.name, folder / "csv" / f"{stem}.csv")
                _write_json(folder / "tableschema" / f"{stem}.json", table_schema(book, table, plans, names))
                extracts[table.name] = _described(folder / "csv" / f"{stem}.csv", f"csv/{stem}.csv", rows)
            stem = names[plan.collection]
            count = _write_documents(connection, book, plan, folder / "json" / f"{stem}.json")
            extracts[f"{plan.collection}.json"] = _described(
                folder / "json" / f"{stem}.json", f"json/{stem}.json", count
            )
        whole = logical_hash(connection)
    extracts["database"] = _described(database, database.name, 0)
    _write_json(folder / PACKAGE, package_descriptor(book, plans, names, extracts, whole))
    _write_json(folder / METADATA, datasette_metadata(book, plans))
    _write_json(folder / DATASETTE, datasette_config(book, plans))


def cell_text(value: Any) -> str:
    """The text of a SQLite value in a CSV: NULL and the empty text are both empty."""
    return "" if value is None else repr(value) if isinstance(value, float) else str(value)


def _write_csv(connection: sqlite3.Connection, table: str, path: Path) -> int:
    """A table as RFC 4180 CSV, UTF-8, in the database's order; returns the number of rows."""
    cursor = connection.execute(f"SELECT * FROM {quote(table)} ORDER BY rowid")
    count = 0
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)  # ends lines with CR LF, and so quotes a lone CR or LF in a value
        writer.writerow([column[0] for column in cursor.description])
        while rows := cursor.fetchmany(5_000):
            writer.writerows(rows)
            count += len(rows)
    return count


def _write_documents(connection: sqlite3.Connection, book: Book, plan: Plan, path: Path) -> int:
    """The documents of a collection: an array where the key is a property, else an object keyed by it."""
    keyed = book.by_name[plan.collection].key is None
    cursor = connection.execute(
        f"SELECT key, document FROM {RECORDS} WHERE collection = ? ORDER BY rowid", (plan.collection,)
    )
    count = 0
    with path.open("w", encoding="utf-8", newline="\n") as file:
        file.write("{" if keyed else "[")
        for key, document in cursor:
            file.write(",\n" if count else "\n")
            file.write(f"{dumps(key)}:{document}" if keyed else document)
            count += 1
        file.write("\n}\n" if keyed else "\n]\n")
    return count


def _write_json(path: Path, value: Mapping[str, Any]) -> None:
    path.write_text(dumps(value, indent=2) + "\n", encoding="utf-8", newline="\n")


def _described(path: Path, published: str, rows: int) -> Extract:
    return Extract(published, path.stat().st_size, sha256(path), rows)


def sha256(path: Path) -> str:
    """SHA-256 of a file, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def all_files(folder: Path) -> Iterator[str]:
    """The files below ``folder``, as sorted paths with ``/``."""
    yield from sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())
