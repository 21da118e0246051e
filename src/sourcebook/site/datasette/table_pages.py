# SPDX-License-Identifier: Apache-2.0
"""Datasette's pages of tables and views, put right where they lead to other rows than they name.

The first page of a sorted table is sorted by the column alone, those that follow by the column and the primary key:
rows with the same value are shown twice, or never. An argument ``a__b=1``, as facets and links write it for a column
``a__b``, is taken for a filter ``b`` of a column ``a``. And the texts of an address are compared with values as SQLite
sees fit, which makes a neighbour of some decimals, and equals no number of a view that was computed. Data of changes
have who says what was said, whichever columns are chosen. Datasette has hooks for none of these, so that two of its
methods are wrapped; outside of such a page they do what they did.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from contextvars import ContextVar
from typing import Any, NamedTuple
from urllib.parse import parse_qsl, urlencode

from datasette.database import Database
from datasette.filters import TemplatedFilter
from datasette.utils import escape_sqlite, tilde_decode

from sourcebook.site.allowed import Said, with_attribution


class _Page(NamedTuple):
    """A page of a table or view that is being made: types of its columns, its keys, and what it is sorted by.

    ``order`` is that in Datasette's words, and empty where the page is not sorted.
    """

    table: str
    types: Mapping[str, str]
    keys: tuple[str, ...]
    sort: str
    order: str


_page: ContextVar[_Page | None] = ContextVar("_page", default=None)  # of the task that answers a request


async def ask(datasette: Any, path: str, query: bytes, said: Mapping[str, Said]) -> bytes:
    """Take note of what page is asked for; its query string, with columns' names as Datasette understands them.

    ``said`` is what was said in which table: data of it are chosen with who says it.
    """
    _page.set(None)
    database, _, table = path.strip("/").partition("/")
    table, _, form = table.partition(".")
    table = tilde_decode(table)
    if not query or not table or "/" in table:
        return query
    try:
        found = datasette.get_database(route=tilde_decode(database))
    except KeyError:
        return query
    columns = await found.table_column_details(table)
    if not columns:
        return query
    pairs = parse_qsl(query.decode("latin-1"), keep_blank_values=True)
    asked = dict(reversed(pairs))
    up, down = asked.get("_sort"), asked.get("_sort_desc")
    order = escape_sqlite(up) if up else f"{escape_sqlite(down)} desc" if down else ""
    keys = tuple(one.name for one in sorted(columns, key=lambda one: one.is_pk) if one.is_pk)
    _page.set(_Page(table, {one.name: one.type for one in columns}, keys, up or down or "", order))
    # Where there are a column ``a`` and a column ``a__gt`` it is the column: what a page links to must be right.
    odd = {one.name for one in columns if "__" in one.name}
    meant = [(f"{name}__exact" if name in odd else name, value) for name, value in pairs]
    if form:  # a page has the attribution beside its rows
        meant = [*with_attribution(said, table, meant, [one.name for one in columns])]
    return query if meant == pairs else urlencode(meant).encode("latin-1")


# --- rows of a sorted table -------------------------------------------------------------------------------------------

_execute = Database.execute


async def _executed(self: Database, sql: str, params: Any = None, *arguments: Any, **named: Any) -> Any:
    page = _page.get()
    if page is not None and page.order and f" from {escape_sqlite(page.table)} " in sql:
        sql, params = _in_full_order(page, sql), _after(page, sql, params)
    return await _execute(self, sql, params, *arguments, **named)


def _in_full_order(page: _Page, sql: str) -> str:
    """The SQL of the first page of a sorted table, sorted by its primary key too; all other SQL as it is."""
    keys = "".join(f", {escape_sqlite(key)}" for key in page.keys)
    return re.sub(rf"order by {re.escape(page.order)}(?= limit [0-9]+$)", lambda found: found[0] + keys, sql)


def _after(page: _Page, sql: str, params: Any) -> Any:
    """The parameters of the SQL of a page, with the last value that the page before showed as a number, if it is."""
    if page.types.get(page.sort) != "REAL" or not isinstance(params, dict):
        return params
    names = re.findall(rf"\({re.escape(escape_sqlite(page.sort))} [<>] :(p[0-9]+)\b", sql)
    return params | {name: _number(params[name]) for name in names if _number(params[name]) is not None}


# --- filters ----------------------------------------------------------------------------------------------------------

_where_clause = TemplatedFilter.where_clause
_COMPARING = frozenset({"exact", "not", "gt", "gte", "lt", "lte"})


def _compared(self: TemplatedFilter, table: str, column: str, value: Any, number: int) -> Any:
    page = _page.get()
    known = page is not None and page.table == table and column in page.types
    if not page or not known or self.key not in _COMPARING or not isinstance(value, str):
        return _where_clause(self, table, column, value, number)
    clause, _ = _where_clause(self, table, column, "", number)
    kind, meant = page.types[column], _number(value)
    if kind == "REAL" and meant is not None:
        return clause, meant
    if kind in ("TEXT", "INTEGER") or meant is None:
        return clause, value  # SQLite compares it by the type of the column
    name = escape_sqlite(column)
    each = f"(CASE typeof({name}) WHEN 'text' THEN :p{number} ELSE :p{number + 1} END)"
    return clause.replace(f":p{number}", each), [value, meant]


def _number(value: Any) -> float | None:
    """The number that a text denotes, or None. SQLite itself takes some for the double beside it."""
    if re.fullmatch("-?[0-9]{1,18}", value):
        return int(value)
    try:
        number = float(value)
    except ValueError:
        return None
    return number if math.isfinite(number) else None


Database.execute = _executed
TemplatedFilter.where_clause = _compared
