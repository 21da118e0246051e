# SPDX-License-Identifier: Apache-2.0
"""Whether a server answers, for containers and balancers that ask: out of which release, or that it has none."""

from __future__ import annotations

from typing import Any

from sourcebook.site.answer import Answer
from sourcebook.site.headers import HEADERS, encoded
from sourcebook.site.policies import NOTHING

PATH = "/-/health"


def is_asked(scope: Any) -> bool:
    """Whether a request is for it. It is answered by any name: who asks goes by numbers often, and reads no page."""
    return scope.get("path") == PATH and scope["type"] == "http" and scope["method"] in ("GET", "HEAD")


async def answer(scope: Any, send: Any, release: str, following: dict[str, Any] | None) -> None:
    """Answer with the ``release`` that is shown; that there is none, where it is empty.

    How ``following`` stands, where something is followed, changes nothing in the status: a server that shows the last
    good release is not to be taken out of those that answer.
    """
    told: dict[str, Any]
    told = {"ok": True, "release": release} if release else {"ok": False, "error": "there is no release to show"}
    if following is not None:
        told["following"] = following
    made = Answer.json(told, 200 if release else 503)
    about = [(b"content-type", made.media_type.encode()), (b"content-length", str(len(made.body)).encode())]
    about += encoded([("cache-control", "no-store"), *([("sourcebook-release", release)] if release else [])])
    headers = [*HEADERS, (b"content-security-policy", NOTHING), *about]
    await send({"type": "http.response.start", "status": made.status, "headers": headers})
    await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else made.body})
