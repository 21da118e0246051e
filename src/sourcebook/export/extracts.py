# SPDX-License-Identifier: Apache-2.0
"""One CSV a table, one JSON a collection, and the descriptions beside them."""

from __future__ import annotations

import csv
import hashlib
import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from sourcebook.book import Book
from sourcebook.exact import dumps
from sourcebook.export.datasette import DATASETTE, METADATA, datasette_config, datasette_metadata
from sourcebook.export.names import Names, file_names
from sourcebook.export.package import PACKAGE, Extract, Extracts, logical_hash, package_descriptor, table_schema
from sourcebook.processes import cores, mapped
from sourcebook.sqlite import RECORDS, quote, reading
from sourcebook.tables import Plan, Table
from sourcebook.tables.plans import Plans


def export(book: Book, plans: Plans, folder: Path, beside: Sequence[Callable[[], None]] = ()) -> None:
    """Write every extract of the database in ``folder`` beside it.

    What is to be done ``beside`` that only reads it is done meanwhile. Raises OSError where the disk fails, and what is
    raised by others.
    """
    names = file_names(book, plans)
    for kind in ("csv", "json", "tableschema"):
        (folder / kind).mkdir()
    tasks = [*beside, *_writers(book, plans, names, folder)]
    jobs = cores() if (folder / book.database).stat().st_size > _WORTH_SHARING else 1
    for _ in mapped(lambda number: tasks[number](), len(tasks), jobs):
        pass
    for plan in plans.values():
        for table in plan.tables:
            schema = table_schema(book, table, plans, names)
            _write_json(folder / "tableschema" / f"{names[table.name]}.json", schema)
    with reading(folder / book.database) as connection:
        extracts = described(book, plans, names, folder, connection)
        _write_json(
            folder / PACKAGE, package_descriptor(book, plans, names, extracts, logical_hash(connection, extracts))
        )
    _write_json(folder / METADATA, datasette_metadata(book, plans))
    _write_json(folder / DATASETTE, datasette_config(book, plans))


_WORTH_SHARING = 16 * 1024 * 1024  # bytes of a database whose extracts several processes write sooner than one


def _writers(book: Book, plans: Plans, names: Names, folder: Path) -> Iterator[Callable[[], None]]:
    """What writes the JSON of each collection, and what the CSV of each table."""
    for plan in plans.values():
        path = folder / "json" / f"{names[plan.collection]}.json"
        yield partial(_write_documents, folder / book.database, book, plan, path)
    for plan in plans.values():
        for table in plan.tables:
            yield partial(_write_csv, folder / book.database, table, folder / "csv" / f"{names[table.name]}.csv")


def described(book: Book, plans: Plans, names: Names, folder: Path, connection: sqlite3.Connection) -> Extracts:
    """The written files that the package's descriptor speaks of."""
    extracts: dict[tuple[str, str], Extract] = {("database", ""): _described(folder, book.database, 0)}
    for plan in plans.values():
        for table in plan.tables:
            rows = connection.execute(f"SELECT count(*) FROM {quote(table.name)}").fetchone()[0]
            extracts["table", table.name] = _described(folder, f"csv/{names[table.name]}.csv", rows)
        count = connection.execute(f"SELECT count(*) FROM {RECORDS} WHERE collection = ?", (plan.collection,))
        file = f"json/{names[plan.collection]}.json"
        extracts["documents", plan.collection] = _described(folder, file, count.fetchone()[0])
    return extracts


def cell_text(value: Any) -> str:
    """The text of a SQLite value in a CSV: NULL and the empty text are both empty."""
    return "" if value is None else repr(value) if isinstance(value, float) else str(value)


def _write_csv(database: Path, table: Table, path: Path) -> None:
    """A table as RFC 4180 CSV, UTF-8, in the database's order."""
    with reading(database) as connection, path.open("w", encoding="utf-8", newline="") as file:
        cursor = connection.execute(f"SELECT * FROM {quote(table.name)} ORDER BY {table.order}")
        writer = csv.writer(file)  # ends lines with CR LF, and so quotes a lone CR or LF in a value
        writer.writerow([column[0] for column in cursor.description])
        while rows := cursor.fetchmany(5_000):
            writer.writerows(rows)


def _write_documents(database: Path, book: Book, plan: Plan, path: Path) -> None:
    """The documents of a collection: an array where the key is a property, else an object keyed by it."""
    keyed = book.by_name[plan.collection].key is None
    query = f"SELECT key, document FROM {RECORDS} WHERE collection = ? ORDER BY rowid"
    with reading(database) as connection, path.open("w", encoding="utf-8", newline="\n") as file:
        cursor = connection.execute(query, (plan.collection,))
        file.write("{" if keyed else "[")
        separator = "\n"
        for key, document in cursor:
            file.write(separator + (f"{dumps(key)}:{document}" if keyed else document))
            separator = ",\n"
        file.write("\n}\n" if keyed else "\n]\n")


def _write_json(path: Path, value: Mapping[str, Any]) -> None:
    path.write_text(dumps(value, indent=2) + "\n", encoding="utf-8", newline="\n")


def _described(folder: Path, path: str, rows: int) -> Extract:
    return Extract(path, (folder / path).stat().st_size, sha256(folder / path), rows)


def sha256(path: Path) -> str:
    """SHA-256 of a file, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def all_files(folder: Path) -> Iterator[str]:
    """The files below ``folder``, as sorted paths with ``/``."""
    yield from sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())
