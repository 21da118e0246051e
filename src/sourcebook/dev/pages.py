# SPDX-License-Identifier: Apache-2.0
"""What browsers get of a preview: pages as they will be published, with what is told of them on top.

Other sites are not to read what is not published: nothing here may be read across origins, and the server answers by
names of this machine alone.
"""

from __future__ import annotations

import asyncio
import json
from contextlib import suppress
from functools import cache
from html import escape
from pathlib import Path
from typing import Any

from sourcebook.dev.places import Places
from sourcebook.dev.preview import Preview
from sourcebook.site.answer import Asked
from sourcebook.site.headers import HEADERS
from sourcebook.site.policies import OWN
from sourcebook.site.rendering import page

_PREFIX = "/-/dev/"
_FILES = {"dev.js": "text/javascript; charset=utf-8", "dev.css": "text/css; charset=utf-8"}
_HEARTBEAT = 10.0  # seconds
_LONGEST = 15.0  # seconds for which a request waits for a state
_READABLE = (b"access-control-allow-origin", b"access-control-expose-headers", b"cross-origin-resource-policy")
_CHANGED = (b"etag", b"cache-control", b"content-length", b"content-security-policy")
_OWN_POLICY = OWN + b"; connect-src 'self'"  # for the events by which a page learns that it is old


