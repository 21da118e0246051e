# SPDX-License-Identifier: Apache-2.0
"""The Data Package around the extracts (https://datapackage.org/standard/): descriptor and Table Schemas."""

from __future__ import annotations

import hashlib
import math
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sourcebook.book import Book
from sourcebook.exact import dumps, loads
from sourcebook.extract.names import Names
from sourcebook.extract.pattern import table_pattern
from sourcebook.sqlite import RECORDS
from sourcebook.tables import EXACT, Column, Table, fits, told
from sourcebook.tables.whole_book import Plans, leads_to

PACKAGE = "datapackage.json"


@dataclass(frozen=True, slots=True)
class Extract:
    """A written file: its path in the package, size in bytes, SHA-256, number of rows or documents."""

    path: str
    bytes: int
    sha256: str
    rows: int


_FIELD_TYPES = {
    "text": "string",
    "integer": "integer",
    "number": "number",
    "boolean": "boolean",
    "any": "string",
    "json": "any",
}


Extracts = Mapping[tuple[str, str], Extract]  # by what they are of (database, table, documents), and its name


def table_schema(table: Table, plans: Plans, names: Names) -> dict[str, Any]:
    """The Table Schema of the CSV of ``table``."""
    tables = {other.name: other for plan in plans.values() for other in plan.tables}
    keys = {name: other.primary_key[0] for name, other in tables.items()}
    schema: dict[str, Any] = {
        "fields": [_field(column, table, tables) for column in table.published],
        "missingValues": [""],
        "primaryKey": list(table.primary_key),
    }
    foreign = [
        {
            "fields": [column.name],
            "reference": {
                "resource": "" if column.foreign.collection == table.name else names[column.foreign.collection],
                "fields": [keys[column.foreign.collection]],
            },
        }
        for column in table.columns
        if column.foreign
    ]
    return {**schema, "foreignKeys": foreign} if foreign else schema


def _field(column: Column, table: Table, tables: Mapping[str, Table]) -> dict[str, Any]:
    note = column.note
    kind = _kind(column, tables)
    field: dict[str, Any] = {"name": column.name, "type": kind}
    if note.title:
        field["title"] = note.title
    if note.told:
        field["description"] = note.told
    example = next((one for one in note.examples if fits(one, column.encoding)), None)
    if kind in ("string", "integer", "number") and example is not None and not (note.choices or note.pattern):
        field["example"] = told(example, column.encoding)
    if kind == "boolean":
        field |= {"trueValues": ["1"], "falseValues": ["0"]}
    constraints: dict[str, Any] = {}
    if column.name in table.primary_key or (column.filled and _never_empty(column, kind)):
        constraints["required"] = True
    if not (column.exempt or column.foreign or note.sometimes):  # a key is not what its schema speaks of
        constraints |= _asked(column, kind)
    if constraints:
        field["constraints"] = constraints
    return field


def _kind(column: Column, tables: Mapping[str, Table]) -> str:
    """The type of a field: of a foreign key, that of the key that it leads to, or no reader could compare the two."""
    if column.foreign:
        _, column = leads_to(tables, column)
    date = column.note.format == "date" and not column.note.sometimes
    return "date" if column.encoding == "text" and date and not column.exempt else _FIELD_TYPES[column.encoding]


def _never_empty(column: Column, kind: str) -> bool:
    """Whether no value is an empty text, which a CSV cannot tell from none: if one may be, none can be required."""
    note = column.note
    if column.foreign or kind == "date" or column.encoding not in ("text", "any"):
        return True
    return not note.sometimes and (note.min_length > 0 or (bool(note.choices) and "" not in note.choices))


def _asked(column: Column, kind: str) -> Iterator[tuple[str, Any]]:
    """What the schema asks of the values of a column, as Table Schema says it."""
    note = column.note
    chosen = [told(choice, column.encoding) for choice in note.choices if fits(choice, column.encoding)]
    if kind in ("string", "integer", "number", "boolean") and (enum := [one for one in chosen if one != ""]):
        yield "enum", enum
    if kind == "string" and column.encoding == "text" and note.pattern:
        pattern = table_pattern(note.pattern)
        if pattern is not None:
            yield "pattern", pattern
    least: Sequence[float]
    most: Sequence[float]
    if kind == "integer":  # also what it must be more or less than: readers of the first Table Schema know no such word
        least = [math.ceil(low) for low in _numbers(note.minimum)] + [
            math.floor(low) + 1 for low in _numbers(note.above)
        ]
        most = [math.floor(top) for top in _numbers(note.maximum)] + [
            math.ceil(top) - 1 for top in _numbers(note.below)
        ]
    elif kind == "number":
        least = [_as_in_csv(low) for low in _numbers(note.minimum, note.above)]
        most = [_as_in_csv(top) for top in _numbers(note.maximum, note.below)]
    else:
        return
    if least:
        yield "minimum", max(least)
    if most:
        yield "maximum", min(most)


