# SPDX-License-Identifier: Apache-2.0
"""Which collections of statements SQL of a reader reads of, be it through a view, under another name or in capitals.

SQLite itself says it: it tells an authorizer each table that a statement reads, those behind views too. Where it does
not say it, all collections of statements are taken to be read: one note too many is no harm, and one too few is.
"""

from __future__ import annotations

import re
import sqlite3
from contextlib import closing

from sourcebook.content.statements import is_statement
from sourcebook.extract.site import Collection
from sourcebook.site.published import Published
from sourcebook.site.results.named import read_of
from sourcebook.sqlite import MOST_OF_ROW, guard, reading
from sourcebook.tables.search import expression

_EXPLAINED = re.compile(r"\s*explain\b", re.IGNORECASE)


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
            connection.create_function("escape_fts", 1, expression, deterministic=True)
            guard(connection, MOST_OF_ROW, tables=tables)
            with closing(connection.execute(sql if _EXPLAINED.match(sql) else f"EXPLAIN {sql}", _Anything())):
                pass
    except (sqlite3.Error, sqlite3.Warning, OSError, ValueError):
        return known
    return read_of(opened, tables)
