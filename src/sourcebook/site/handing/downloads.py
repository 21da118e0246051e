# SPDX-License-Identifier: Apache-2.0
"""The files of one release over ASGI, each by its path.

A file's ETag is its SHA-256, so that it is the same on any machine and version that serves the same bytes, and a packed
copy has its own. It is told of no date: files of two releases may have the same. A cache asks again each time
(``no-cache``) and is told 304, so that it never gives the checksums of one release with the files of another.
"""

from __future__ import annotations

import errno
import os
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from sourcebook.files import open_below
from sourcebook.site.handing import telling
from sourcebook.site.handing.codings import IDENTITY, acceptable
from sourcebook.site.handing.conditions import decided, is_same
from sourcebook.site.handing.listed import Copy, Listed, listed
from sourcebook.site.handing.multipart import length, multipart
from sourcebook.site.handing.ranges import Span, spans
from sourcebook.site.handing.sending import send_parts
from sourcebook.site.handing.telling import Refused, Request

_CACHED = "public, no-cache, no-transform"


class Downloads:
    """The files of the release in ``folder``."""

    def __init__(self, folder: Path, book: str, beside: Iterable[str] = ()) -> None:
        """``book`` is the name of the book; ``beside`` are files that its checksums need not list.

        Raises OSError where the folder has no checksums.
        """
        self._folder = folder
        self._book = book
        self._listed = listed(folder, beside)

    def has(self, path: str) -> bool:
        """Whether there is a file of that path."""
        return path in self._listed

    def close(self) -> None:
        """Nothing is open between two requests."""

    async def __call__(self, scope: Any, receive: Any, send: Any, path: str) -> None:
        """Answer one request for the file of that ``path``, which is decoded."""
        request = Request(scope, receive, send, path, telling.joined(scope["headers"]))
        try:
            if request.method == "OPTIONS":
                await telling.preflight(request)
            elif request.method not in ("GET", "HEAD"):
                raise telling.not_read()
            elif path not in self._listed:
                raise telling.not_there()
            else:
                await self._hand(request, self._listed[path])
        except Refused as refused:
            await telling.refuse(request, refused)

    async def _hand(self, request: Request, asked: Listed) -> None:
        coding, copy = _chosen(request, asked)
        try:
            handle = open_below(self._folder, copy.path)
        except OSError as error:
            telling.log.warning("%.200r is not handed out: %s", copy.path, error.strerror)
            if error.errno in _NO_FILE:
                raise telling.not_there() from None
            # It was listed: this release has been removed since, or too many files are open.
            raise Refused(503, "This file is not there just now; ask again.", {"retry-after": "1"}) from None
        try:
            await self._send(request, copy, coding, handle)
        finally:
            os.close(handle)

    async def _send(self, request: Request, copy: Copy, coding: str, handle: int) -> None:
        status = os.fstat(handle)
        told = {"etag": copy.tag, "vary": "accept-encoding", "cache-control": _CACHED}
        decision = decided(request.headers, copy.tag)
        if decision == 412:
            raise Refused(412, "The file is not the one that was meant.")
        if decision == 304:
            await request.start(304, told)
            await request.end()
            return
        asked = _asked(request, copy.tag, status.st_size)
        told |= telling.told_of(self._book, request.path, copy, coding)
        parts: Sequence[bytes | Span] = asked or [Span(0, status.st_size)]
        if len(parts) > 1:
            parts = multipart(asked or (), status.st_size, told["content-type"], boundary := copy.digest[:24])
            told["content-type"] = f"multipart/byteranges; boundary={boundary}"
        elif asked:
            told |= telling.content_range(asked[0], status.st_size)
        await request.start(206 if asked else 200, {**told, "content-length": str(length(parts))})
        if request.method == "HEAD":
            await request.end()
        else:
            await send_parts(handle, parts, request.receive, request.send)


_NO_FILE = (errno.ELOOP, errno.EMLINK, errno.ENOTDIR, errno.EINVAL)  # a link, or anything else than a file


def _chosen(request: Request, asked: Listed) -> tuple[str, Copy]:
    """The copy that is sent, and its coding. Raises Refused where the reader takes none.

    A part is one of the file as it is, unless the reader has the rest of a packed copy and says so.
    """
    codings = acceptable(request.headers.get("accept-encoding"), asked.packed)
    copies = {IDENTITY: asked.plain, **asked.packed}
    if not codings:
        raise Refused(406, "This file is not there in a coding that is taken.", {"vary": "accept, accept-encoding"})
    if "range" in request.headers and request.method == "GET":
        said = request.headers.get("if-range")
        meant = [one for one in codings if said is not None and copies[one].tag == said.strip()]
        if meant or (IDENTITY in codings and said is None):
            coding = meant[0] if meant else IDENTITY
            return coding, copies[coding]
    return codings[0], copies[codings[0]]


def _asked(request: Request, tag: str, size: int) -> list[Span] | None:
    """The parts that are asked for; None where the whole file is sent. Raises Refused where it has none of them."""
    if "range" not in request.headers or request.method != "GET":
        return None
    if not is_same(request.headers.get("if-range"), tag):
        return None
    found = spans(request.headers["range"], size)
    if found == []:
        headers = {"etag": tag, **telling.content_range(None, size)}
        raise Refused(416, f"The file has {size} bytes, and not those.", headers)
    return found
