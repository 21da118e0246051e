# SPDX-License-Identifier: Apache-2.0
"""What a book says of anchors, held against its tables: an anchor is a property, and its source a reference."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from sourcebook.book import Book, Collection, steps
from sourcebook.book.passages import ANCHOR, ITSELF
from sourcebook.finding import Finding
from sourcebook.parse import Path
from sourcebook.records.places import said_finding, schema_finding
from sourcebook.tables.model import Column, Plan
from sourcebook.validation.keywords import schemas_of
from sourcebook.validation.wording import did_you_mean


def anchor_problems(book: Book, collection: Collection, plan: Plan) -> Iterator[Finding]:
    """What is said of a collection's anchors and leads nowhere."""
    columns = {column.path: column for table in plan.tables for column in table.columns if column.path}
    inside = {steps(path)[: number + 1] for path in columns for number in range(len(steps(path)))}
    said = book.block(collection).get("anchors", {})
    for path, source in collection.anchors.items():
        if path in said and steps(path) not in inside:
            named = [re.sub(r"\.(\[\]|\{)", r"\1", ".".join(one)) for one in inside]
            hint = did_you_mean(path, named) or f"there are {', '.join(list(columns)[:12])}"
            yield said_finding(book, collection, ("anchors", path), f"no property has the path {path!r}", hint)
        found = _source(source, columns)
        if not found:
            continue
        if path in said:
            yield said_finding(book, collection, ("anchors", path, "source"), *found)
        else:
            yield _in_schema(book, collection, source, *found)


def _source(source: str, columns: Mapping[str, Column]) -> tuple[str, str] | None:
    """What is wrong with the path of a source, and a hint; None where nothing is."""
    if source == ITSELF:
        return None
    column = columns.get(source)
    if column is None:
        hint = did_you_mean(source, columns) or "name the reference to the document, from the record's beginning"
        return f"no property has the path {source!r}, so no source of passages is named", hint
    if not (column.foreign or column.targets):
        hint = "say where it leads under `references`, or in the schema by x-references"
        return f"{source!r} is no reference, so it names no source of passages", hint
    return None


def _in_schema(book: Book, collection: Collection, source: str, message: str, hint: str) -> Finding:
    """A finding where the schema says so; at its beginning, where another that it refers to does."""
    path = str(collection.schema)
    wanted = ((*where, ANCHOR) for where, one in schemas_of(book.schemas.contents(path)) if _says(one, source))
    where: Path = next(wanted, ())
    return schema_finding(book, path, where, message, hint)


def _says(schema: Mapping[str, object], source: str) -> bool:
    said = schema.get(ANCHOR)
    return isinstance(said, dict) and said.get("source") == source