class Pages:
    """ASGI application: a preview."""

    def __init__(self, preview: Preview) -> None:
        self._preview = preview
        self._places = Places(preview.root, preview.told.editor)

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            return
        path: str = scope["path"]
        if path.startswith(_PREFIX):
            await self._of_preview(scope, send, path.removeprefix(_PREFIX))
            return
        if self._is_of_file(path):
            await self._no_files(scope, send)
            return
        await self._shown(scope, receive, send)

    def _is_of_file(self, path: str) -> bool:
        """Whether a file of a release is asked for, or the page that lists them."""
        version = self._preview.version
        database = f"/{version.opened.site.database}" if version else ""
        return path.startswith("/-/downloads/") or path in ("/downloads", "/index.json", database)

    async def _no_files(self, scope: Any, send: Any) -> None:
        version = self._preview.version
        if version is None or b"html" not in dict(scope["headers"]).get(b"accept", b""):
            await self._send(send, 404, b"text/plain; charset=utf-8", f"{_NO_FILES}\n".encode())
            return
        found = page(
            "refused", version.opened, Asked(tuple(scope["path"].strip("/").split("/"))), status=404, told=_NO_FILES
        )
        body = await self._with_told(version, scope, found.body)
        await self._send(send, 404, found.media_type.encode(), body)

    async def _shown(self, scope: Any, receive: Any, send: Any) -> None:
        left_out = (b"accept-encoding", b"if-none-match", b"if-modified-since")
        scope = {**scope, "headers": [one for one in scope["headers"] if one[0] not in left_out]}
        for left in reversed(range(_TRIES)):
            try:
                async with asyncio.timeout(_LONGEST):
                    await self._preview.open.wait()
            except TimeoutError:
                break
            version = self._preview.version
            if version is None:
                break
            version.requests += 1
            try:
                again = await self._answered(version, scope, receive, send, may_fail=left > 0)
            finally:
                version.requests -= 1
            if not again:
                return
        await self._plain(send, 503)

    async def _answered(self, version: Any, scope: Any, receive: Any, send: Any, *, may_fail: bool) -> bool:
        """Answer out of one state; True where nothing was sent, since there is another by now.

        What Datasette reads by several connections, each opened when it is first needed, might else be of both.
        """
        start: dict[str, Any] = {}
        body = bytearray()
        passes = False

        async def sending(message: dict[str, Any]) -> None:
            nonlocal passes
            if message["type"] == "http.response.start":
                start.update(message)
                kind = dict(message["headers"]).get(b"content-type", b"")
                passes = message["status"] < 500 and not kind.startswith(b"text/html")
                if passes:
                    await send({**message, "headers": _private(message["headers"])})
            elif passes:
                await send(message)
            else:
                body.extend(message.get("body", b""))

        await version(scope, receive, sending)
        if passes:
            return False
        is_past = self._preview.version is not version or not self._preview.open.is_set()
        if is_past and (may_fail or start["status"] >= 500):
            return True
        is_page = dict(start["headers"]).get(b"content-type", b"").startswith(b"text/html")
        made = await self._with_told(version, scope, bytes(body)) if is_page and body else bytes(body)
        headers = _private(start["headers"], of_page=is_page)
        headers.append((b"content-length", str(len(made)).encode()))
        await send({**start, "headers": headers})
        await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else made})
        return False

    async def _with_told(self, version: Any, scope: Any, body: bytes) -> bytes:
        text = body.decode("utf-8", "replace")
        text = str(await version.asked(self._places.marked, version.opened, scope["path"], text))
        head = f'<link rel="stylesheet" href="{_PREFIX}dev.css"><script src="{_PREFIX}dev.js" defer></script></head>'
        text = text.replace("</head>", head, 1)
        at = text.find(">", text.find("<body")) + 1
        told = self._preview.told.html().replace(
            f'data-version="{self._preview.told.version}"', f'data-version="{version.number}"', 1
        )
        return (text[:at] + told + text[at:]).encode("utf-8", "replace")

    async def _of_preview(self, scope: Any, send: Any, name: str) -> None:
        if dict(scope["headers"]).get(b"sec-fetch-site", b"same-origin") not in (b"same-origin", b"none"):
            await self._send(send, 403, b"text/plain; charset=utf-8", b"not for other sites\n")
        elif name == "events" and scope["method"] == "GET":
            await self._events(send)
        elif name in _FILES:
            await self._send(send, 200, _FILES[name].encode(), _file(name))
        else:
            await self._send(send, 404, b"text/plain; charset=utf-8", b"there is nothing of this name\n")

    async def _events(self, send: Any) -> None:
        """Tell a page what there is to tell, now and each time that it is another."""
        headers = [*_private(HEADERS), (b"content-type", b"text/event-stream"), (b"cache-control", b"no-store")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        last = b""
        while not self._preview.ended.is_set():
            told = self._preview.told
            now = json.dumps({"version": told.version, "told": told.html()}).encode()
            message = b"data: " + now + b"\n\n" if now != last else b": still here\n\n"
            last = now
            await send({"type": "http.response.body", "body": message, "more_body": True})
            with suppress(TimeoutError):
                async with asyncio.timeout(_HEARTBEAT), self._preview.changed:
                    await self._preview.changed.wait()
        await send({"type": "http.response.body", "body": b""})

    async def _plain(self, send: Any, status: int) -> None:
        """A page that says what is wrong, where there is nothing to show."""
        title = escape(self._preview.root.name)
        links = f'<link rel="stylesheet" href="{_PREFIX}dev.css"><script src="{_PREFIX}dev.js" defer></script>'
        text = f'<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>{title}</title>{links}</head>'
        text += f"<body>{self._preview.told.html()}</body></html>"
        await self._send(send, status, b"text/html; charset=utf-8", text.encode())

    async def _send(self, send: Any, status: int, kind: bytes, body: bytes) -> None:
        headers = [
            *_private(HEADERS, of_page=True),
            (b"content-type", kind),
            (b"content-length", str(len(body)).encode()),
        ]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": body})


_TRIES = 5
_NO_FILES = "This is a preview, which has no files to take away: they are written by `sourcebook build`."


def _private(headers: Any, *, of_page: bool = False) -> list[tuple[bytes, bytes]]:
    """Headers of an answer that no other site may read; of a page, those that its changed body has."""
    found = [(name.lower(), value) for name, value in headers]
    found = [one for one in found if one[0] not in (*_READABLE, *_CHANGED[:2])]
    found += [(b"cross-origin-resource-policy", b"same-origin"), (b"cache-control", b"no-store")]
    if not of_page:
        return found
    policy = next((value for name, value in found if name == b"content-security-policy"), OWN)
    found = [(name, value) for name, value in found if name not in _CHANGED[2:]]
    return [*found, (b"content-security-policy", _OWN_POLICY if policy == OWN else policy)]


@cache
def _file(name: str) -> bytes:
    return (Path(__file__).parent / "static" / name).read_bytes()
