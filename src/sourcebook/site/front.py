# SPDX-License-Identifier: Apache-2.0
"""The front of a served release: its own pages, each made once; what is not ours goes on to Datasette.

A release never changes, so that release, version of the site and address tell the content of a page: that is its
ETag, which is looked at before anything is made (RFC 9110, section 8.8.3).
"""

from __future__ import annotations

import asyncio
import logging
import re
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import lru_cache
from hashlib import blake2b
from typing import Any
from urllib.parse import parse_qsl, unquote_to_bytes

from datasette.utils import tilde_decode, tilde_encode
from datasette.version import __version__ as datasette_version

from sourcebook.content.addresses import STATIC
from sourcebook.site import policies, routes
from sourcebook.site.answer import ASKED_WITH, Answer, Asked, is_data
from sourcebook.site.handing.downloads import Downloads
from sourcebook.site.packing import Packing, gains, is_text, packed
from sourcebook.site.published import Published
from sourcebook.site.rendering import icon, prepare, site_version, static_answer
from sourcebook.site.streaming import stream

Asgi = Callable[[Any, Any, Any], Awaitable[None]]

HEADERS = (
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"same-origin"),
    (b"access-control-allow-origin", b"*"),  # all that is served is public, and nobody is known here
    (b"access-control-expose-headers", b"Accept-Ranges, Content-Disposition, Content-Range, ETag, Link, Location"),
)
"""Headers of every answer."""
_MAY = (
    (b"access-control-allow-methods", b"GET, HEAD, OPTIONS"),
    (b"access-control-allow-headers", ASKED_WITH.encode()),
    (b"access-control-max-age", b"86400"),
    (b"allow", b"GET, HEAD, OPTIONS"),
)
"""What a browser is told that asks whether a page of another site may ask (https://fetch.spec.whatwg.org/)."""
_FRESH = b"public, max-age=5"  # a correction is to be seen at once; what has not changed is answered by its ETag
_THREADS = 2
_MOST_KEPT = 24 * 1024 * 1024  # bytes of answers
_LARGEST_KEPT = 512 * 1024
_HOST = re.compile(r"[A-Za-z0-9.\-]+(:\d{1,5})?|\[[0-9a-fA-F:.]+\](:\d{1,5})?")
_ICON = "favicon.ico"
_DOWNLOADS = ("-", "downloads")
_AT_ROOT = ("index.json",)  # files that are handed out there too
_LONGEST = 8_000  # bytes of an address of our own; Datasette takes what the server does, for SQL may be long

log = logging.getLogger("sourcebook.site")


@dataclass(frozen=True, slots=True)
class _Made:
    """An answer that was made, and the same packed."""

    answer: Answer
    packed: bytes | None

    @property
    def size(self) -> int:
        return len(self.answer.body) + len(self.packed or b"")


