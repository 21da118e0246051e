# SPDX-License-Identifier: Apache-2.0
"""Targets of the served site: addresses with their parameters and headers, and what parses them."""

from __future__ import annotations

import asyncio
import json
import logging
import shutil
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import sourcebook
from sourcebook.site.front import Front
from sourcebook.site.handing.codings import IDENTITY, acceptable
from sourcebook.site.handing.conditions import decided, is_same
from sourcebook.site.handing.downloads import Downloads
from sourcebook.site.handing.ranges import spans
from sourcebook.site.published import Published
from sourcebook.site.searching import count, search
from tests.conftest import ROOT
from tests.hostile.fuzz.oracle import Wrong, holds, sampled

MARK = b"<zz9"
"""What is put into addresses and must not come back as markup."""
_SIZE = 10_000
_TAG = '"0123456789abcdef"'


def harbour(folder: Path) -> Path:
    """The release of a book with people, places, days, claims, pictures and questions."""
    made = sourcebook.build(Path(shutil.copytree(ROOT / "tests/site/book", folder / "harbour")), formats=("all",))
    holds(made.release is not None, "the harbour is not built")
    assert made.release is not None
    return made.release.resolve()


def addresses(release: Path) -> list[bytes]:
    """What a reader asks of each kind of page, some with headers below."""
    opened = Published(release)
    try:
        names = [one.address for one in opened.site.collections]
        pages = [
            "/",
            "/search?q=pier",
            "/search.json?q=a+b",
            "/schema",
            "/downloads",
            "/questions",
            "/map?box=26,36,45,42&page=1",
        ]
        pages += ["/map?collection=places&q=a", "/timeline?from=1900&to=2000", "/network?around=a&steps=2"]
        pages += ["/feed.atom", "/llms.txt", "/openapi.json", "/sitemap.xml", "/static/site.css", "/favicon.ico"]
        pages += ["/-/downloads/index.json", "/-/downloads/csv/claims.csv", "/-/downloads/", "/nothing/here"]
        for name in names:
            pages += [f"/{name}", f"/{name}?q=a&sort=label&page=2", f"/{name}.csv?q=a", f"/{name}.json?sort=label"]
            pages += [f"/{name}.xlsx?sort=-label", f"/{name}.geojson", f"/{name}.ndjson", f"/{name}/x?form=json"]
            sql = 'SELECT key FROM "_records" WHERE collection = ? LIMIT 2'
            row = [key for (key,) in opened.connection.execute(sql, (opened.addressed[name].name,))]
            pages += [f"/{name}/{key}" for key in row]
        pages += [
            f"/questions/{path.stem}?form=json" for path in (ROOT / "tests/site/book/scripts/queries").glob("*.sql")
        ]
        fields = [field.path for one in opened.site.collections for field in one.fields][:40]
        pages += [f"/{names[0]}?{field}=x&{field}=" for field in fields]
    finally:
        opened.close()
    headers = (
        'accept: application/json\naccept-encoding: gzip, br;q=0.5\nrange: bytes=0-10,20-\nif-none-match: W/"x", *'
    )
    return [one.encode() for page in dict.fromkeys(pages) for one in (page, f"{page}\n{headers}")]


def page(release: Path) -> Callable[[Path], Callable[[bytes], str]]:
    """A request of a page or a file: an address, and a header a line."""

    def prepare(folder: Path) -> Callable[[bytes], str]:
        logging.getLogger("sourcebook.site").setLevel(logging.CRITICAL)
        loop = asyncio.new_event_loop()
        opened = Published(release)
        front = Front(_nowhere, opened, "/", lambda _: False, Downloads(release, opened.site.name))

        def run(data: bytes) -> str:
            line, *said = data.split(b"\n")
            path, _, query = line.partition(b"?")
            headers = [(n.strip().lower(), v.strip()) for n, _, v in (one.partition(b":") for one in said[:20])]
            scope = {
                "type": "http", "method": "GET", "path": path.decode("utf-8", "replace"), "raw_path": path,
                "query_string": query, "headers": [(b"host", b"here.example"), *headers], "scheme": "http",
            }  # fmt: skip
            return loop.run_until_complete(_asked(front, scope))

        return run

    return prepare


