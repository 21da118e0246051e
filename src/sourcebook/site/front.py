# SPDX-License-Identifier: Apache-2.0
"""The front of a served release: its own pages, each made once; what is not ours goes on to Datasette.

A release never changes, so that release, version of the site and address tell the content of a page: that is its
ETag, which is looked at before anything is made (RFC 9110, section 8.8.3).
"""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote_to_bytes

from sourcebook.content.addresses import STATIC
from sourcebook.publish.ground import RELEASES
from sourcebook.publish.kept import SIGNATURE
from sourcebook.site import absent, policies, routes
from sourcebook.site.allowed import Refused
from sourcebook.site.answer import ASKED_WITH, Answer, Asked, is_data
from sourcebook.site.behind import Behind, Tags, is_known
from sourcebook.site.handing.codings import takes_gzip
from sourcebook.site.handing.downloads import Downloads
from sourcebook.site.headers import HEADERS, encoded
from sourcebook.site.lanes.service import Lanes, busy
from sourcebook.site.make import Kept, Made, made
from sourcebook.site.packing import gains, is_text, packed
from sourcebook.site.published import Published
from sourcebook.site.rendering import icon, page, prepare, static_answer
from sourcebook.site.streaming import stream
from sourcebook.site.theirs import Theirs

Asgi = Callable[[Any, Any, Any], Awaitable[None]]

_MAY = (
    (b"access-control-allow-methods", b"GET, HEAD, OPTIONS"),
    (b"access-control-allow-headers", ASKED_WITH.encode()),
    (b"access-control-max-age", b"86400"),
    (b"allow", b"GET, HEAD, OPTIONS"),
)
"""What a browser is told that asks whether a page of another site may ask (https://fetch.spec.whatwg.org/)."""
_FRESH = b"public, max-age=5"  # a correction is to be seen at once; what has not changed is answered by its ETag
_THREADS = 2
_MOST_STREAMS = 20  # large answers that are made at the same time
_MOST_WAITING = 100  # readers who wait until there is room for another
_PATIENCE = 4.0  # seconds for which they do
_HOST = re.compile(r"[A-Za-z0-9.\-]+(:\d{1,5})?|\[[0-9a-fA-F:.]+\](:\d{1,5})?")
_ICON = "favicon.ico"
_DOWNLOADS = ("-", "downloads")
_AT_ROOT = ("index.json",)  # files that are handed out there too
_LONGEST = 8_000  # bytes of an address of our own; Datasette takes what the server does, for SQL may be long

log = logging.getLogger("sourcebook.site")


