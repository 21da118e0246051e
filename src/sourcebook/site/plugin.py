# SPDX-License-Identifier: Apache-2.0
"""Sourcebook as a Datasette plugin: its pages come first; Datasette's own are mended, and safe for a public site.

It does nothing unless the configuration has a ``sourcebook`` entry under ``plugins``, as the files that ``build``
writes do, so that other databases served from the same environment are left alone.
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import unquote_plus
from weakref import WeakKeyDictionary

from datasette import hookimpl
from datasette.utils import tilde_encode
from datasette.utils.asgi import Forbidden

from sourcebook.extract import cell_text
from sourcebook.extract.site import SITE
from sourcebook.site import absent, policies
from sourcebook.site.allowed import said_in
from sourcebook.site.answer import Asked
from sourcebook.site.datasette import catalogue, refusals, table_pages
from sourcebook.site.datasette import pages as datasette_pages
from sourcebook.site.datasette.defaults import filled_in
from sourcebook.site.front import Asgi, Front
from sourcebook.site.handing.downloads import Downloads
from sourcebook.site.headers import HEADERS
from sourcebook.site.published import Published
from sourcebook.site.theirs import theirs
from sourcebook.sqlite import MOST_OF_ROW, guard
from sourcebook.tables.search import expression, is_blank

# Of one value and of one row: so that randomblob(900000000) cannot fill the memory, and any row can be sorted.
_MOST_BYTES = MOST_OF_ROW + 100_000
_DOWNLOADS = "/-/downloads/"


@hookimpl(trylast=True)  # type: ignore[untyped-decorator] # pluggy's marker has no types here
def prepare_connection(conn: sqlite3.Connection, database: str, datasette: Any) -> None:
    """Have SQL of readers see records alone, and fold what is searched for as the indexed text was folded."""
    config = _config(datasette)
    if not config:
        return
    conn.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, _MOST_BYTES)
    conn.create_function("escape_fts", 1, expression, deterministic=True)
    if database == config["database"]:
        guard(conn, _MOST_BYTES, writes=datasette.get_database(database).is_mutable)


@hookimpl  # type: ignore[untyped-decorator]
def render_cell(value: Any, datasette: Any) -> str | None:
    """Show whole numbers without a point, as the CSV has them: a column of numbers holds 120 as 120.0."""
    return cell_text(value) if isinstance(value, float) and value.is_integer() and _config(datasette) else None


@hookimpl  # type: ignore[untyped-decorator]
def extra_template_vars(datasette: Any, database: str | None, table: str | None) -> dict[str, Any]:
    """Give Datasette's pages what is known of the release."""
    return datasette_pages.variables(datasette, database, table)


@hookimpl  # type: ignore[untyped-decorator]
def startup(datasette: Any) -> Awaitable[None] | None:
    """Learn once what does not change."""
    config = _config(datasette)
    return catalogue.settle(datasette, config["database"]) if config else None


@hookimpl  # type: ignore[untyped-decorator]
def asgi_wrapper(datasette: Any) -> Callable[[Asgi], Asgi]:
    """Put the site's own pages and the downloads before Datasette's pages, and headers on all of them."""

    def wrap(app: Asgi) -> Asgi:
        config = _config(datasette)
        return _site(app, datasette, config) if config else app

    return wrap


def close(datasette: Any) -> None:
    """Close what the site holds open for a Datasette. May be called again."""
    front = _fronts.pop(datasette, None)
    if front:
        front.close()


def without_pages(datasette: Any, opened: Published | None = None) -> None:
    """Leave the site's own pages to who asks this Datasette; to be called before it is an application.

    ``opened`` is its release, where that is open already: what stands beside Datasette's rows is read there too.
    """
    _without_pages[datasette] = opened


_fronts: WeakKeyDictionary[Any, Front] = WeakKeyDictionary()
_without_pages: WeakKeyDictionary[Any, Published | None] = WeakKeyDictionary()


