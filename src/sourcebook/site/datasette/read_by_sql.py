# SPDX-License-Identifier: Apache-2.0
"""Which collections of statements SQL of a reader reads of, be it through a view, under another name or in capitals.

SQLite itself says it: it tells an authorizer each table that a statement reads, those behind views too. Where it does
not say it, all collections of statements are taken to be read: one note too many is no harm, and one too few is.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing
from typing import Any

from sourcebook.content.statements import is_statement
from sourcebook.extract.site import Collection
from sourcebook.site.published import Published
from sourcebook.sqlite import MOST_OF_ROW, guard, reading
from sourcebook.tables.search import expression

_EXPLAINED = re.compile(r"\s*explain\b", re.IGNORECASE)
_OF_SEARCH = "_fts"


class _Anything(dict[str, None]):
    """A value for each parameter: which it is, is nothing to what is read."""

    def __missing__(self, name: str) -> None:
        return None


def statements_read(opened: Published, sql: str) -> tuple[Collection, ...]:
    """The collections of statements that a statement of SQL reads of; it is prepared, and not run."""
    known = tuple(one for one in opened.site.collections if is_statement(one))
    if not known:
        return ()
    tables: set[str] = set()
    try:
        with reading(opened.folder / opened.site.database) as connection:
            there = {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
            connection.create_function("escape_fts", 1, expression, deterministic=True)
            guard(connection, MOST_OF_ROW, tables=tables)
            with closing(connection.execute(sql if _EXPLAINED.match(sql) else f"EXPLAIN {sql}", _Anything())):
                pass
    except (sqlite3.Error, sqlite3.Warning, OSError, ValueError):
        return known
    names = {name for found in tables & there for name in _collections(opened, found, known)}
    return tuple(one for one in known if one.name in names)


def _collections(opened: Published, table: str, statements: tuple[Collection, ...]) -> Iterator[str]:
    """The names of the collections whose records a table has something of."""
    of: Mapping[str, Any] = {one.name: one.collection for one in opened.site.tables}
    name = table.removesuffix(_OF_SEARCH)
    if table in of:
        yield of[table]
    elif name in of:
        yield of[name]
    elif not table.startswith("sqlite_"):
        yield from (one.name for one in statements)  # records whole, changes, and what an index is kept in
