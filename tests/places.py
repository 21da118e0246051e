# SPDX-License-Identifier: Apache-2.0
"""Values read back from their places: what `where` says held against the bytes of the book's files.

PyYAML finds what begins at a line and column; its text alone is then read, and must give the cell's value.
"""

from __future__ import annotations

import json
import random
import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from sourcebook import Checked
from sourcebook.exact import same
from sourcebook.parse import parse
from sourcebook.sqlite import quote
from sourcebook.tables import Column, Table, decode
from sourcebook.tables.whole_book import Plans
from sourcebook.where import Locator

MADE_UP = ("parent", "within", "position")


@dataclass(frozen=True)
class Cell:
    """One value of a published table, not NULL, and the key of its row."""

    table: Table
    column: Column
    key: str
    value: Any


def cells(database: Path, plans: Plans, chance: random.Random, count: int) -> Iterator[Cell]:
    """``count`` values from random tables, rows and columns."""
    tables = [table for plan in plans.values() for table in plan.tables]
    with closing(sqlite3.connect(database)) as connection:
        sizes = {t.name: connection.execute(f"SELECT count(*) FROM {quote(t.name)}").fetchone()[0] for t in tables}
        tables = [table for table in tables if sizes[table.name]]
        while count:
            table = chance.choice(tables)
            at = chance.randrange(sizes[table.name])
            row = connection.execute(f"SELECT * FROM {quote(table.name)} LIMIT 1 OFFSET {at}").fetchone()
            names = [column.name for column in table.columns]
            full = [
                column
                for column, value in zip(table.columns, row, strict=False)  # what is derived comes after these
                if value is not None and column.role not in MADE_UP and (column.role != "key" or column.path)
            ]
            if full:
                column = chance.choice(full)
                key = "/".join(str(row[names.index(name)]) for name in table.primary_key)
                yield Cell(table, column, key, row[names.index(column.name)])
                count -= 1


class Files:
    """The files of a book, and what begins at each place of them."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._found: dict[str, dict[tuple[int, int], list[tuple[str, Any]]]] = {}

    @property
    def count(self) -> int:
        """How many files were looked at."""
        return len(self._found)

    def value(self, path: str, line: int, column: int, *, key: bool) -> Any:
        """The value whose text begins at a place of a file, that text read by itself; or the first key in it."""
        if path not in self._found:
            found = self._found[path] = {}
            for place, one in _places((self.root / path).read_text("utf-8"), page=path.endswith(".md")):
                found.setdefault(place, []).append(one)
        text, event = self._found[path][line, column][0 if key else -1]
        if getattr(event, "style", None) in ("|", ">"):
            return event.value
        return parse((" " * (column - 1) + text).encode(), "text.yaml").documents[0].value


def _places(text: str, *, page: bool) -> Iterator[tuple[tuple[int, int], tuple[str, Any]]]:
    if page:  # its front matter, and the text below
        text, body = text.split("\n---\n", 1)
        yield (text.count("\n") + 3, 1), ("", yaml.ScalarEvent(None, None, (False, False), body, style="|"))
    text = re.sub(
        r"(?:\\u[dD][0-9a-fA-F]{3}){2}", lambda pair: json.loads(f'"{pair[0]}"'), text
    )  # as YAML has no pairs
    anchors: dict[str, tuple[str, Any]] = {}
    opened: list[Any] = []
    for event in yaml.parse(text, yaml.CSafeLoader):
        if isinstance(event, yaml.CollectionStartEvent):
            opened.append(event)
            continue
        if isinstance(event, yaml.AliasEvent):
            found = anchors[event.anchor]
        elif isinstance(event, yaml.ScalarEvent):
            found = text[event.start_mark.index : event.end_mark.index], event
        elif isinstance(event, yaml.CollectionEndEvent):
            start = opened.pop()
            found = text[start.start_mark.index : event.end_mark.index], start
            event = start
        else:
            continue
        if event.anchor:
            anchors[event.anchor] = found
        yield (event.start_mark.line + 1, event.start_mark.column + 1), found


def read_back(checked: Checked, folder: Path, chance: random.Random, count: int) -> int:
    """Hold ``count`` random cells of a book that was built against their places; the number of files that were read."""
    plans = checked.plans
    locator, files = Locator(checked.book), Files(folder)
    (database,) = (folder / "build").glob("*.db")
    with closing(sqlite3.connect(database)) as connection:
        for cell in cells(database, plans, chance, count):
            place = locator.find(cell.table.name, cell.key, cell.column.name)
            assert place.written, cell
            key = cell.column.role == "name"
            read = files.value(place.path, place.line, place.column, key=key)
            expected = _written(connection, plans, cell)
            if cell.column.role == "other":
                read = {name: value for name, value in read.items() if name in expected}
            assert same(str(read) if key else read, expected), (cell, place, read)
    return files.count


def _written(connection: sqlite3.Connection, plans: Plans, cell: Cell) -> Any:
    """What the document must say: of a reference by another field, that field of the record that is meant."""
    foreign = cell.column.foreign
    if not foreign or not foreign.field:
        return decode(cell.value, cell.column.encoding)
    target = plans[foreign.collection].tables[0]
    (field,) = (column for column in target.columns if column.path == foreign.field)
    sql = f"SELECT {quote(field.name)} FROM {quote(target.name)} WHERE {quote(target.primary_key[0])} = ?"
    return connection.execute(sql, [cell.value]).fetchone()[0]
