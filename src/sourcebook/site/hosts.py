# SPDX-License-Identifier: Apache-2.0
"""The names by which a server is asked, of which the addresses of what is near are made.

A reader says the name himself, in the header Host: one that is not the server's own is not answered, so that no page
leads elsewhere, and none that is read through a name of another's making is kept anywhere. What headers say that a web
server in front sets is not believed, for anyone can set them.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable
from typing import Any

from sourcebook.errors import UsageError
from sourcebook.site import health
from sourcebook.site.answer import Answer, is_data
from sourcebook.site.headers import HEADERS
from sourcebook.site.policies import NOTHING

_FORM = re.compile(r"([A-Za-z0-9._\-]{1,253}|\[[0-9A-Fa-f:.]{2,45}\])(?::([0-9]{1,5}))?")
_LOCAL = ("localhost", "127.0.0.1", "[::1]")
_PORTS = {"http": ("80",), "https": ("443",), "": ("80", "443")}
_UNKNOWN = "This server does not know itself by the name that it is asked by. Who runs it says its names: --host-name."
_MALFORMED = "The name of the host that is asked for is not one."


class HostNames:
    """The names of one server."""

    def __init__(self, names: Iterable[str] = (), host: str = "127.0.0.1") -> None:
        """``names`` are as a person gives them: a name, with a port or not, or with ``https://`` before it.

        ``host`` is where is listened. Where that is of this machine alone and no names are given, any is answered;
        elsewhere only those, and addresses that are numbers. Raises UsageError for what is no name.
        """
        self._schemes = dict(map(_named, names))
        self._local = is_local(host)
        self._any = self._local and not self._schemes
        self._host = host.lower()

    def refusal(self, asked: str) -> tuple[int, str] | None:
        """Why a request for a host is not answered, by a status and in words; None where it is."""
        found = _FORM.fullmatch(asked)
        if not found:
            return 400, _MALFORMED
        name = found[1].lower().rstrip(".")
        known = self._any or self._known(name, found[2]) or (name in _LOCAL if self._local else self._is_number(name))
        return None if known else (421, _UNKNOWN)

    def scheme(self, asked: str) -> str:
        """``http`` or ``https`` where that was given with the name; else empty."""
        found = _FORM.fullmatch(asked)
        name, port = (found[1].lower().rstrip("."), found[2] or "") if found else ("", "")
        return self._schemes.get((name, port)) or self._schemes.get((name, ""), "")

    def _known(self, name: str, port: str | None) -> bool:
        if (name, port or "") in self._schemes:
            return True
        return port in _PORTS[self._schemes.get((name, ""), "")] and (name, "") in self._schemes

    def _is_number(self, name: str) -> bool:
        """Whether a name is an address itself, which nobody else can make lead here; or the one that is listened at."""
        if name == self._host or name in _LOCAL:
            return True
        try:
            ipaddress.ip_address(name.strip("[]"))
        except ValueError:
            return False
        return not self._schemes


class AtItsNames:
    """ASGI application: another one, asked by names of its own alone."""

    def __init__(self, app: Any, names: HostNames) -> None:
        self._app = app
        self._names = names

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Answer one request."""
        if scope["type"] != "http" or health.is_asked(scope):
            await self._app(scope, receive, send)
            return
        asked = [value.decode("latin-1") for name, value in scope["headers"] if name == b"host"]
        host = asked[0] if len(asked) == 1 else ""
        refused = (400, _MALFORMED) if not _is_path(scope) else self._names.refusal(host)
        if refused is not None:
            await _refuse(scope, send, *refused)
            return
        scope = {**scope, "headers": [one for one in scope["headers"] if not _is_of_a_proxy(one[0])]}
        if scheme := self._names.scheme(host):
            scope["scheme"] = scheme
        await self._app(scope, receive, send)


def is_local(host: str) -> bool:
    """Whether an address that is listened at is of this machine alone."""
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _named(given: str) -> tuple[tuple[str, str], str]:
    """A name and its port, and the scheme that was given with it."""
    scheme, found, rest = given.strip().rpartition("://")
    match = _FORM.fullmatch(_ascii(rest.rstrip("/")))
    if match is None or (found and scheme.lower() not in ("http", "https")):
        raise UsageError(f"{given!r} is no name of a host; give it as books.example or https://books.example")
    return (match[1].lower().rstrip("."), match[2] or ""), scheme.lower()


def _ascii(name: str) -> str:
    """A name in any alphabet, as it is asked for."""
    try:
        return name if name.isascii() else name.encode("idna").decode("ascii")
    except UnicodeError:
        return ""


def _is_path(scope: Any) -> bool:
    """Whether a path is asked for, and no address that names a host by itself; or the server as a whole."""
    raw: bytes = scope.get("raw_path") or scope["path"].encode()
    return raw.startswith(b"/") or (raw == b"*" and scope["method"] == "OPTIONS")


def _is_of_a_proxy(name: bytes) -> bool:
    return name == b"forwarded" or name.startswith(b"x-forwarded-")


async def _refuse(scope: Any, send: Any, status: int, told: str) -> None:
    accept = dict(scope["headers"]).get(b"accept", b"")
    answer = Answer.refusal(told, status, data=is_data(tuple(scope["path"].split("/")), accept))
    about = {"content-type": answer.media_type, "content-length": str(len(answer.body)), "cache-control": "no-store"}
    headers = [*HEADERS, (b"content-security-policy", NOTHING)]
    headers += [(name.encode(), value.encode("latin-1")) for name, value in {**about, **answer.headers}.items()]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else answer.body})
