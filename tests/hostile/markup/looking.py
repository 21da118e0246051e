# SPDX-License-Identifier: Apache-2.0
"""A browser that says what of a page was code: what ran, what was asked for elsewhere, what elements data made.

An address is opened with the site's Content-Security-Policy, where a violation is a failure too, since what the policy
stops has got through; or with the policy off, so that nothing but escaping holds.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from playwright.async_api import Browser, BrowserContext, Error, Page, Request, async_playwright

from tests.chromium import ALONE, CHROMIUM

SCHEMES = ("http:", "https:", "mailto:")
"""Where a link of any page may lead."""

_SECONDS = 60
_HERE = Path(__file__).parent
_WATCH = (_HERE / "watch.js").read_text("utf-8")
_AUDIT = "\n".join(
    line for line in (_HERE / "audit.js").read_text("utf-8").splitlines() if not line.startswith("//")
)  # an expression, which no comment may lead


@dataclass
class Looked:
    """What was seen: how many addresses were opened how often, and what was wrong, each as ``address: what``."""

    opened: int = 0
    wrong: list[str] = field(default_factory=list)
    kinds: dict[str, int] = field(default_factory=dict)


@asynccontextmanager
async def browser() -> AsyncIterator[Browser]:
    """Chromium, which finds no other host than this machine."""
    async with async_playwright() as playwright:
        made = await playwright.chromium.launch(executable_path=CHROMIUM, args=ALONE)
        try:
            yield made
        finally:
            await made.close()


async def look(made: Browser, site: str, addresses: Sequence[str], *, policy: bool, at_once: int = 3) -> Looked:
    """Open ``addresses`` below ``site``, with or without its policy."""
    looked = Looked()
    waiting = list(reversed(addresses))
    context = await made.new_context(bypass_csp=not policy, service_workers="block", accept_downloads=False)

    async def work() -> None:
        watched = await _Watched.of(context, site)
        while waiting:
            address = waiting.pop()
            try:
                wrong = await asyncio.wait_for(watched.open(address), _SECONDS)
            except TimeoutError:
                wrong = [f"not looked at within {_SECONDS} s"]
            looked.opened += 1
            looked.wrong += [f"{address[:200]}: {one}" for one in wrong]
            looked.kinds[watched.kind] = looked.kinds.get(watched.kind, 0) + 1
            if watched.page.is_closed() or wrong:
                await watched.page.close()
                watched = await _Watched.of(context, site)

    try:
        await asyncio.gather(*(work() for _ in range(at_once)))
    finally:
        await context.close()
    return looked


class _Watched:
    """A tab, and what happened in it since the last address was opened."""

    def __init__(self, page: Page, site: str) -> None:
        self.page, self._site, self._host = page, site, urlsplit(site).netloc
        self._told: list[str] = []
        self.kind = ""

    @classmethod
    async def of(cls, context: BrowserContext, site: str) -> _Watched:
        self = cls(await context.new_page(), site)
        await self.page.expose_function("__told", self._tell)
        await self.page.add_init_script(_WATCH)
        self.page.on("request", self._asked)
        self.page.on("dialog", lambda dialog: asyncio.ensure_future(self._dialog(dialog)))
        self.page.on("popup", lambda page: self._told.append(f"a window: {page.url}"))
        self.page.on("console", self._said)
        return self

    def _tell(self, what: str) -> None:
        self._told.append(what)

    def _said(self, message: object) -> None:
        text = str(getattr(message, "text", ""))
        if "Content Security Policy" in text or ("pwned" in text.lower() and "404" not in text):
            self._told.append(f"console: {text[:200]}")

    def _asked(self, request: Request) -> None:
        if urlsplit(request.url).netloc != self._host and not request.url.startswith("about:"):
            self._told.append(f"asked for {request.url[:120]}")

    async def _dialog(self, dialog: object) -> None:
        self._told.append("a dialog")
        await dialog.dismiss()  # type: ignore[attr-defined]

    async def open(self, address: str) -> list[str]:
        """Open an address, and say what was wrong; an answer that is saved as a file is not looked at further."""
        self._told.clear()
        self.kind = "saved"
        try:
            answer = await self.page.goto(self._site + address, wait_until="load", timeout=30_000)
        except Error as error:
            if "Download is starting" in error.message or "ERR_ABORTED" in error.message:
                return list(self._told)
            return [*self._told, f"could not be opened: {error.message.splitlines()[0][:120]}"]
        if answer is None:
            return [*self._told, "no answer"]
        headers = await answer.all_headers()
        self.kind = headers.get("content-type", "").partition(";")[0]
        if headers.get("x-content-type-options") != "nosniff" or not self.kind:
            self._told.append(f"without nosniff or a type: {self.kind!r}")
        if answer.status >= 500 and answer.status != 503:  # too much at once is refused, in words
            self._told.append(f"answered {answer.status}")
        if self.kind in ("text/html", "application/xhtml+xml"):
            if "content-security-policy" not in headers:
                self._told.append("without a policy")
            policy = headers.get("content-security-policy", "")
            inline = bool(re.search("script-src[^;]*'unsafe-inline'", policy))
            self._told += await self.page.evaluate(
                _AUDIT, [SCHEMES, inline, bool(re.search("style-src[^;]*'unsafe-inline'", policy))]
            )
        if urlsplit(self.page.url).netloc != self._host:
            self._told.append(f"left for {self.page.url[:100]}")
        await asyncio.sleep(0)
        if self.kind.endswith("xml"):  # Chromium shows it with a style of its own, which the policy stops
            return [one for one in self._told if "style" not in one]
        return list(self._told)