@hookimpl  # type: ignore[untyped-decorator]
def forbidden(datasette: Any, request: Any, message: str) -> Callable[[], Awaitable[Any]] | None:
    """Answer shortly what may not be seen."""
    return partial(refusals.answer, datasette, request, Forbidden(message)) if _config(datasette) else None


def _config(datasette: Any) -> dict[str, Any]:
    config: dict[str, Any] | None = datasette.plugin_config("sourcebook")
    return config or {}


def _site(app: Asgi, datasette: Any, config: dict[str, Any]) -> Asgi:
    refusals.refuse_shortly(datasette)
    folder = _folder(datasette, config)
    files = Downloads(folder, config["database"]) if folder else None
    has_pages = folder is not None and (folder / SITE).is_file()  # not so a database by itself, or an older release
    if folder is None or files is None or not has_pages:
        return _datasettes(app, datasette, files, None)
    opened, base = _without_pages.get(datasette) or Published(folder), str(datasette.urls.path("/"))
    datasettes = _datasettes(app, datasette, files, opened)
    datasette_pages.show(datasette, opened, base)
    not_found = lambda path: absent.answer(opened, Asked((path,), base=base)).body  # noqa: E731
    refusals.refuse_shortly(datasette, not_found, datasette_pages.editor)
    if datasette in _without_pages:
        return datasettes
    front = _fronts[datasette] = Front(datasettes, opened, base, theirs(datasette), files)

    async def site(scope: Any, receive: Any, send: Any) -> None:
        await (front if scope["type"] == "http" else app)(scope, receive, send)

    return site


def _datasettes(app: Asgi, datasette: Any, files: Downloads | None, opened: Published | None) -> Asgi:
    """Datasette's own pages, mended; and the files of a release that has no pages of its own.

    ``opened`` is the release whose pages have templates of ours, if any have.
    """
    config = _config(datasette)
    ours = tilde_encode(config["database"]) if opened else ""
    said = said_in(opened.site if opened else None)
    defaults = config.get("defaults") or {}
    starting = asyncio.Lock()  # its hooks are to run once; Datasette 0.65 lets requests through while they do

    async def datasettes(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            await app(scope, receive, send)
            return
        path = "/" + scope["path"].removeprefix(datasette.urls.path("")).lstrip("/")
        if files and path.startswith(_DOWNLOADS):
            await files(scope, receive, send, path.removeprefix(_DOWNLOADS))
            return
        async with starting:
            await datasette.invoke_startup()
        send = _with_headers(send, policies.of_datasette(path, ours))
        scope = _without_blank_search(scope)
        query = filled_in(str(config.get("database", "")), defaults, path, scope["query_string"])
        query = await table_pages.ask(datasette, path, query, said)
        await app({**scope, "query_string": query}, receive, send)

    return datasettes


def _without_blank_search(scope: Any) -> Any:
    """The request without searches for nothing, to which SQLite knows no answer: all rows are."""
    asked = scope["query_string"]
    if b"_search" not in asked:
        return scope
    kept = [part for part in asked.split(b"&") if not _searches_for_nothing(part.decode("latin-1"))]
    return {**scope, "query_string": b"&".join(kept)}


def _searches_for_nothing(parameter: str) -> bool:
    name, _, value = map(unquote_plus, parameter.partition("="))
    return name.startswith("_search") and name != "_searchmode" and is_blank(value)


def _with_headers(send: Any, policy: bytes) -> Any:
    async def sending(message: Any) -> None:
        if message["type"] == "http.response.start":
            headers = [*message.get("headers", ())]
            ours = {
                name for name, _ in HEADERS
            }  # that Datasette may have too, by its settings: twice they mean nothing
            headers = [(name, value) for name, value in headers if name.lower() not in ours]
            message = {**message, "headers": [*headers, (b"content-security-policy", policy), *HEADERS]}
        await send(message)

    return sending


def _folder(datasette: Any, config: dict[str, Any]) -> Path | None:
    """The release that the served database lies in, or None where it lies elsewhere by itself."""
    path = datasette.get_database(config["database"]).path
    folder = Path(path).resolve().parent if path else None
    return folder if folder and (folder / "SHA256SUMS").is_file() else None
