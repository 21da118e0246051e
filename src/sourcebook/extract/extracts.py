# SPDX-License-Identifier: Apache-2.0
"""One CSV a table, one JSON a collection, and the descriptions beside them."""

from __future__ import annotations

import csv
import io
import shutil
import sqlite3
import tempfile
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import Any, Self

from sourcebook.book import Book
from sourcebook.exact import dumps
from sourcebook.extract.datasette import DATASETTE, METADATA, datasette_config, datasette_metadata
from sourcebook.extract.describe_site import site_description
from sourcebook.extract.documents import documents
from sourcebook.extract.names import Names, file_names
from sourcebook.extract.package import (
    PACKAGE,
    Extract,
    Extracts,
    extracts_in,
    logical_hash,
    package_descriptor,
    table_schema,
)
from sourcebook.extract.site import SITE
from sourcebook.extract.site_index import SITE_INDEX, complete_site_index, write_site_index
from sourcebook.files import Written, sha256, take_over
from sourcebook.machine.processes import beside, cores
from sourcebook.sqlite import RECORDS, quote, reading
from sourcebook.tables import EXACT, Column, Plan, Table
from sourcebook.tables.whole_book import Plans


class Extracting:
    """Writes what is made of a database: the site's index, and the extracts: one CSV a table, one JSON a collection.

    A resource: use it in a ``with`` statement.
    """

    def __init__(self, book: Book, folder: Path, jobs: int = 0, *, extracts: bool = True) -> None:
        """They go to ``folder``; ``jobs`` processes may share the work, 0 for as many as gain.

        Without ``extracts`` it is the index alone.
        """
        self._book = book
        self._folder = folder
        self._jobs = jobs
        self._extracts = extracts
        self._stack = ExitStack()
        self._finish: Callable[[], Extracts] = dict

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self._stack.close()

    def begin(
        self, plans: Plans, database: Path, last: Path | None = None, changed: Collection[tuple[str, str]] = ()
    ) -> None:
        """Begin with the tables in ``database``, to which no more is going to be added than indexes and the like.

        Another process reads them from a copy meanwhile; where that is not worth it, all is left for ``finish``. With a
        ``last`` release nothing is going to be added; what has not ``changed`` since is taken from its folder.
        """
        shared = cores() > 1 and self._jobs != 1 and database.stat().st_size > _WORTH_SHARING
        if shared and not last:
            tables = Path(self._stack.enter_context(tempfile.TemporaryDirectory(dir=self._folder)), "tables.db")
            database = Path(shutil.copyfile(database, tables))
        names = file_names(self._book, plans)
        tasks = dict(_writers(self._book, plans, names, database, self._folder)) if self._extracts else {}
        for kind in ("csv", "json") if self._extracts else ():
            (self._folder / kind).mkdir()
        same = {}
        for of, extract in extracts_in(last, names).items() if last else ():
            if last and of not in changed:
                take_over(last / extract.path, self._folder / extract.path)
                same[of] = extract
                del tasks[of]
        is_new = True
        all_tasks: list[Callable[[], Extract | None]] = [*tasks.values()]
        if last and (last / SITE_INDEX).is_file() and not any(kind == "table" for kind, _ in changed):
            take_over(last / SITE_INDEX, self._folder / SITE_INDEX)
            is_new = False
        else:  # first, since it takes longest
            all_tasks.insert(0, partial(write_site_index, self._book, plans, database, self._folder / SITE_INDEX))
        written = self._stack.enter_context(beside(all_tasks, self._jobs if shared else 1))

        def finish() -> Extracts:
            extracts = {**same, **_extracts(tasks, written())}
            complete_site_index(self._book, plans, self._folder, is_new=is_new)
            return extracts

        self._finish = finish

    def finish(self) -> Extracts:
        """Wait for the extracts, and complete the index; what they are. Raises OSError where the disk fails.

        The history of the database, and the list of all keys that were published, are there by then.
        """
        extracts = self._finish()
        self._stack.close()
        return extracts


def _extracts(of: Iterable[tuple[str, str]], written: Iterable[Extract | None]) -> Extracts:
    """What was written, without the index, by what it is of."""
    return dict(zip(of, filter(None, written), strict=True))


_WORTH_SHARING = 4 * 1024 * 1024  # bytes of a database whose extracts are worth another process


def configure(book: Book, plans: Plans, folder: Path) -> None:
    """Write Datasette's configuration, and the site's, into ``folder``. Raises OSError where the disk fails."""
    _write_json(folder / METADATA, datasette_metadata(book, plans))
    _write_json(folder / DATASETTE, datasette_config(book, plans))
    _write_json(folder / SITE, site_description(book, plans))