class Front:
    """ASGI application before Datasette: the pages of one release. A resource: close it when none is under way."""

    def __init__(self, datasette: Asgi | Lanes, opened: Published, base: str, theirs: Theirs, files: Downloads) -> None:
        """``datasette`` is below ``base``; ``theirs`` says whether it, or a plugin of it, answers at a path.

        ``files`` are those of the release. Pages that are asked with parameters are made in lanes, if there are some.
        """
        self._opened = opened
        self._base = base
        self._theirs = theirs
        self._files = files
        self._lanes = datasette if isinstance(datasette, Lanes) else None
        self._tag = Tags(opened)
        self._kept = Kept()
        self._behind = Behind(datasette, opened.site, theirs, self._tag, self._kept)
        self._threads = ThreadPoolExecutor(_THREADS, thread_name_prefix="pages")
        self._threads.submit(prepare)
        # Large answers have threads of their own: to begin one may take as long as it takes to sort all records.
        self._others = ThreadPoolExecutor(_THREADS, thread_name_prefix="streams")
        self._streams = asyncio.Semaphore(_MOST_STREAMS)
        self._waiting = 0  # readers who wait for one of them

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Answer one request."""
        try:
            await self._answer(scope, receive, send)
        except Refused as refused:  # nothing has been sent
            path = _below(_raw(scope), self._base.encode())
            await self._send(scope, send, self._refusal(refused, path, data=_data(scope, path)))

    def _refusal(self, refused: Refused, path: tuple[str, ...], *, data: bool) -> Answer:
        headers = {"cache-control": "no-store", **refused.headers}
        if data or path[-1].endswith(".csv"):
            return Answer.refusal(refused.told, refused.status, data=data, headers=headers)
        found = page("refused", self._opened, Asked(path, base=self._base), status=refused.status, told=refused.told)
        return replace(found, headers={**found.headers, **headers})

    async def _answer(self, scope: Any, receive: Any, send: Any) -> None:
        raw = _raw(scope)
        path = _below(raw, self._base.encode())
        own = routes.is_own(self._opened, path) or path == (_ICON,)
        if not self._opened.versions.is_known:
            await asyncio.get_running_loop().run_in_executor(self._threads, self._know_versions)
        accept = dict(scope["headers"]).get(b"accept", b"")
        file = self._file(path, accept)
        theirs = not own and not _is_of_file(path) and self._theirs("/" + "/".join(path))
        if path[0] == RELEASES and len(path) > 2 and await self._kept_file(scope, receive, send, path):
            return
        if file is not None:
            await self._files(scope, receive, send, file)
        elif scope["method"] == "OPTIONS" and (not theirs or self._lanes is not None or _asks_to_read(scope)):
            await send({"type": "http.response.start", "status": 204, "headers": [*HEADERS, *_MAY]})
            await send({"type": "http.response.body", "body": b""})
        elif theirs and scope["method"] in ("GET", "HEAD") and (ours := self._behind.ours(path)):
            await self._send(scope, send, Answer.to(self._base + ours))
        elif theirs and scope["method"] in ("GET", "HEAD") and (ours := self._behind.moved(path, self._opened)):
            query = scope["query_string"].decode("latin-1")
            await self._send(scope, send, Answer.to(self._base + ours + (f"?{query}" if query else ""), 308))
        elif theirs and scope["method"] in ("GET", "HEAD") and (gone := self._behind.gone(path, self._opened)):
            asked = Asked(gone, base=self._base, data=_data(scope, path))
            await self._send(scope, send, absent.answer(self._opened, asked))
        elif theirs:
            await self._behind(scope, receive, send, path)
        elif len(raw) + len(scope["query_string"]) > _LONGEST:
            await self._send(scope, send, Answer.refusal("The address is too long.", 414, data=_data(scope, path)))
        elif scope["method"] not in ("GET", "HEAD"):
            allow = {"allow": "GET, HEAD, OPTIONS"}
            told = Answer.refusal("Pages are only read.", 405, data=_data(scope, path), headers=allow)
            await self._send(scope, send, told)
        else:
            await self._own(scope, receive, send, path)

    def _file(self, path: tuple[str, ...], accept: bytes) -> str | None:
        """The file that is at an address; None where a page answers: of something else, or that it is not there."""
        if _is_of_file(path):
            name = "/".join(path[2:])
            return name if self._files.has(name) or b"html" not in accept else None
        name = "/".join(path)
        # Datasette has the database at its own name, and it may be larger than what is answered apart.
        return name if name in (*_AT_ROOT, self._opened.site.database) and self._files.has(name) else None

    def _know_versions(self) -> str:
        return self._opened.versions.state

    async def _kept_file(self, scope: Any, receive: Any, send: Any, path: tuple[str, ...]) -> bool:
        """Hand out a file of a version that is kept; whether there is such a file, or it is asked for as a file."""
        version = self._opened.versions.all.get(path[1])
        if version is None or version.withdrawn is not None:
            return False
        if not await asyncio.to_thread(self._opened.versions.is_whole, version):
            return False
        name = "/".join(path[2:])

        def files(folder: Path) -> Downloads:
            return Downloads(folder, self._opened.site.name, (SIGNATURE,))

        with self._opened.versions.using(version, "files", files) as downloads:
            if not downloads.has(name):
                return False
            await downloads(scope, receive, send, name)
        return True

    async def _own(self, scope: Any, receive: Any, send: Any, path: tuple[str, ...]) -> None:
        headers = dict(scope["headers"])
        takes_packed = takes_gzip(headers)
        name = "/".join(path)
        if name == _ICON:
            await self._send(scope, send, icon())
            return
        if name.startswith(STATIC):
            file = static_answer(name.removeprefix(STATIC))
            if file:
                small = _small(file.body, file.media_type) if takes_packed else None
                file = replace(file, body=small) if small else file
                await self._send(scope, send, file, is_packed=small is not None)
                return
        host = headers.get(b"host", b"").decode("latin-1")
        site = f"{scope.get('scheme', 'http')}://{host}{self._base}" if _HOST.fullmatch(host) else ""
        key: tuple[str, ...] = (
            scope["raw_path"].decode("latin-1") if scope.get("raw_path") else name,
            scope["query_string"].decode("latin-1"),
            site,
        )
        key += (self._opened.versions.state,)
        tag = self._tag(*key)
        if is_known(headers.get(b"if-none-match", b""), tag):
            await self._send(scope, send, Answer(b"", status=304), tag)
            return
        found: Made | None = self._kept.get(key)
        if found is None:
            query: dict[str, tuple[str, ...]] = {}
            for one, value in parse_qsl(key[1], keep_blank_values=True, encoding="utf-8", errors="replace"):
                query[one] = (*query.get(one, ()), value)
            asked = Asked(path, query, self._base, site, _data(scope, path) or query.get("form") == ("json",))
            async with self._room(path):
                found = await self._made(asked)
                if found.answer.pieces is not None:  # which is not kept
                    await self._stream(scope, receive, send, found.answer, tag, packs=takes_packed)
                    return
            if found.is_lasting:
                self._kept.keep(key, found, found.size)
        packs = found.packed is not None and takes_packed
        answer = replace(found.answer, body=found.packed) if packs and found.packed is not None else found.answer
        await self._send(scope, send, answer, tag if answer.status == 200 else "", is_packed=packs)

    async def _made(self, asked: Asked) -> Made:
        """A page: of parameters there are ever new ones, so that nobody is to wait for those who ask with some."""
        large = routes.is_large(self._opened, asked.path)
        if self._lanes is not None and asked.query and not large:
            found = await self._lanes.page(asked)
            if found is not None:
                return found
        threads = self._others if large or asked.query else self._threads
        return await asyncio.get_running_loop().run_in_executor(threads, made, self._opened, asked)

    async def _stream(self, scope: Any, receive: Any, send: Any, answer: Answer, tag: str, *, packs: bool) -> None:
        """Send an answer while it is made. It is not kept."""
        packs = packs and is_text(answer.media_type)
        await send(self._start(answer, tag, is_packed=packs))
        if scope["method"] == "HEAD" or answer.pieces is None:
            await send({"type": "http.response.body", "body": b""})
            return
        await stream(answer.pieces, receive, send, self._others, packs=packs)

    @asynccontextmanager
    async def _room(self, path: tuple[str, ...]) -> AsyncIterator[None]:
        """Room for an answer, for which its reader waits if it is a large one. Raises Refused where that is in vain."""
        if not routes.is_large(self._opened, path):
            yield
            return
        if self._waiting >= _MOST_WAITING:
            raise busy()
        self._waiting += 1
        try:
            async with asyncio.timeout(_PATIENCE):
                await self._streams.acquire()
        except TimeoutError:
            raise busy() from None
        finally:
            self._waiting -= 1
        try:
            yield
        finally:
            self._streams.release()

    async def _send(self, scope: Any, send: Any, answer: Answer, tag: str = "", *, is_packed: bool = False) -> None:
        if answer.status >= 400:
            log.warning("%d %s %.200r", answer.status, scope["method"], scope["path"])
        await send(self._start(answer, tag, is_packed=is_packed))
        await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else answer.body})

    def _start(self, answer: Answer, tag: str, *, is_packed: bool) -> dict[str, Any]:
        """The message by which an answer begins."""
        headers = [*HEADERS, (b"content-security-policy", policies.OWN), (b"vary", b"accept-encoding")]
        headers += encoded(answer.headers.items())
        if "cache-control" not in answer.headers:
            headers.append((b"cache-control", _FRESH))
        if tag:
            headers.append((b"etag", f'W/"{tag}"'.encode()))
        if is_packed:
            headers.append((b"content-encoding", b"gzip"))
        if answer.status != 304:
            headers.append((b"content-type", answer.media_type.encode()))
        if answer.status != 304 and answer.pieces is None:
            headers.append((b"content-length", str(len(answer.body)).encode()))
        return {"type": "http.response.start", "status": answer.status, "headers": headers}

    def close(self) -> None:
        """End the threads, and close the release. May be called again."""
        for threads in (self._threads, self._others):
            threads.shutdown(wait=True, cancel_futures=True)
        self._opened.close()


def _raw(scope: Any) -> bytes:
    """The address that is asked for, as it came."""
    raw: bytes = scope.get("raw_path") or scope["path"].encode()
    return raw.partition(b"?")[0]


def _is_of_file(path: tuple[str, ...]) -> bool:
    return path[:2] == _DOWNLOADS and path[2:] not in ((), ("",))


def _asks_to_read(scope: Any) -> bool:
    """Whether a browser asks if it may read; whether it may write a plugin of Datasette must say itself."""
    return dict(scope["headers"]).get(b"access-control-request-method", b"").upper() in (b"GET", b"HEAD")


def _data(scope: Any, path: tuple[str, ...]) -> bool:
    return is_data(path, dict(scope["headers"]).get(b"accept", b""))


def _below(raw: bytes, base: bytes) -> tuple[str, ...]:
    """The decoded segments of an address below ``base``."""
    rest = raw.removeprefix(base) if raw.startswith(base) else raw.lstrip(b"/")
    return tuple(unquote_to_bytes(part).decode("utf-8", "replace") for part in rest.split(b"/"))


@lru_cache(32)
def _small(body: bytes, media_type: str) -> bytes | None:
    """A file that lies beside the templates, packed once; None where that gains nothing."""
    return packed(body, 9) if gains(body, media_type) else None
