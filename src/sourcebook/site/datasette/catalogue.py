# SPDX-License-Identifier: Apache-2.0
"""What Datasette knows of the tables of a release: asked of SQLite once, and without those that only search uses.

For each page that lists tables Datasette asks for columns, keys, counts and permissions of every table, one by one in
another thread; five of six are tables in which SQLite keeps the index of a search. The database of a release does not
change, and who reads it is nobody in particular: the answers are the same each time.
"""

from __future__ import annotations

import re
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Iterable, Set
from copy import deepcopy
from functools import partial
from typing import Any

Method = Callable[..., Awaitable[Any]]

# Methods of a Datasette's database, of either version, that tell what only a change of its schema can change.
_OF_SCHEMA = (
    "attached_databases",
    "derived_table_dependencies",
    "get_all_foreign_keys",
    "hidden_table_names",
    "table_names",
    "view_names",
)
_OF_TABLE = (
    *("table_exists", "table_columns", "table_column_details", "primary_keys", "fts_table", "label_column_for_table"),
    *("foreign_keys_for_table", "get_table_definition", "view_exists", "get_view_definition"),
)


async def settle(site: Any, name: str) -> None:
    """Have the Datasette ``site`` keep what it learns of the database ``name``, unless that may be written to."""
    database = site.get_database(name)
    if database.is_mutable:
        return
    names, views, unlisted = await database.execute_fn(_names)
    for method in filter(partial(hasattr, database), (*_OF_SCHEMA, *_OF_TABLE)):
        setattr(database, method, _kept(getattr(database, method), names))
    for method in ("table_names", "hidden_table_names", "table_counts"):
        setattr(database, method, _listing(getattr(database, method), unlisted))
    database.execute = _counted(database.execute, views)
    is_open = _is_open(site)
    if hasattr(site, "permission_allowed"):
        if is_open:
            queries = await site.get_canned_queries(name, None)
            of_it = {None, name, *((name, one) for one in (*names, *queries))}
            site.permission_allowed = _permitted(site.permission_allowed, of_it)
        return
    await _leave_out_of_catalogue(site, name, unlisted)
    if is_open:
        # Of each table of a search 1.0 asks whether the table that it is of may be seen. All may.
        database.derived_table_dependencies = _listing(database.derived_table_dependencies, unlisted)


def _names(connection: Any) -> tuple[frozenset[str], frozenset[str], frozenset[str]]:
    """The names of all tables and views, of views alone, and those not listed: of search, and SQLite's own."""
    found = connection.execute("SELECT name, type FROM pragma_table_list WHERE schema = 'main'").fetchall()
    unlisted = {name for name, kind in found if kind in ("shadow", "virtual") or name.startswith("sqlite_")}
    views = frozenset(name for name, kind in found if kind == "view")
    return frozenset(name for name, _ in found), views, frozenset(unlisted)


def _kept(method: Method, names: frozenset[str]) -> Method:
    """``method``, asked once of each table that there is: a stranger cannot fill the memory by asking of others."""
    answers: dict[tuple[Any, ...], Any] = {}

    async def kept(*asked: Any, **named: Any) -> Any:
        key = (asked, *sorted(named.items()))
        if key not in answers:
            answer = await method(*asked, **named)
            if not names.issuperset(asked[:1]):
                return answer
            answers[key] = answer
        return deepcopy(answers[key])  # Datasette may change what it is given

    return kept


def _listing(method: Method, unlisted: frozenset[str]) -> Method:
    """``method``, of which the answer is a list of tables or a dictionary by table, without some."""

    async def listing(*asked: Any, **named: Any) -> Any:
        answer = await method(*asked, **named)
        if isinstance(answer, dict):
            return {name: value for name, value in answer.items() if name not in unlisted}
        return [name for name in answer if name not in unlisted]

    return listing


# --- facets -----------------------------------------------------------------------------------------------------------

_FACET = re.compile(r"\s*select [^()]+ as value, count\(\*\) as count from \(([^()]*)\)\s+where [^()]*", re.IGNORECASE)
_MOST_FACETS = 200
_MOST_CHARACTERS = 100_000  # of the values of one


def _counted(method: Method, views: frozenset[str]) -> Method:
    """``method``, which executes SQL, with the counts of facets kept, the last ones that were asked for.

    Of a table alone, by filters without functions: what a view or a function gives may change with the time of day.
    """
    counted: OrderedDict[Any, Any] = OrderedDict()

    async def execute(sql: str, params: Any = None, *arguments: Any, **named: Any) -> Any:
        found = _FACET.fullmatch(sql)
        if not found or "current_" in found[1].lower() or any(view in found[1] for view in views):
            return await method(sql, params, *arguments, **named)
        key = (sql, repr(params))
        if key in counted:
            counted.move_to_end(key)
            return counted[key]
        answer = await method(sql, params, *arguments, **named)
        if sum(len(str(row[0])) for row in answer.rows) <= _MOST_CHARACTERS:
            counted[key] = answer
            if len(counted) > _MOST_FACETS:
                counted.popitem(last=False)
        return answer

    return execute


# --- permissions ------------------------------------------------------------------------------------------------------


def _is_open(site: Any) -> bool:
    """Whether all may see all at all times: nothing is said of it, and no plugin is asked."""
    from datasette.plugins import DEFAULT_PLUGINS, pm

    hooks = (getattr(pm.hook, name, None) for name in ("permission_allowed", "permission_resources_sql"))
    plugins = {one.plugin_name for hook in hooks if hook for one in hook.get_hookimpls()}
    told = (getattr(site, "config", None), getattr(site, "_metadata_local", None))
    return plugins <= set(DEFAULT_PLUGINS) and not getattr(site, "default_deny", False) and not _any_said(told)


def _is_said(metadata: Any) -> bool:
    if isinstance(metadata, dict):
        return not metadata.keys().isdisjoint(("allow", "allow_sql", "permissions")) or _any_said(metadata.values())
    return isinstance(metadata, list) and _any_said(metadata)


def _any_said(some: Iterable[Any]) -> bool:
    return any(map(_is_said, some))


def _permitted(method: Method, resources: Set[Any]) -> Method:
    """``method``, asked once for each action on one of ``resources`` by nobody in particular."""
    answers: dict[Any, bool] = {}

    async def permitted(actor: Any, action: str, resource: Any = None, default: bool = False) -> Any:
        if actor is not None or resource not in resources:
            return await method(actor, action, resource, default)
        key = (action, resource, default)
        if key not in answers:
            answers[key] = await method(actor, action, resource, default)
        return answers[key]

    return permitted


# --- the catalogue of Datasette 1.0 -----------------------------------------------------------------------------------


async def _leave_out_of_catalogue(site: Any, database: str, unlisted: frozenset[str]) -> None:
    """Take tables from Datasette's own table of tables, by which it checks permissions and completes what is typed."""
    await site.refresh_schemas(force=True)
    some = [(database, name) for name in unlisted]

    def leave_out(connection: Any) -> None:
        for table in ("catalog_columns", "catalog_foreign_keys", "catalog_indexes", "catalog_tables"):
            connection.executemany(f"DELETE FROM {table} WHERE database_name = ? AND table_name = ?", some)

    await site.get_internal_database().execute_write_fn(leave_out)