def package(
    book: Book, plans: Plans, folder: Path, tables: Extracts, digest: str, files: Sequence[Mapping[str, Any]]
) -> None:
    """Write the Data Package around the database in ``folder``, whose SHA-256 is ``digest``, and its ``tables``.

    ``files`` is what is told of those in other formats. Raises OSError where the disk fails.
    """
    names = file_names(book, plans)
    (folder / "tableschema").mkdir()
    for plan in plans.values():
        for table in plan.tables:
            schema = table_schema(table, plans, names)
            _write_json(folder / "tableschema" / f"{names[table.name]}.json", schema)
    database = folder / book.database
    extracts = {("database", ""): Extract(book.database, database.stat().st_size, digest, 0), **tables}
    with reading(database) as connection:
        logical = logical_hash(connection, extracts)
    _write_json(folder / PACKAGE, package_descriptor(book, plans, names, extracts, logical, files))


def _writers(
    book: Book, plans: Plans, names: Names, database: Path, folder: Path
) -> Iterator[tuple[tuple[str, str], Callable[[], Extract]]]:
    """What writes the JSON of each collection, and what the CSV of each table."""
    for name, plan in plans.items():
        path = f"json/{names[name]}.json"
        keyed = book.by_name[name].key is None
        yield ("documents", name), partial(_write_documents, database, plan, folder, path, keyed=keyed)
    for plan in plans.values():
        for table in plan.tables:
            yield ("table", table.name), partial(_write_csv, database, table, folder, f"csv/{names[table.name]}.csv")


def described(book: Book, plans: Plans, names: Names, folder: Path, connection: sqlite3.Connection) -> Extracts:
    """The files of a release, as they are, that its package's descriptor speaks of; rows are those of the database."""
    extracts: dict[tuple[str, str], Extract] = {("database", ""): _described(folder, book.database, 0)}
    for plan in plans.values():
        for table in plan.tables:
            rows = connection.execute(f"SELECT count(*) FROM {quote(table.name)}").fetchone()[0]
            extracts["table", table.name] = _described(folder, f"csv/{names[table.name]}.csv", rows)
        count = connection.execute(f"SELECT count(*) FROM {RECORDS} WHERE collection = ?", (plan.collection,))
        file = f"json/{names[plan.collection]}.json"
        extracts["documents", plan.collection] = _described(folder, file, count.fetchone()[0])
    return extracts


def _described(folder: Path, path: str, rows: int) -> Extract:
    return Extract(path, (folder / path).stat().st_size, sha256(folder / path), rows)


def _write_csv(database: Path, table: Table, folder: Path, path: str) -> Extract:
    """A table as RFC 4180 CSV, UTF-8, in the database's order."""
    count = 0
    with reading(database) as connection, Written(folder / path) as file:
        columns = ", ".join(map(_csv_column, table.published))
        cursor = connection.execute(f"SELECT {columns} FROM {quote(table.name)} ORDER BY {table.order}")
        text = io.StringIO(newline="")
        writer = csv.writer(text)  # ends lines with CR LF, and so quotes a lone CR or LF in a value
        writer.writerow([column[0] for column in cursor.description])
        while rows := cursor.fetchmany(_AT_ONCE):
            writer.writerows(rows)
            file.add(text.getvalue())
            count += len(rows)
            text.seek(0)
            text.truncate()
        file.add(text.getvalue())
    return Extract(path, file.bytes, file.sha256, count)


def _csv_column(column: Column) -> str:
    """SQL for what a CSV has of a column: of whole numbers their digits alone."""
    name = quote(column.name)
    if column.encoding != "number":
        return name
    whole = f"CAST({name} AS INTEGER)"
    return f"CASE WHEN {name} BETWEEN -{EXACT} AND {EXACT} AND {name} = {whole} THEN {whole} ELSE {name} END AS {name}"


_AT_ONCE = 1_000  # rows


def _write_documents(database: Path, plan: Plan, folder: Path, path: str, *, keyed: bool) -> Extract:
    """The documents of a collection: an array, or where ``keyed`` an object by key."""
    count = 0
    with reading(database) as connection, Written(folder / path) as file:
        file.add("{" if keyed else "[")
        separator = "\n"
        for rows in documents(connection, plan):
            texts = [f"{dumps(key)}:{document}" if keyed else document for key, document in rows]
            file.add(separator + ",\n".join(texts))
            count += len(texts)
            separator = ",\n"
        file.add("\n}\n" if keyed else "\n]\n")
    return Extract(path, file.bytes, file.sha256, count)


def _write_json(path: Path, value: Mapping[str, Any]) -> None:
    path.write_text(dumps(value, indent=2) + "\n", encoding="utf-8", newline="\n")
