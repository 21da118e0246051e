# SPDX-License-Identifier: Apache-2.0
"""The sides that are no files of records: a release, by its database; a Data Package, by its documents."""

from __future__ import annotations

import sqlite3
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from sourcebook.book import ANSWER_KINDS
from sourcebook.diff.model import Side, Stand
from sourcebook.diff.records import Held
from sourcebook.diff.seen import Shown, as_it_is
from sourcebook.errors import UsageError
from sourcebook.exact import loads
from sourcebook.sqlite import RECORDS, quote, reading
from sourcebook.tables.derived import ANSWERS, PUBLISHED_IN, SAID_BY

PACKAGE, SITE = "datapackage.json", "site.json"
_MOST = 512 * 1024 * 1024  # bytes of one file of an archive

Fields = Mapping[str, Mapping[str, Any]]


@dataclass
class Release:
    """What was published. ``records`` are those of each collection, and ``tables`` their columns.

    ``site`` is what it says to pages of itself; ``database`` is None of a package, which has ``documents``, that hold
    what a build derived too; ``keys`` are the property that may be each collection's key there.
    """

    side: Side
    descriptor: Mapping[str, Any]
    tables: Mapping[str, Fields]
    views: tuple[str, ...] = ()
    site: Mapping[str, Any] = field(default_factory=dict)
    database: Path | None = None
    documents: Mapping[str, Any] = field(default_factory=dict)
    keys: Mapping[str, str] = field(default_factory=dict)
    shown: Shown = as_it_is

    @property
    def collections(self) -> tuple[str, ...]:
        """Their names, in order."""
        if self.database is None:
            return tuple(self.documents)
        with _reading(self.database) as connection:
            rows = connection.execute(f"SELECT collection FROM {RECORDS} GROUP BY collection ORDER BY min(rowid)")
            return tuple(name for (name,) in rows)

    def records(self, collection: str, key: str | None = None) -> Iterator[Held]:
        """The records of a collection; ``key`` is the path of their key, where that is known otherwise."""
        if self.database is None:
            yield from _of_documents(self.documents.get(collection, ()), key or self.keys.get(collection, ""))
            return
        query = f"SELECT key, path, line, document FROM {RECORDS} WHERE collection = ? ORDER BY rowid"
        with _reading(self.database) as connection:
            for name, path, line, document in connection.execute(query, (collection,)):
                yield Held(name, Stand(path, line), loads(document))


@contextmanager
def _reading(database: Path) -> Iterator[sqlite3.Connection]:
    """A connection to the database of a release. Raises UsageError where it is none."""
    try:
        with reading(database) as connection:
            yield connection
    except (sqlite3.Error, ValueError, TypeError) as error:
        raise UsageError(f"{database} cannot be read as the database of a release: {error}") from error


def _of_documents(documents: Any, key: str) -> Iterator[Held]:
    if isinstance(documents, dict):
        yield from (Held(name, Stand(None, 0), value) for name, value in documents.items())
        return
    for value in documents:
        here: Any = value
        for part in key.split(".") if key else ():
            here = here.get(part) if isinstance(here, dict) else None
        if here is not None:
            yield Held(str(here), Stand(None, 0), value)


def release_in(folder: Path, side: Side) -> Release:
    """The release that lies in ``folder``. Raises UsageError where there is none."""
    databases = sorted(folder.glob("*.db"))
    if not databases and not (folder / PACKAGE).is_file():
        raise UsageError(
            f"{folder} is neither a release nor a Data Package of one: it has no database and no {PACKAGE}"
        )
    try:
        site = _json((folder / SITE).read_bytes()) if (folder / SITE).is_file() else {}
        package = _json((folder / PACKAGE).read_bytes()) if (folder / PACKAGE).is_file() else {}
        read = _Reader(lambda name: (folder / name).read_bytes())
        if not databases:
            return replace(_of_package(package, side, read), site=site)
        with reading(databases[0]) as connection:
            tables, views = _tables(connection)
    except (sqlite3.Error, ValueError) as error:
        raise UsageError(f"{folder} cannot be read as a release: {error}") from error
    _add_asked(tables, package, read)
    about = package or {"name": site.get("name"), "title": site.get("title"), **site.get("about_book", {})}
    return Release(side, about, tables, views, site, databases[0])


