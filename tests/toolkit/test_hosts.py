# SPDX-License-Identifier: Apache-2.0
"""By which names a server is asked: those that it was told, and no others; nothing says another name again."""

from __future__ import annotations

import asyncio
import shutil
import sys
from pathlib import Path
from typing import Any

import httpx
import pytest

import sourcebook
from sourcebook.errors import UsageError
from sourcebook.site.hosts import AtItsNames, HostNames
from tests.served import BOOKS, address_of, running

PUBLIC = "0.0.0.0"  # noqa: S104 # nothing listens there


@pytest.mark.parametrize(
    ("names", "host", "asked", "status"),
    [
        ((), "127.0.0.1", "anything.example", None),
        ((), "127.0.0.1", "localhost:8001", None),
        ((), "::1", "[::1]:8001", None),
        ((), "127.0.0.1", 'x"><y', 400),
        ((), "127.0.0.1", "", 400),
        ((), "127.0.0.1", "a b", 400),
        ((), "127.0.0.1", "a@b.example", 400),
        ((), "127.0.0.1", "books.example:123456", 400),
        ((), PUBLIC, "books.example", 421),
        ((), PUBLIC, "192.0.2.7:8001", None),
        ((), PUBLIC, "[2001:db8::1]", None),
        ((), PUBLIC, "localhost:8001", None),
        ((), "books.example", "Books.example", None),
        (("books.example",), PUBLIC, "books.example", None),
        (("books.example",), PUBLIC, "BOOKS.EXAMPLE.", None),
        (("books.example",), PUBLIC, "books.example:443", None),
        (("books.example",), PUBLIC, "books.example:444", 421),
        (("books.example:444",), PUBLIC, "books.example:444", None),
        (("books.example",), PUBLIC, "elsewhere.example", 421),
        (("books.example",), PUBLIC, "books.example.elsewhere.example", 421),
        (("books.example",), PUBLIC, "192.0.2.7", 421),
        (("books.example",), "127.0.0.1", "elsewhere.example", 421),
        (("books.example",), "127.0.0.1", "127.0.0.1:8001", None),
        (("https://books.example/", "www.books.example"), PUBLIC, "www.books.example", None),
        (("https://books.example",), PUBLIC, "books.example:80", 421),
        (("bücher.example",), PUBLIC, "xn--bcher-kva.example", None),
    ],
)
def test_which_hosts_are_answered(names: tuple[str, ...], host: str, asked: str, status: int | None) -> None:
    refused = HostNames(names, host).refusal(asked)
    assert (refused and refused[0]) == status
    assert refused is None or (asked or "?") not in refused[1]


@pytest.mark.parametrize(
    "name", ["", "a b", "ftp://books.example", "https://", "books.example/path", "a\r\nb", "ü" * 99]
)
def test_what_is_no_name_is_said_at_once(name: str) -> None:
    with pytest.raises(UsageError, match="no name of a host"):
        HostNames([name])


def test_a_scheme_is_that_of_the_name_and_none_that_a_header_says() -> None:
    heard: list[Any] = []

    async def app(scope: Any, _receive: Any, _send: Any) -> None:
        heard.append(scope)

    headers = [
        (b"host", b"Books.example"),
        (b"x-forwarded-host", b"evil.example"),
        (b"forwarded", b"host=evil.example"),
    ]
    scope = {"type": "http", "method": "GET", "path": "/", "raw_path": b"/", "scheme": "http", "headers": headers}
    for names in (["https://books.example"], ["books.example"]):
        asyncio.run(AtItsNames(app, HostNames(names))(scope, None, None))
    assert [one["scheme"] for one in heard] == ["https", "http"]
    assert all(one["headers"] == [(b"host", b"Books.example")] for one in heard)


@pytest.mark.slow
@pytest.mark.xdist_group("serve")
def test_a_served_site_says_no_other_name(tmp_path: Path) -> None:
    folder = shutil.copytree(BOOKS / "orchard", tmp_path / "orchard")
    sourcebook.build(folder)
    command = [sys.executable, "-m", "sourcebook.cli", "serve", "--book", str(folder), "--port", "0"]
    with running([*command, "--host-name", "https://books.example"]) as output:
        address = address_of(output)
        with httpx.Client(base_url=address, timeout=30, trust_env=False) as site:
            assert site.get("/robots.txt").status_code == 200
            named = site.get("/robots.txt", headers={"host": "books.example"})
            assert "Sitemap: https://books.example/sitemap.xml" in named.text
            evil = {"host": "evil.example", "x-forwarded-host": "evil.example"}
            for path in ("/", "/feed.atom", "/orchard/varieties.json?_size=1", "/-/downloads/orchard.db", "/nosuch"):
                refused = site.get(path, headers=evil)
                assert refused.status_code == 421, path
                assert "evil" not in refused.text + str(refused.headers)
                assert refused.headers["content-security-policy"].startswith("default-src 'none'")
            told = site.get("/varieties.json", headers=evil)
            assert told.json()["status"] == 421
            assert (
                "x-forwarded" not in site.get("/orchard/varieties.json", headers=evil | {"host": "books.example"}).text
            )
