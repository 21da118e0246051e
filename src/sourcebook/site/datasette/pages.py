# SPDX-License-Identifier: Apache-2.0
"""What Datasette's own pages of a release show besides what Datasette gives them: the variables of their templates.

The templates are those called as Datasette's own are, ``table.html`` and so on: each is a page of ours for a release,
and Datasette's for any other database. What differs between the versions of Datasette is in the templates, where they
read its variables.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from weakref import WeakKeyDictionary

from datasette.utils import path_with_added_args, reserved_words, tilde_decode
from markupsafe import Markup

from sourcebook.content.addresses import Addresses
from sourcebook.content.past import CHANGES
from sourcebook.content.statements import is_statement
from sourcebook.content.values import is_link
from sourcebook.extract.datasette import SETTINGS
from sourcebook.extract.site import Collection, Question, Site, TableNote
from sourcebook.site.allowed import alone, said_in
from sourcebook.site.datasette.changes import changes_shown
from sourcebook.site.datasette.read_by_sql import statements_read
from sourcebook.site.datasette.rows import RowShown, rows_shown
from sourcebook.site.published import Published
from sourcebook.site.rendering import nav, static
from sourcebook.sqlite import quote

_NOTHING = Markup("")


@dataclass(frozen=True, slots=True)
class Described:
    """A table beside the editor: its columns, and lines of SQL that join it to the tables that it refers to."""

    note: TableNote
    sql: str  # that shows all of it
    joins: tuple[str, ...]


class Release:
    """A release behind Datasette's pages, and what is the same on all of them."""

    def __init__(self, opened: Published, base: str) -> None:
        """``base`` is the address of the site's root, which ends in a slash."""
        self.opened = opened
        self.site: Site = opened.site
        self.at = Addresses(base, opened.site.name)
        self.static: Mapping[str, str] = static(base)
        self._base = base
        self.tables = {table.name: table for table in self.site.tables}
        self.collections = {collection.table: collection for collection in self.site.collections}
        self.views = {view.name: view for view in self.site.views}
        self.questions = {question.name: question for question in self.site.questions}
        self.beside = _NOTHING  # what stands beside the editor, once it was made

    @property
    def nav(self) -> Markup:
        """Where the site's own pages lead as well: it changes where a version comes to be kept."""
        return nav(self.opened, self._base)

    @cached_property
    def schema(self) -> tuple[Described, ...]:
        """All tables, each with what it can be joined to."""
        return tuple(
            Described(table, f"SELECT * FROM {named(table.name)} LIMIT 50", tuple(_joins(table)))
            for table in self.site.tables
        )

    @cached_property
    def first_sql(self) -> str:
        """SQL to begin with: of the first collection, joined to what its rows refer to first."""
        first = next(iter(self.schema), None)
        if first is None:
            return "SELECT sqlite_version()"
        join = next((f"\n{one}" for one in first.joins if f"JOIN {named(first.note.name)} " not in one), "")
        return f"SELECT *\nFROM {named(first.note.name)}{join}\nLIMIT 50"

    @cached_property
    def limits(self) -> str:
        """The limits of a query, in words."""
        seconds = SETTINGS["sql_time_limit_ms"] / 1000
        unit = "second" if seconds == 1 else "seconds"
        return (
            f"A query may take {seconds:g} {unit}, and gives {SETTINGS['max_returned_rows']:,} rows at most. "
            "It reads only: nothing that is typed here can change anything."
        )


def named(name: str) -> str:
    """A name as SQL has it: quoted where it has to be."""
    plain = re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", name) and name.lower() not in reserved_words
    return name if plain else quote(name)


def _joins(table: TableNote) -> Iterator[str]:
    for column in table.columns:
        if column.to and column.to_column:
            to = named(column.to)
            yield f"JOIN {to} ON {to}.{named(column.to_column)} = {named(table.name)}.{named(column.name)}"


