# SPDX-License-Identifier: Apache-2.0
"""A sample of scripts/hostile-markup; and that it would find what it looks for."""

from __future__ import annotations

import asyncio
import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from html import escape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

import sourcebook
from sourcebook.content.values import is_link
from tests.conftest import ROOT
from tests.hostile.markup import book, every, looking, payloads
from tests.hostile.markup.__main__ import run
from tests.served import PYTHONS

PAYLOADS = every(24)
SITE = ROOT / "src/sourcebook/site"


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = book.write(tmp_path_factory.mktemp("markup") / "book", PAYLOADS)
    book.commit(folder)
    built = sourcebook.build(folder)
    assert built.release is not None, "\n".join(map(str, built.checked.findings))
    return folder


@pytest.mark.slow
@pytest.mark.xdist_group("hostile-markup")
@pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.skipif(looking.CHROMIUM is None, reason="no Chromium on this machine")
@pytest.mark.parametrize("version", PYTHONS)
def test_nothing_that_a_stranger_writes_is_code(hostile: Path, version: str) -> None:
    if not Path(PYTHONS[version]).exists():
        pytest.skip("the environment of the other Datasette is not set up: scripts/test makes it")
    opened, read, wrong = run(hostile, PAYLOADS, version, count=24, seed=1)
    assert wrong == []
    assert opened >= 4 * 24
    assert read > 10 * len(PAYLOADS)


def test_payloads_are_many_and_of_every_kind() -> None:
    kinds = payloads()
    assert sum(map(len, kinds.values())) >= 150
    assert all(len(texts) >= 7 and len(set(texts)) == len(texts) for texts in kinds.values())
    assert {text for texts in kinds.values() for text in texts[:1]} <= set(PAYLOADS)


# --- what would be found ----------------------------------------------------------------------------------------------


@contextmanager
def careless(*, escapes: bool, policy: str) -> Iterator[str]:
    """A site that writes payloads into its pages, at ``/NUMBER``; with ``escapes``, as it should."""

    class Site(BaseHTTPRequestHandler):
        def do_GET(self) -> None:  # as the base class calls it
            text = every()[int(re.sub(r"\D", "", self.path) or 0) % len(every())]
            shown = escape(text) if escapes else text
            link = f'<a href="{shown}">x</a>' if not escapes or is_link(text) else ""
            page = f"<!doctype html><title>x</title><p title='{shown}' class=\"{shown}\">{shown}</p>{link}".encode()
            self.send_response(200)
            for name, value in {"x-content-type-options": "nosniff", "content-security-policy": policy}.items():
                self.send_header(name, value)
            self.send_header("content-type", "text/html; charset=utf-8")
            self.send_header("content-length", str(len(page)))
            self.end_headers()
            self.wfile.write(page)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Site)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


async def _look(site: str, addresses: list[str], *, policy: bool) -> looking.Looked:
    async with looking.browser() as browser:
        return await looking.look(browser, site, addresses, policy=policy)


def _found(looked: looking.Looked) -> set[int]:
    return {int(one.partition(":")[0].lstrip("/")) for one in looked.wrong}


@pytest.mark.slow
@pytest.mark.xdist_group("hostile-markup")
@pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.skipif(looking.CHROMIUM is None, reason="no Chromium on this machine")
def test_a_site_that_does_not_escape_is_found_out() -> None:
    """Also behind a policy, which stops what payloads do: that it had something to stop is a failure."""
    numbers = [
        n
        for n, text in enumerate(every())
        if text in {t for k in ("tags", "leaving", "pictures") for t in payloads()[k]}
    ]
    drawn = numbers[::4]
    with careless(escapes=False, policy="default-src 'none'; script-src 'self'") as site:
        behind = asyncio.run(_look(site, [f"/{one}" for one in drawn], policy=True))
        bare = asyncio.run(_look(site, [f"/{one}" for one in drawn], policy=False))
    assert _found(behind) == _found(bare) == set(drawn)
    assert [one for one in bare.wrong if ": ran: " in one]
    assert not [one for one in behind.wrong if ": ran: " in one]
    assert [one for one in behind.wrong if ": policy: " in one]
    with careless(escapes=True, policy="default-src 'none'; script-src 'self'") as site:
        assert asyncio.run(_look(site, [f"/{one}" for one in drawn[::3]], policy=True)).wrong == []


# --- what holds it ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", payloads()["addresses"])
def test_a_link_is_of_the_web_or_of_mail(text: str) -> None:
    assert not is_link(text) or re.match(r"(https?://|mailto:)[^\s\"<>\x00-\x20]+\Z", text)


def test_no_template_takes_text_for_markup() -> None:
    """``|safe`` stands on words of a template alone, or on what was encoded for an address; no page has Markdown."""
    found = [
        (path.name, one)
        for path in SITE.rglob("*.html")
        for one in re.findall(r"\{\{([^}]*\|\s*safe[^}]*)\}\}|\bautoescape\s+false", path.read_text("utf-8"))
        if not re.fullmatch(r"\s*' ?[a-z =]+'\s*\|\s*safe( if [a-z.]+)?\s*|.*\|\s*urlencode\s*\|\s*safe\s*", one)
    ]
    assert found == []
    code = "".join(path.read_text("utf-8") for path in (ROOT / "src").rglob("*.py"))
    assert not re.search(r"(?m)^\s*(import|from) (markdown|mistune|commonmark|bleach|nh3|markdown_it)\b", code)
    assert not re.search(r"(description|source|license|about)_html", code)


_REFUSED = [
    "javascript:pwned()",
    " javascript:pwned()",
    "java\tscript:pwned()",
    "data:text/html,x",
    "//elsewhere.invalid/",
]


@pytest.mark.parametrize("text", _REFUSED)
def test_an_address_of_the_descriptor_is_of_the_web(text: str, tmp_path: Path) -> None:
    """Of contributors the standard asks for nothing: theirs is no link, and shown as text."""
    book.write(tmp_path, PAYLOADS[:3])
    descriptor = json.loads((tmp_path / "datapackage.yaml").read_text("utf-8"))
    for one in (descriptor, *(descriptor[name][0] for name in ("licenses", "sources"))):
        one["homepage" if one is descriptor else "path"] = text
    for one in (descriptor["sources"][0], descriptor["contributors"][0]):
        one["email"] = text
    descriptor["sourcebook"] |= {"report_to": text, "site": text, "repository": text}
    (tmp_path / "datapackage.yaml").write_text(json.dumps(descriptor, indent=1), "utf-8")
    found = sourcebook.check(tmp_path).findings
    assert {one.rule for one in found if one.path == "datapackage.yaml"} == {"descriptor"}
    assert len([one for one in found if one.path == "datapackage.yaml"]) >= 8
    assert not is_link(text)
