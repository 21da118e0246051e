# SPDX-License-Identifier: Apache-2.0
"""What is behind the pages of the site: Datasette, asked for what it may show, by the lane that is for it.

Pages of tables and rows have an ETag, and those without parameters are kept: a release never changes. What runs SQL has
none, since SQL may ask for the time of day.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from hashlib import blake2b
from typing import Any

from datasette.utils import tilde_decode, tilde_encode
from datasette.version import __version__ as datasette_version

from sourcebook.content.addresses import Addresses
from sourcebook.extract.site import Site
from sourcebook.site import allowed
from sourcebook.site.gone import has_table, left, was_collection
from sourcebook.site.handing.codings import takes_gzip
from sourcebook.site.headers import HEADERS
from sourcebook.site.lanes.service import Lanes
from sourcebook.site.make import Kept
from sourcebook.site.packing import Packing, tagged
from sourcebook.site.published import Published
from sourcebook.site.rendering import site_version
from sourcebook.site.theirs import Theirs

Asgi = Callable[[Any, Any, Any], Awaitable[None]]


class Tags:
    """ETags of the pages of a release: that, the versions of what makes them, and an address tell what they have."""

    def __init__(self, opened: Published) -> None:
        commit = opened.source.get("commit", "")[:12]
        self._version = f"{opened.release}-{site_version()}-{commit}-{datasette_version}"

    def __call__(self, *address: str) -> str:
        """The tag of what is at an address."""
        return f"{self._version}-{blake2b(repr(address).encode(), digest_size=6).hexdigest()}"


def is_known(asked: bytes, tag: str) -> bool:
    """Whether a reader has what ``tag`` stands for already, by its header If-None-Match."""
    return bool(asked) and f'"{tag}"'.encode() in asked


class Behind:
    """Datasette, as it is asked of by readers."""

    def __init__(self, datasette: Asgi | Lanes, site: Site, theirs: Theirs, tags: Tags, kept: Kept) -> None:
        """``datasette`` is one that somebody runs, or for readers alone, in lanes of processes."""
        self._is_apart = isinstance(datasette, Lanes)
        self._app: Asgi = datasette.tables if isinstance(datasette, Lanes) else datasette
        self._sql_app: Asgi = datasette.sql if isinstance(datasette, Lanes) else datasette
        self._theirs = theirs
        self._tags = tags
        self._kept = kept
        self._database = tilde_encode(site.name)
        self._tables = {table.name for table in site.tables}
        self._views = {view.name for view in site.views}
        self._said = allowed.said_in(site)
        self._questions = {question.name for question in site.questions}
        self._collections = {one.table: one.name for one in site.collections if one.name in site.moved}
        self._moved = site.moved

    async def __call__(self, scope: Any, receive: Any, send: Any, path: tuple[str, ...]) -> None:
        """Answer one request for what is at a ``path`` of Datasette's. Raises Refused where it is not shown."""
        method, query = scope["method"], scope["query_string"].decode("latin-1")
        self._allow(method, path, query)
        runs_sql = allowed.runs_sql(method, path, query, self._questions, self._views)
        app = self._sql_app if runs_sql else self._app
        headers = dict(scope["headers"])
        packs = takes_gzip(headers) and method == "GET"
        if not self._is_lasting(method, path, headers):
            await app(scope, receive, self._through(send, packs=packs))
            return
        host = headers.get(b"host", b"").decode("latin-1")  # which addresses in JSON begin with
        tag = self._tags("/".join(path), query, "datasette", scope.get("scheme", ""), host)
        if is_known(headers.get(b"if-none-match", b""), tag):
            await send({"type": "http.response.start", "status": 304, "headers": _unchanged(tag)})
            await send({"type": "http.response.body", "body": b""})
        elif query or method == "HEAD" or not self._is_apart:
            await app(scope, receive, self._through(tagged(send, tag), packs=packs))
        else:
            await self._once(app, scope, receive, send, tag, packs=packs)

    def ours(self, path: tuple[str, ...]) -> str:
        """Where below the site's root a page of ours has what is at a ``path`` of Datasette's; empty where none has.

        What is at the root of a Datasette that somebody runs may be of other databases too.
        """
        found = allowed.ours(path)
        if not found or (path[0] != self._database and not (self._is_apart and path[0] == "-")):
            return ""
        of_table = len(path) > 2 and path[1] != "-" and tilde_decode(path[1]) in self._tables
        return f"{found}#table-{path[1]}" if of_table else found

    def moved(self, path: tuple[str, ...], opened: Published) -> str:
        """Where below the site's root the row is whose key was another, at a ``path`` of Datasette's; empty of others.

        A dot in a key is written otherwise there, so that what follows one is the form that is asked for.
        """
        if len(path) != 3 or path[0] != self._database:
            return ""
        collection = self._collections.get(tilde_decode(path[1]), "")
        key, dot, form = path[2].partition(".")
        left = self._moved.get(collection, {}).get(tilde_decode(key))
        if left is None or not left.to or opened.has(collection, tilde_decode(key)):
            return ""
        return "/".join((*path[:2], tilde_encode(left.to) + dot + form))

    def gone(self, path: tuple[str, ...], opened: Published) -> tuple[str, str] | None:
        """As an address of a page, the record that was in a row at a ``path`` of Datasette's, and is in none any more.

        None of what is there, and of what nobody knows of. A table that is none any more was that of its collection.
        """
        if len(path) != 3 or path[0] != self._database or not has_table(opened):
            return None
        table, key = tilde_decode(path[1]), tilde_decode(path[2].partition(".")[0])
        one = next((one for one in opened.site.collections if one.table == table), None)
        if one is None and not was_collection(opened, table):
            return None
        name, address = (one.name, one.address) if one else (table, table)
        if opened.has(name, key) or left(opened, Addresses("/", ""), name, key) is None:
            return None
        return address, key

    async def _once(self, app: Asgi, scope: Any, receive: Any, send: Any, tag: str, *, packs: bool) -> None:
        """Answer what is asked for without parameters, of which there are only so many: each is made once."""
        key = (tag, str(packs))
        kept: list[Any] | None = self._kept.get(key)
        if kept is not None:
            for message in kept:
                await send(message)
            return
        sent: list[Any] = []

        async def sending(message: Any) -> None:
            sent.append(message)
            await send(message)

        await app(scope, receive, self._through(tagged(sending, tag), packs=packs))
        if sent and sent[0]["status"] == 200:
            self._kept.keep(key, sent, sum(len(message.get("body", b"")) for message in sent))

    def _through(self, send: Any, *, packs: bool) -> Any:
        """What takes an answer of Datasette's: one from a lane was packed there, so that nobody waits for that here."""
        return send if self._is_apart else Packing(send, packs=packs)

    def _allow(self, method: str, path: tuple[str, ...], query: str) -> None:
        """Raise Refused where Datasette is not asked: whoever runs it by itself says what else it shows."""
        if self._is_apart:
            of_plugin = self._theirs.is_of_plugin("/" + "/".join(path))
            refused = allowed.refusal(method, () if of_plugin else path, query, self._views, self._said)
        else:
            refused = allowed.outgrown(path, query, self._views, self._said)
        if refused is not None:
            raise refused

    def _is_lasting(self, method: str, path: tuple[str, ...], headers: dict[bytes, bytes]) -> bool:
        """Whether it is a page of a table or a row, as anybody sees it."""
        if method not in ("GET", "HEAD") or b"cookie" in headers or b"authorization" in headers:
            return False
        if len(path) < 2 or path[0] != self._database:
            return False
        names = {tilde_decode(path[1]), tilde_decode(path[1].rpartition(".")[0])}
        return not names.isdisjoint(self._tables)


def _unchanged(tag: str) -> list[tuple[bytes, bytes]]:
    """The headers by which a page of Datasette's is said not to have changed: no others than it came with."""
    return [*HEADERS, (b"etag", f'W/"{tag}"'.encode()), (b"vary", b"Cookie, Authorization, accept-encoding")]