class Page:
    """What a template asks of us: ``release``, and of the table or view that it shows, if it shows one."""

    def __init__(self, release: Release, environment: Any, table: str | None) -> None:
        self.release = release
        self._environment = environment
        self.site, self.at, self.static, self.opened = release.site, release.at, release.static, release.opened
        self.licences = [
            {
                "title": one.get("title") or one.get("name", ""),
                "path": one["path"] if is_link(one.get("path", "")) else "",
            }
            for one in self.site.about_book.get("licenses", ())
        ]
        self.name = table or ""
        self.note: TableNote | None = release.tables.get(self.name)
        self.collection: Collection | None = release.collections.get(self.name)
        self.view: Question | None = release.views.get(self.name)

    @property
    def title(self) -> str:
        """Of the table or view."""
        return (self.note.title if self.note else self.view.title if self.view else "") or self.name

    @property
    def of(self) -> Collection | None:
        """The collection that a table below another belongs to."""
        return self.site.collection(self.note.collection) if self.note and not self.collection else None

    @property
    def is_statement(self) -> bool:
        """Whether the rows of the table are statements."""
        return self.collection is not None and is_statement(self.collection)

    def record(self, key: str) -> str:
        """The address of a record of the table's collection."""
        return self.at.record(self.collection.address, key) if self.collection else ""

    def counting(self, request: Any, column: str) -> str:
        """The address of the same page with the values of a column counted; empty where they may not be."""
        if alone(said_in(self.site), self.name, [("_facet", column)]):
            return ""
        path: str = path_with_added_args(request, [("_facet", column)])
        return path

    async def schema(self) -> Markup:
        """The tables, joins and examples beside the editor: the same on all pages, and so made once."""
        if not self.release.beside:
            template = self._environment.get_template("sourcebook_schema.html")
            self.release.beside = Markup(await template.render_async(sourcebook=self))  # noqa: S704 # of a template
        return self.release.beside

    async def rows(self, rows: Any) -> list[RowShown]:
        """What each of Datasette's rows is shown with: whose it is, who says it, labels for its references."""
        if self.name == CHANGES:
            return await asyncio.to_thread(changes_shown, self.opened, self.at, list(rows))
        if not self.note:
            return [RowShown() for _ in rows]
        return await asyncio.to_thread(rows_shown, self.opened, self.at, self.note, self.collection, list(rows))

    async def unsaid(self, sql: str = "") -> tuple[Collection, ...]:
        """The collections of statements whose words may stand in rows without who says them.

        These rows are what ``sql`` gives, or else those of a view or table: none where these have it beside each row.
        """
        if not sql and (self.note or self.name == CHANGES):
            return ()
        return await asyncio.to_thread(statements_read, self.opened, sql or f"SELECT * FROM {quote(self.name)}")


_releases: WeakKeyDictionary[Any, Release] = WeakKeyDictionary()


def show(site: Any, opened: Published, base: str) -> None:
    """Have the pages of the Datasette ``site`` be those of the release ``opened``, whose root is at ``base``."""
    _releases[site] = Release(opened, base)


def variables(site: Any, database: str | None, table: str | None) -> dict[str, Any]:
    """The variables of a template; none for what is not of a release."""
    release = _releases.get(site)
    if release is None or database != release.site.name:
        return {}
    environment = site.get_jinja_environment() if hasattr(site, "get_jinja_environment") else site.jinja_env
    return {"sourcebook": Page(release, environment, table)}


async def editor(site: Any, request: Any, problem: str) -> str | None:
    """The page of the editor with the SQL that a request was refused for; None where it asked by none."""
    release = _releases.get(site)
    first = request.path.removeprefix(site.urls.path("")).strip("/").partition("/")[0]
    sql = request.args.get("sql")
    if release is None or not sql or tilde_decode(first) != release.site.name:
        return None
    values = {name: request.args.get(name) for name in request.args if name != "sql" and not name.startswith("_")}
    context = {
        "database": release.site.name,
        "query": {"sql": sql, "params": values},
        "named_parameter_values": values,
        "error": Markup.escape(problem),
        "editable": True,
        "allow_execute_sql": True,
        "metadata": {},
    }
    page: str = await site.render_template("query.html", context, request=request, view_name="query")
    return page