def _numbers(*bounds: float | None) -> Iterator[float]:
    """Those bounds that there are; one that no double holds is left out, for values are compared with doubles."""
    return (bound for bound in bounds if isinstance(bound, int | float))


def _as_in_csv(bound: float) -> float:
    """A bound as the CSV would write it: of a number past those that doubles tell apart, the shortest form."""
    return bound if abs(bound) <= EXACT else float(bound)


_KEPT = (
    "name", "id", "title", "description", "version", "homepage", "licenses", "sources", "contributors", "keywords",
)  # fmt: skip


def package_descriptor(
    book: Book,
    plans: Plans,
    names: Names,
    extracts: Extracts,
    logical: str,
    files: Sequence[Mapping[str, Any]] = (),
) -> dict[str, Any]:
    """The descriptor of every table's CSV, with the book's own metadata, hashes, sizes and counts.

    ``files`` in other formats are no resources: who reads all of these would have each row several times.
    """
    database = extracts["database", ""]
    return {
        **heading(book),
        "resources": [
            _resource(table, names, extracts["table", table.name]) for plan in plans.values() for table in plan.tables
        ],
        "sourcebook": {
            "database": {
                "path": database.path,
                "bytes": database.bytes,
                "hash": f"sha256:{database.sha256}",
                "logicalHash": f"sha256:{logical}",
            },
            "documents": [
                {
                    "collection": name,
                    **({"key": key} if (key := book.by_name[name].key) is not None else {}),
                    "path": extracts["documents", name].path,
                    "mediatype": "application/json",
                    "bytes": extracts["documents", name].bytes,
                    "hash": f"sha256:{extracts['documents', name].sha256}",
                    "count": extracts["documents", name].rows,
                }
                for name in plans
            ],
            **({"files": list(files)} if files else {}),
        },
    }


def heading(book: Book) -> dict[str, Any]:
    """What a descriptor says of the whole package, as the book's own does."""
    kept = {key: book.descriptor[key] for key in _KEPT if key in book.descriptor}
    return {"$schema": "https://datapackage.org/profiles/2.0/datapackage.json", **kept}


def extracts_in(folder: Path, names: Names) -> Extracts:
    """The extracts of tables and documents in a release of the same plan, as its descriptor has them."""
    descriptor = loads((folder / PACKAGE).read_bytes())
    of_name = {name: table for table, name in names.items()}
    tables = {("table", of_name[one["name"]]): one for one in descriptor["resources"]}
    documents = {("documents", one["collection"]): one for one in descriptor["sourcebook"]["documents"]}
    return {
        of: Extract(one["path"], one["bytes"], one["hash"].removeprefix("sha256:"), one.get("rows", one.get("count")))
        for of, one in (tables | documents).items()
    }


def _resource(table: Table, names: Names, extract: Extract) -> dict[str, Any]:
    stem = names[table.name]
    resource: dict[str, Any] = {"name": stem, "type": "table", "title": table.title or table.name}
    if table.description:
        resource["description"] = table.description
    return {
        **resource,
        "path": extract.path,
        "scheme": "file",
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "bytes": extract.bytes,
        "hash": f"sha256:{extract.sha256}",
        "rows": extract.rows,
        "schema": f"tableschema/{stem}.json",
    }


_HISTORY = ("_changes", "_versions")


def logical_hash(connection: sqlite3.Connection, extracts: Extracts) -> str:
    """SHA-256 of what a database says, whatever SQLite wrote it: its schema, its extracts, where each record stands.

    The extracts of the database hold every row and every record: their checksums stand for them. What is hashed is the
    JSON text of a list. Its first item is the list of tables, indexes and views, each as type, name and SQL, without
    those that SQLite makes for itself and those of the history, which is a clone's; its second the list of CSV and JSON
    extracts, each as path and SHA-256, in order of path; every other a record's collection, key, path and line.
    """
    schema = connection.execute(
        "SELECT type, name, sql FROM sqlite_master WHERE name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY type, name"
    ).fetchall()
    shadow = tuple(f"{name}_" for _, name, sql in schema if sql and sql.startswith("CREATE VIRTUAL TABLE"))
    said = [one for one in schema if not (shadow and one[1].startswith(shadow)) and not one[1].startswith(_HISTORY)]
    records = connection.execute(f"SELECT collection, key, path, line FROM {RECORDS} ORDER BY rowid")
    sums = sorted((one.path, one.sha256) for one in extracts.values() if one.path.startswith(("csv/", "json/")))
    digest = hashlib.sha256(dumps([said, sums])[:-1].encode("utf-8", "surrogatepass"))
    while rows := records.fetchmany(5_000):
        digest.update(b"," + dumps(rows)[1:-1].encode("utf-8", "surrogatepass"))
    digest.update(b"]")
    return digest.hexdigest()