class Front:
    """ASGI application before Datasette: the pages of one release. A resource: close it when none is under way."""

    def __init__(
        self, app: Asgi, opened: Published, base: str, theirs: Callable[[str], bool], files: Downloads
    ) -> None:
        """``app`` is Datasette, below ``base``; ``theirs`` says whether it, or a plugin of it, answers at a path.

        ``files`` are those of the release.
        """
        self._app = app
        self._opened = opened
        self._base = base
        self._theirs = theirs
        self._files = files
        self._version = f"{opened.release}-{site_version()}-{opened.source.get('commit', '')[:12]}-{datasette_version}"
        self._database = tilde_encode(opened.site.name)
        self._tables = {table.name for table in opened.site.tables}
        self._threads = ThreadPoolExecutor(_THREADS, thread_name_prefix="pages")
        self._threads.submit(prepare)
        self._kept: OrderedDict[tuple[str, ...], _Made] = OrderedDict()
        self._size = 0

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Answer one request."""
        raw = (scope.get("raw_path") or scope["path"].encode()).partition(b"?")[0]
        path = _below(raw, self._base.encode())
        own = routes.is_own(self._opened, path) or path == (_ICON,)
        file = self._file(path, dict(scope["headers"]).get(b"accept", b""))
        theirs = not own and not _is_of_file(path) and self._theirs("/" + "/".join(path))
        if file is not None:
            await self._files(scope, receive, send, file)
        elif scope["method"] == "OPTIONS" and (not theirs or _asks_to_read(scope)):
            await send({"type": "http.response.start", "status": 204, "headers": [*HEADERS, *_MAY]})
            await send({"type": "http.response.body", "body": b""})
        elif theirs:
            await self._datasettes(scope, receive, send, path)
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
        return name if name in _AT_ROOT and self._files.has(name) else None

    async def _own(self, scope: Any, receive: Any, send: Any, path: tuple[str, ...]) -> None:
        headers = dict(scope["headers"])
        takes_packed = b"gzip" in headers.get(b"accept-encoding", b"")
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
        key = (
            scope["raw_path"].decode("latin-1") if scope.get("raw_path") else name,
            scope["query_string"].decode("latin-1"),
            site,
        )
        tag = self._tag(*key)
        if _known(headers.get(b"if-none-match", b""), tag):
            await self._send(scope, send, Answer(b"", status=304), tag)
            return
        made = self._kept.get(key)
        if made is None:
            query: dict[str, tuple[str, ...]] = {}
            for one, value in parse_qsl(key[1], keep_blank_values=True, encoding="utf-8", errors="replace"):
                query[one] = (*query.get(one, ()), value)
            asked = Asked(path, query, self._base, site, _data(scope, path) or query.get("form") == ("json",))
            made = await asyncio.get_running_loop().run_in_executor(self._threads, _make, self._opened, asked)
            self._keep(key, made)
        else:
            self._kept.move_to_end(key)
        if made.answer.pieces is not None:
            await self._stream(scope, receive, send, made.answer, tag, packs=takes_packed)
            return
        packs = made.packed is not None and takes_packed
        answer = replace(made.answer, body=made.packed) if packs and made.packed is not None else made.answer
        await self._send(scope, send, answer, tag if answer.status == 200 else "", is_packed=packs)

    async def _stream(self, scope: Any, receive: Any, send: Any, answer: Answer, tag: str, *, packs: bool) -> None:
        """Send an answer while it is made. It is not kept."""
        packs = packs and is_text(answer.media_type)
        await send(self._start(answer, tag, is_packed=packs))
        if scope["method"] == "HEAD" or answer.pieces is None:
            await send({"type": "http.response.body", "body": b""})
        else:
            await stream(answer.pieces, receive, send, self._threads, packs=packs)

    async def _datasettes(self, scope: Any, receive: Any, send: Any, path: tuple[str, ...]) -> None:
        """A page of Datasette's, packed; of a table or a row with an ETag too: SQL may ask for the time of day."""
        headers = dict(scope["headers"])
        tag = ""
        anonymous = b"cookie" not in headers and b"authorization" not in headers
        if scope["method"] in ("GET", "HEAD") and anonymous and self._is_of_table(path):
            host = headers.get(b"host", b"").decode("latin-1")  # which addresses in JSON begin with
            query = scope["query_string"].decode("latin-1")
            tag = self._tag("/".join(path), query, "datasette", scope.get("scheme", ""), host)
            if _known(headers.get(b"if-none-match", b""), tag):
                await send({"type": "http.response.start", "status": 304, "headers": _unchanged(tag)})
                await send({"type": "http.response.body", "body": b""})
                return
        packs = b"gzip" in headers.get(b"accept-encoding", b"") and scope["method"] == "GET"
        await self._app(scope, receive, Packing(send, tag, packs=packs))

    def _is_of_table(self, path: tuple[str, ...]) -> bool:
        if len(path) < 2 or path[0] != self._database:
            return False
        names = {tilde_decode(path[1]), tilde_decode(path[1].rpartition(".")[0])}
        return not names.isdisjoint(self._tables)

    def _tag(self, *address: str) -> str:
        return f"{self._version}-{blake2b(repr(address).encode(), digest_size=6).hexdigest()}"

    def _keep(self, key: tuple[str, ...], made: _Made) -> None:
        once = made.answer.pieces is not None or made.answer.status != 200
        if once or made.size > _LARGEST_KEPT or key in self._kept:
            return
        self._kept[key] = made
        self._size += made.size
        while self._size > _MOST_KEPT:
            self._size -= self._kept.popitem(last=False)[1].size

    async def _send(self, scope: Any, send: Any, answer: Answer, tag: str = "", *, is_packed: bool = False) -> None:
        if answer.status >= 400:
            log.warning("%d %s %.200r", answer.status, scope["method"], scope["path"])
        await send(self._start(answer, tag, is_packed=is_packed))
        await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else answer.body})

    def _start(self, answer: Answer, tag: str, *, is_packed: bool) -> dict[str, Any]:
        """The message by which an answer begins."""
        headers = [*HEADERS, (b"content-security-policy", policies.OWN), (b"vary", b"accept-encoding")]
        headers += [(name.encode("latin-1"), value.encode("latin-1")) for name, value in answer.headers.items()]
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
        self._threads.shutdown(wait=True, cancel_futures=True)
        self._opened.close()


def _make(opened: Published, asked: Asked) -> _Made:
    try:
        answer = routes.answer(opened, asked)
    except Exception:  # whatever it is: the reader is told that it is ours, and the log says what
        log.exception("the page at %.200r failed", "/".join(asked.path))
        told = "This page failed. That is a mistake of ours, and not of yours."
        answer = Answer.refusal(told, 500, data=asked.data)
    return _Made(answer, packed(answer.body) if gains(answer.body, answer.media_type) else None)


def _is_of_file(path: tuple[str, ...]) -> bool:
    return path[:2] == _DOWNLOADS and path[2:] not in ((), ("",))


def _asks_to_read(scope: Any) -> bool:
    """Whether a browser asks if it may read; whether it may write a plugin of Datasette must say itself."""
    return dict(scope["headers"]).get(b"access-control-request-method", b"").upper() in (b"GET", b"HEAD")


def _data(scope: Any, path: tuple[str, ...]) -> bool:
    return is_data(path, dict(scope["headers"]).get(b"accept", b""))


def _known(asked: bytes, tag: str) -> bool:
    """Whether a reader has what ``tag`` stands for already, by its header If-None-Match."""
    return bool(asked) and f'"{tag}"'.encode() in asked


def _unchanged(tag: str) -> list[tuple[bytes, bytes]]:
    """The headers by which a page of Datasette's is said not to have changed: no others than it came with."""
    return [*HEADERS, (b"etag", f'W/"{tag}"'.encode()), (b"vary", b"Cookie, Authorization, accept-encoding")]


def _below(raw: bytes, base: bytes) -> tuple[str, ...]:
    """The decoded segments of an address below ``base``."""
    rest = raw.removeprefix(base) if raw.startswith(base) else raw.lstrip(b"/")
    return tuple(unquote_to_bytes(part).decode("utf-8", "replace") for part in rest.split(b"/"))


@lru_cache(32)
def _small(body: bytes, media_type: str) -> bytes | None:
    """A file that lies beside the templates, packed once; None where that gains nothing."""
    return packed(body, 9) if gains(body, media_type) else None