async def _asked(front: Front, scope: dict[str, Any]) -> str:
    sent: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        await asyncio.sleep(30)
        return {"type": "http.disconnect"}

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    await front(scope, receive, send)
    holds(sent and sent[0]["type"] == "http.response.start", "no answer")
    holds(sum(one["type"] == "http.response.start" for one in sent) == 1, "two answers")
    status, headers = sent[0]["status"], dict(sent[0]["headers"])
    body = b"".join(one.get("body", b"") for one in sent[1:])
    holds(status < 500, f"status {status}")
    for name, value in headers.items():
        holds(not {*b"\r\n\0"} & {*name, *value}, f"a header with a line break: {name!r}")
    holds(not sent[-1].get("more_body"), "an answer without an end")
    kind = headers.get(b"content-type", b"")
    if b"content-encoding" not in headers and status == 200 and b"content-range" not in headers:
        if b"json" in kind and b"ndjson" not in kind and body:
            json.loads(body, parse_constant=_not_json)
        if b"content-length" in headers:
            holds(int(headers[b"content-length"]) == len(body), "another length than was said")
    if b"content-encoding" not in headers and (b"html" in kind or b"xml" in kind or b"svg" in kind):
        holds(MARK not in body, "markup out of an address")
    return f"{status} {kind!r} {len(body)}"


def _not_json(text: str) -> None:
    raise Wrong(f"{text} in JSON")


async def _nowhere(scope: Any, receive: Any, send: Any) -> None:
    await send({"type": "http.response.start", "status": 404, "headers": []})
    await send({"type": "http.response.body", "body": b""})


def found(release: Path) -> Callable[[Path], Callable[[bytes], str]]:
    """What a reader types into the search."""

    def prepare(folder: Path) -> Callable[[bytes], str]:
        opened = Published(release)

        def run(data: bytes) -> str:
            typed = data.decode("utf-8", "replace")
            groups = search(opened, typed, 5)
            counted = count(opened, typed) if sampled(data, 8) else 0
            return repr([(one.collection.name, one.count, one.more, list(one.keys)) for one in groups]) + str(counted)

        return run

    return prepare


TYPED = [
    b"pier",
    b'"north pier" gull',
    b"a OR b",
    b"col:x",
    b"-x",
    b"x*",
    b"NEAR(a b)",
    b"(a",
    b'"',
    "é ß ﬁ".encode(),
    b"1.5",
]
HEADERS = [
    b'bytes=0-10\n"0123456789abcdef"\ngzip',
    b'bytes=0-10,20-30,-5\nW/"0123456789abcdef", "x"\ngzip;q=0.5, br;q=1.0, *;q=0',
    b"bytes=-0\n*\nidentity;q=0",
    b"bytes= 5-5 , 9999-\n\n*",
    b'Bytes=10000-\n"a"\nx-gzip;q=1.000',
    b'lines=1-2\n""\n;q=,',
]


def headers(data: bytes) -> str:
    """The headers Range, If-None-Match and Accept-Encoding, a line each."""
    text = data.decode("latin-1")
    said, tags, codings = [*text.split("\n", 2), "", ""][:3]
    parts = spans(said, _SIZE)
    for one in parts or ():
        holds(0 <= one.start < one.stop <= _SIZE, f"a part out of the file: {one}")
    for one, other in pairwise(sorted(parts or ())):
        holds(one.stop <= other.start, "parts that overlap")
    holds(len(parts or ()) <= 32, "too many parts")
    taken = acceptable(codings, ["br", "gzip"])
    holds(set(taken) <= {"br", "gzip", IDENTITY} and len(set(taken)) == len(taken), "other codings")
    decision = decided({"if-none-match": tags}, _TAG)
    holds(decision in (200, 304) and decided({"if-match": tags}, _TAG) in (200, 412), "another decision")
    return repr((parts, taken, decision, is_same(tags, _TAG)))
