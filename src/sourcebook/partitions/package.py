# SPDX-License-Identifier: Apache-2.0
"""The Data Package of partitions: a resource a table, whose data are several files of Parquet."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sourcebook.book import Book
from sourcebook.book.formats import FORMATS
from sourcebook.extract.package import heading, table_schema
from sourcebook.partitions.parts import WHOLE
from sourcebook.partitions.written import File
from sourcebook.sqlite import RECORDS
from sourcebook.tables import Table
from sourcebook.tables.whole_book import Plans

KIND = "partitions"
"""What a descriptor calls a release that is partitions alone."""


def package_of(
    book: Book, plans: Plans, stems: Mapping[str, str], files: Mapping[str, Sequence[File]]
) -> dict[str, Any]:
    """The descriptor of partitions: ``files`` are they, by table, ``stems`` the names of resources."""
    tables = {table.name: table for plan in plans.values() for table in plan.tables} | {RECORDS: WHOLE}
    return {
        **heading(book),
        "resources": [_resource(table, plans, stems, files[name]) for name, table in tables.items()],
        "sourcebook": {"kind": KIND, "records": sum(file.rows for file in files[RECORDS])},
    }


def _resource(table: Table, plans: Plans, stems: Mapping[str, str], files: Sequence[File]) -> dict[str, Any]:
    return {
        "name": stems[table.name],
        "type": "table",
        "title": table.title or table.name,
        **({"description": table.description} if table.description else {}),
        "path": [file.path for file in files],
        "scheme": "file",
        "format": "parquet",
        "mediatype": FORMATS["parquet"].media_type,
        "bytes": sum(file.bytes for file in files),
        "rows": sum(file.rows for file in files),
        "schema": _typed(table_schema(table, plans, stems)),
    }


def _typed(schema: dict[str, Any]) -> dict[str, Any]:
    """A Table Schema without what only tables of text need: in Parquet a value is of its type, or missing."""
    said = {name: value for name, value in schema.items() if name != "missingValues"}
    texts = ("trueValues", "falseValues")
    return {
        **said,
        "fields": [{key: value for key, value in one.items() if key not in texts} for one in schema["fields"]],
    }
