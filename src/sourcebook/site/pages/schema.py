# SPDX-License-Identifier: Apache-2.0
"""The page of the schema: every table and column, what they mean, what is asked of them, and how they are joined."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from typing import Any

from sourcebook.content.addresses import Addresses
from sourcebook.content.statements import is_statement
from sourcebook.content.values import shortened
from sourcebook.extract import cell_text
from sourcebook.extract.site import Collection, ColumnNote, Field, Site, TableNote
from sourcebook.site.answer import Answer, Asked
from sourcebook.site.diagram import diagram
from sourcebook.site.machines.heads import of_listing
from sourcebook.site.published import Published
from sourcebook.site.rendering import page
from sourcebook.sqlite import quote

_FEW_TABLES = 8  # all shown unfolded
_LOOKED_AT = 50  # rows of a table, for an example of each column
_LONGEST_EXAMPLE = 60
_DATES = ("date", "date-time", "time")


@dataclass(frozen=True, slots=True)
class Join:
    """How a table is joined to what it refers to: the line of SQL, and a whole statement to run."""

    column: str
    to: str
    line: str
    sql: str


@dataclass(frozen=True, slots=True)
class Described:
    """A table as the page has it: ``examples`` by column."""

    note: TableNote
    count: int
    joins: tuple[Join, ...]
    examples: dict[str, str]
    sql: str


def answer(opened: Published, asked: Asked) -> Answer | None:
    """The page, or the same as data: ``/schema.json``."""
    at = asked.at(opened.site.name)
    if asked.path[0].endswith(".json"):
        return Answer.json(_data(opened, at))
    tables = [_described(opened, one) for one in opened.site.tables]
    what = f"What every table and column means: {opened.site.title}"
    return page(
        "schema",
        opened,
        asked,
        head=of_listing(opened, asked, at.page("schema"), [("json", at.page("schema.json"))], what),
        parts=[
            (collection, [one for one in tables if one.note.collection == collection.name])
            for collection in opened.site.collections
        ],
        drawn=diagram(opened.site),
        unfolded=len(tables) <= _FEW_TABLES,
        counting=_counting(opened.site.tables),
        joined=next((one.joins[0] for one in tables if one.joins), None),
    )


def _described(opened: Published, table: TableNote) -> Described:
    (count,) = opened.connection.execute(f"SELECT count(*) FROM {quote(table.name)}").fetchone()
    joins = tuple(_joins(opened.connection, table))
    return Described(table, count, joins, _examples(opened, table), f"SELECT * FROM {_plain(table.name)} LIMIT 100")


# --- joins ------------------------------------------------------------------------------------------------------------


def _joins(connection: sqlite3.Connection, table: TableNote) -> Iterator[Join]:
    for column in table.columns:
        if column.to:
            yield _join(connection, table.name, column)


def _join(connection: sqlite3.Connection, table: str, column: ColumnNote) -> Join:
    """A join with names in quotes only where SQLite does not take it otherwise."""
    for written in (_plain, quote):
        to = written(column.to)
        alias = to if column.to != table else "other"
        line = f"JOIN {to}{'' if alias == to else f' AS {alias}'} ON {alias}.{written(column.to_column)} = "
        line += f"{written(table)}.{written(column.name)}"
        sql = f"SELECT * FROM {written(table)} {line} LIMIT 100"
        try:
            connection.execute(f"EXPLAIN {sql}").close()
            break
        except sqlite3.Error:
            continue
    return Join(column.name, column.to, line, sql)


def _plain(name: str) -> str:
    return name if re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", name) else quote(name)


def _counting(tables: Iterable[TableNote]) -> str:
    return "\nUNION ALL ".join(
        f"SELECT {_text(one.name)} AS name, count(*) AS rows FROM {quote(one.name)}" for one in tables
    )


def _text(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


# --- examples ---------------------------------------------------------------------------------------------------------


def _examples(opened: Published, table: TableNote) -> dict[str, str]:
    """The first value of each column that may stand by itself, where the schema has no example.

    In a book of statements only numbers and dates do: what is said of somebody is not shown without who says it.
    """
    rows = opened.connection.execute(f"SELECT * FROM {quote(table.name)} LIMIT {_LOOKED_AT}").fetchall()
    careful = any(is_statement(one) for one in opened.site.collections)
    visible = _visible(opened.site, table)
    examples = {}
    for index, column in enumerate(table.columns):
        if column.choices or "For example:" in column.description or column.name not in visible:
            continue
        if careful and (column.to or not (column.type in ("INTEGER", "REAL") or column.format in _DATES)):
            continue
        value = next((row[index] for row in rows if row[index] not in (None, "")), None)
        if value is not None:
            examples[column.name] = shortened(cell_text(value), _LONGEST_EXAMPLE)
    return examples


def _visible(site: Site, table: TableNote) -> set[str]:
    """The columns of a table that pages show."""
    collection = site.collection(table.collection)
    own = {column.name for column in table.columns if column.name.startswith("_")} | set(table.key)
    return own | {
        column for name, column in _columns(collection, collection.fields, collection.table) if name == table.name
    }


def _columns(collection: Collection, fields: Iterable[Field], table: str) -> Iterator[tuple[str, str]]:
    for one in fields:
        if one.kind == "value":
            yield table, one.column
            yield from ((table, link.column) for link in one.to)
        yield from _columns(collection, one.fields, one.table or table)


# --- as data ----------------------------------------------------------------------------------------------------------


def _data(opened: Published, at: Addresses) -> dict[str, Any]:
    connection = opened.connection
    return {
        "book": opened.site.name,
        **opened.named(at),
        "database": opened.site.database,
        "tables": [
            _bare(asdict(table)) | {"joins": [one.line for one in _joins(connection, table)]}
            for table in opened.site.tables
        ],
        "views": [
            _bare({"name": one.name, "title": one.title, "description": one.description}) for one in opened.site.views
        ],
        "questions": [one.name for one in opened.site.questions],
    }


def _bare(value: Any) -> Any:
    """Plain data without what is empty."""
    if isinstance(value, dict):
        return {name: _bare(part) for name, part in value.items() if part not in ("", (), [], False, None)}
    return [_bare(one) for one in value] if isinstance(value, list | tuple) else value
