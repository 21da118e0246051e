# SPDX-License-Identifier: Apache-2.0
"""What is told of a file by headers, and why one is not handed out."""

from __future__ import annotations

import logging
from base64 import b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sourcebook.formats.paths import coding_of, is_text, media_type
from sourcebook.site.answer import ASKED_WITH, TEXT, Answer, attachment, is_data
from sourcebook.site.handing.codings import IDENTITY
from sourcebook.site.handing.listed import Copy
from sourcebook.site.handing.ranges import Span
from sourcebook.site.headers import HEADERS
from sourcebook.site.policies import NOTHING

_EXPOSED = "Accept-Ranges, Content-Disposition, Content-Encoding, Content-Length, Content-Range, ETag, Repr-Digest"
_ALWAYS: Mapping[str, str] = {
    **{name.decode(): value.decode() for name, value in HEADERS},
    "content-security-policy": NOTHING.decode(),
    "access-control-expose-headers": _EXPOSED,
}
_METHODS = {"allow": "GET, HEAD, OPTIONS"}
_PREFLIGHT: Mapping[str, str] = {
    **_METHODS,
    "access-control-allow-methods": "GET, HEAD, OPTIONS",
    "access-control-allow-headers": ASKED_WITH,
    "access-control-max-age": "86400",
}

log = logging.getLogger("sourcebook.site")


class Refused(Exception):
    """A request that is not answered by a file: the ``status`` and why, and headers that go with it."""

    def __init__(self, status: int, why: str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(why)
        self.status = status
        self.headers = headers or {}


def not_read() -> Refused:
    """Files are not asked for by another method."""
    return Refused(405, "Files are only read.", _METHODS)


def not_there() -> Refused:
    """There is no such file."""
    return Refused(404, "There is no such file in this release.")


@dataclass(frozen=True, slots=True)
class Request:
    """A request for the file of a decoded ``path``: ``headers`` by their names in small letters."""

    scope: Any
    receive: Any
    send: Any
    path: str
    headers: Mapping[str, str]

    @property
    def method(self) -> str:
        """The method by which is asked."""
        return str(self.scope["method"])

    async def start(self, status: int, headers: Mapping[str, str]) -> None:
        """Send the start of an answer."""
        pairs = [(name.encode(), value.encode("latin-1")) for name, value in {**_ALWAYS, **headers}.items()]
        await self.send({"type": "http.response.start", "status": status, "headers": pairs})

    async def end(self, body: bytes = b"") -> None:
        """Send a short body, or none, and the end of an answer."""
        await self.send({"type": "http.response.body", "body": b"" if self.method == "HEAD" else body})


def joined(headers: Sequence[tuple[bytes, bytes]]) -> dict[str, str]:
    """Headers of a request; what is said twice is one list."""
    found: dict[str, str] = {}
    for name, value in headers:
        one, said = name.decode("latin-1").lower(), value.decode("latin-1")
        found[one] = f"{found[one]}, {said}" if one in found else said
    return found


def told_of(book: str, path: str, copy: Copy, coding: str) -> dict[str, str]:
    """What is told of a file that is sent, whole or in part, as the ``copy`` of that content ``coding``."""
    digest = b64encode(bytes.fromhex(copy.digest)).decode()
    told = {"content-type": media_type(path), "accept-ranges": "bytes", "repr-digest": f"sha-256=:{digest}:"}
    told |= attachment(file_name(book, path))
    if "/" not in path and is_text(path):  # what describes the others is looked at
        told["content-disposition"] = told["content-disposition"].replace("attachment", "inline", 1)
    return told | ({"content-encoding": coding} if coding != IDENTITY else {})


def content_range(span: Span | None, size: int) -> dict[str, str]:
    """What says which part of a file is sent; without a part, how long it is."""
    return {"content-range": f"bytes {span.start}-{span.stop - 1}/{size}" if span else f"bytes */{size}"}


def file_name(book: str, path: str) -> str:
    """The name by which a file is saved: with that of the book and of its folder, lest two files have the same.

    What programs know by its name, as ``datapackage.json``, keeps it: it is not in a folder.
    """
    folder, _, name = path.rpartition("/")
    if not folder:
        return name
    plain = coding_of(name)[1]
    stem, dot, ending = plain.rpartition(".")
    kept = [one for one in folder.split("/") if one != ending]
    return "-".join([book, stem or ending, *kept]) + (dot + ending if stem else "") + name.removeprefix(plain)


async def preflight(request: Request) -> None:
    """Answer what is asked before a page of another site may ask."""
    await request.start(204, _PREFLIGHT)
    await request.end()


async def refuse(request: Request, refused: Refused) -> None:
    """Say why not, as JSON or as a line of text, whichever is asked for."""
    log.warning("%d %s %.200r", refused.status, request.method, request.scope["path"])
    accept = request.headers.get("accept", "")
    if is_data((request.path,), accept.encode("latin-1")):
        answer = Answer.json({"ok": False, "error": str(refused), "status": refused.status})
    else:
        answer = Answer(f"{refused}\n".encode(), TEXT)
    about = {"content-type": answer.media_type, "content-length": str(len(answer.body))}
    await request.start(refused.status, {**about, "cache-control": "no-cache", "vary": "accept", **refused.headers})
    await request.end(answer.body)