def package_in(path: Path, side: Side) -> Release:
    """The Data Package in a ZIP file. Raises UsageError where it is none."""
    try:
        with zipfile.ZipFile(path) as archive:
            read = _Reader(lambda name: _member(archive, name))
            return _of_package(_json(read(PACKAGE)), side, read)
    except (zipfile.BadZipFile, KeyError, ValueError, NotImplementedError, RuntimeError, zlib.error) as error:
        raise UsageError(f"{path} cannot be read as the Data Package of a book: {error}") from error


def _member(archive: zipfile.ZipFile, name: str) -> bytes:
    with archive.open(name) as member:
        data = member.read(_MOST + 1)
    if len(data) > _MOST:
        raise ValueError(f"{name} has more than {_MOST:,} bytes")
    return data


@dataclass
class _Reader:
    of: Any

    def __call__(self, name: str) -> bytes:
        if name.startswith("/") or ".." in name.split("/"):
            raise ValueError(f"{name} leads out of the package")
        data: bytes = self.of(name)
        return data


def _json(data: bytes) -> dict[str, Any]:
    value = loads(data)
    if not isinstance(value, dict):
        raise ValueError("it is no object of JSON")
    return value


def _of_package(package: Mapping[str, Any], side: Side, read: _Reader) -> Release:
    listed = package.get("sourcebook", {}).get("documents")
    if not isinstance(listed, list):
        raise ValueError(f"its {PACKAGE} names no documents of a book")
    try:
        documents = {one["collection"]: loads(read(one["path"])) for one in listed}
        tables = tables_in(package, read)
        keys = {one["collection"]: one["key"] for one in listed if "key" in one}
        for one in package["resources"]:
            if one["name"] in documents and one["name"] not in keys:
                keys[one["name"]] = loads(read(one["schema"]))["primaryKey"][0]
    except (KeyError, TypeError, OSError, IndexError) as error:
        raise ValueError(f"it lacks what its {PACKAGE} names: {error}") from error
    return Release(side, package, tables, documents=documents, keys=keys)


_TYPES = {"integer": "INTEGER", "boolean": "INTEGER", "number": "REAL"}


def tables_in(package: Mapping[str, Any], read: Callable[[str], bytes]) -> dict[str, dict[str, dict[str, Any]]]:
    """The tables of a Data Package by its Table Schemas. Raises KeyError, TypeError, ValueError where these lack."""
    found = {}
    for one in package["resources"]:
        schema = loads(read(one["schema"]))
        found[one["name"]] = {
            field["name"]: {"type": _TYPES.get(field["type"], "TEXT"), **_asked(field, schema, one["name"])}
            for field in schema["fields"]
        }
    return found


def _tables(connection: sqlite3.Connection) -> tuple[dict[str, dict[str, dict[str, Any]]], tuple[str, ...]]:
    """The tables of a database, each with its columns and their types; and its views."""
    found: dict[str, dict[str, dict[str, Any]]] = {}
    views = []
    kinds = connection.execute(
        "SELECT name, type, sql FROM sqlite_master WHERE type IN ('table', 'view') ORDER BY rowid"
    )
    for name, kind, sql in kinds.fetchall():
        if kind == "view":
            views.append(name)
        elif not name.startswith(("sqlite_", "_")) and "_fts" not in name and not sql.startswith("CREATE VIRTUAL"):
            columns = connection.execute(f"PRAGMA table_info({quote(name)})")
            found[name] = {row[1]: {"type": row[2]} for row in columns}
    return found, tuple(views)


def _add_asked(tables: Mapping[str, dict[str, dict[str, Any]]], package: Mapping[str, Any], read: _Reader) -> None:
    """Add what the package's schemas say of columns that a database does not: the choices."""
    for one in package.get("resources", ()):
        with suppress(OSError, ValueError, KeyError, TypeError):
            schema = loads(read(one["schema"]))
            for one_field in schema["fields"]:
                tables[one["name"]][one_field["name"]] |= _asked(one_field, schema, one["name"])


def _asked(described: Mapping[str, Any], schema: Mapping[str, Any], table: str) -> dict[str, Any]:
    """What a Table Schema says of a column of a table that its database does not."""
    limits = described.get("constraints", {})
    leads = [
        one["reference"]["resource"] for one in schema.get("foreignKeys", ()) if described["name"] in one["fields"]
    ]
    choices = limits.get("enum")
    return {
        "field": described["type"],
        "to": (leads[0] or table) if leads else "",
        "never_empty": bool(limits.get("required")),
        "choices": tuple(choices) if isinstance(choices, list) else (),
    }


DERIVED = frozenset({ANSWERS, SAID_BY, PUBLISHED_IN, *(kind.column for kind in ANSWER_KINDS)})
"""The members that documents may have beside what was written."""
