# SPDX-License-Identifier: Apache-2.0
"""Datasette's pages of tables, put right where they lead to other rows than they name.

The first page of a sorted table is sorted by the column alone, those that follow by the column and the primary key:
rows with the same value are shown twice, or never. An argument ``a__b=1``, as facets and links write it for a column
``a__b``, is taken for a filter ``b`` of a column ``a``. And what looks like a number is one to the filters greater and
less than, so that ``007`` is 7 in a column of texts, which has a type to compare by. Datasette has hooks for none of
these, so that two of its methods are wrapped; outside of such a page they do what they did.
"""

from __future__ import annotations

import copy
import re
from contextvars import ContextVar
from typing import Any, NamedTuple
from urllib.parse import parse_qsl, urlencode

from datasette.database import Database
from datasette.filters import TemplatedFilter
from datasette.utils import escape_sqlite, tilde_decode


class _Page(NamedTuple):
    """A page of a table that is being made: the table, its keys, and by what Datasette orders the first page's rows."""

    table: str
    keys: tuple[str, ...]
    order: str


_page: ContextVar[_Page | None] = ContextVar("_page", default=None)  # of the task that answers a request


async def ask(datasette: Any, path: str, query: bytes) -> bytes:
    """Take note of what page is asked for; its query string, with columns' names as Datasette understands them."""
    _page.set(None)
    database, _, table = path.strip("/").partition("/")
    table = tilde_decode(table.partition(".")[0])
    if not table or "/" in table:
        return query
    try:
        found = datasette.get_database(route=tilde_decode(database))
    except KeyError:
        return query
    keys = await found.primary_keys(table)
    if not keys:  # no table, but a view or a query
        return query
    pairs = parse_qsl(query.decode("latin-1"), keep_blank_values=True)
    asked = dict(reversed(pairs))
    by, down = asked.get("_sort"), asked.get("_sort_desc")
    order = escape_sqlite(by) if by else f"{escape_sqlite(down)} desc" if down else ""
    _page.set(_Page(table, tuple(keys), order))
    if not any("__" in name for name in asked):
        return query
    # Where there are a column ``a`` and a column ``a__gt`` it is the column: what a page links to must be right.
    odd = {name for name in await found.table_columns(table) if "__" in name}
    return urlencode([(f"{name}__exact" if name in odd else name, value) for name, value in pairs]).encode("latin-1")


# --- rows of a first page in full order -------------------------------------------------------------------------------

_execute = Database.execute


async def _executed(self: Database, sql: str, *arguments: Any, **named: Any) -> Any:
    return await _execute(self, _in_full_order(sql), *arguments, **named)


def _in_full_order(sql: str) -> str:
    """The SQL of the first page of a sorted table, sorted by its primary key too; all other SQL as it is."""
    page = _page.get()
    if page is None or not page.order or f" from {escape_sqlite(page.table)} " not in sql:
        return sql
    keys = ", ".join(map(escape_sqlite, page.keys))
    return re.sub(rf"order by {re.escape(page.order)}(?= limit [0-9]+$)", lambda found: f"{found[0]}, {keys}", sql)


# --- values as texts, which SQLite compares by the type of the column -------------------------------------------------

_where_clause = TemplatedFilter.where_clause


def _compared(self: TemplatedFilter, table: str, column: str, value: str, number: int) -> Any:
    page = _page.get()
    if self.numeric and page is not None and page.table == table:
        self = copy.copy(self)
        self.numeric = False
    return _where_clause(self, table, column, value, number)


Database.execute = _executed
TemplatedFilter.where_clause = _compared
