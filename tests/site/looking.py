# SPDX-License-Identifier: Apache-2.0
"""What every page owes its readers: each function looks at one thing, and says in words what is wrong with it."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import ConsoleMessage, Page, Request, Response

AXE = Path(__file__).parent / "node_modules/axe-core/axe.min.js"
WIDE, NARROW, HIGH = 1280, 360, 800
FAR = 2_400  # pixels of a picture from its top
A4 = 718  # pixels that are left of a page of A4 between its margins of a centimetre
MOST_REQUESTS, MOST_BYTES, MOST_SCRIPT = 3, 30_000, 10_000

_JUDGE = """
async rules => {
  const only = rules.length ? {runOnly: {type: 'rule', values: rules}} : {};
  const found = await axe.run(document, {resultTypes: ['violations'], preload: false, ...only});
  return found.violations.flatMap(rule => rule.nodes.map(node => `${rule.id}: ${node.target.join(' ')}: ${node.any
    .concat(node.all, node.none).map(check => check.message).join('; ')}`.slice(0, 300)));
}
"""
_SIDEWAYS = """
() => {
  const root = document.scrollingElement;
  if (root.scrollWidth <= root.clientWidth) return [];
  const wide = [...document.body.querySelectorAll('*')].filter(
    one => one.getBoundingClientRect().right > root.clientWidth + 1 && ![...one.children].some(
      child => child.getBoundingClientRect().right > root.clientWidth + 1));
  const name = one => one.tagName.toLowerCase() + [...one.classList].map(word => '.' + word).join('');
  return [`${root.scrollWidth} of ${root.clientWidth} px: ${[...new Set(wide.map(name))].slice(0, 5).join(', ')}`];
}
"""
_LINKS = """
() => [...document.querySelectorAll('[href], [src], [action], [formaction]')]
  .flatMap(one => ['href', 'src', 'action', 'formaction'].map(name => one.getAttribute(name)).filter(Boolean))
  .filter(address => /^\\s*[a-z][a-z0-9+.-]*:/i.test(address) && !/^\\s*(https?|mailto):/i.test(address))
"""
# Text of the page's content that can be seen: what is folded away is not, nor what only helps to use the page.
_TEXT = """
() => {
  const walker = document.createTreeWalker(document.querySelector('main') ?? document.body, NodeFilter.SHOW_TEXT);
  const found = [];
  for (let node; node = walker.nextNode();) {
    const above = node.parentElement;
    if (!node.data.trim() || above.closest('button, form, nav, aside, script, style, select, .skip')) continue;
    if (above.checkVisibility({visibilityProperty: true})) found.push(node.data.trim().replace(/\\s+/g, ' '));
  }
  return found;
}
"""
_CUT = """
width => [...document.querySelectorAll('table')].filter(table => table.checkVisibility()).flatMap(table => {
  const {right} = table.getBoundingClientRect();
  const holders = [];
  for (let one = table.parentElement; one; one = one.parentElement) {
    if (getComputedStyle(one).overflowX === 'visible' || one.scrollWidth <= one.clientWidth + 1) continue;
    holders.push(one.className);
  }
  const name = table.className || table.id || table.caption?.innerText || 'table';
  return right > width + 1 || holders.length ? [`${name} ends at ${Math.round(right)} of ${width} px ${holders}`] : [];
})
"""


@dataclass
class Watched:
    """A page of the browser, and what the address opened last asked for and complained about. Nothing is cached."""

    page: Page
    requests: list[Request] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.on("request", lambda request: self.requests.append(request))
        self.page.on("console", self._said)
        self.page.on("pageerror", lambda error: self.complaints.append(f"script failed: {error}"))
        self.page.context.new_cdp_session(self.page).send("Network.setCacheDisabled", {"cacheDisabled": True})

    def open(self, address: str) -> Response:
        """Open an address on a wide screen with light colours, and wait until everything is there that it asks for."""
        self.page.set_viewport_size({"width": WIDE, "height": HIGH})
        self.page.emulate_media(media="screen", color_scheme="light")
        self.requests.clear()
        self.complaints.clear()
        answer = self.page.goto(address, wait_until="load")
        assert answer is not None, address
        return answer

    def external(self, base: str) -> list[str]:
        """Requests to anywhere else."""
        asked = [request.url for request in self.requests]
        return [f"asks for {url}" for url in asked if not url.startswith((f"{base}/", "data:", "blob:"))]

    def weight(self) -> list[str]:
        """More requests, bytes or script than a page may cost, with nothing in the browser's cache.

        The site's icon is not counted: browsers ask for one whatever a page says, once a site.
        """
        sizes = {request.url: self._size(request) for request in self.requests if "/icon-" not in request.url}
        scripts = sum(size for url, size in sizes.items() if url.partition("?")[0].endswith(".js"))
        found = []
        if len(sizes) > MOST_REQUESTS:
            found.append(f"{len(sizes)} requests: {', '.join(sizes)}")
        if sum(sizes.values()) > MOST_BYTES:
            found.append(f"{sum(sizes.values()):,} bytes: {sizes}")
        if scripts > MOST_SCRIPT:
            found.append(f"{scripts:,} bytes of script")
        return found

    @staticmethod
    def _size(request: Request) -> int:
        return int(request.sizes()["responseBodySize"])

    def _said(self, message: ConsoleMessage) -> None:
        # A page that is not there is told as an error of the console: that is the answer that was asked for.
        missing = message.text.startswith("Failed to load resource") and message.location["url"] == self.page.url
        if message.type in ("error", "warning") and not missing:
            self.complaints.append(f"console: {message.text}")


def hold(wrong: list[str]) -> None:
    """Fail with all that is wrong, a line each."""
    if wrong:
        pytest.fail("\n".join(wrong), pytrace=False)


def judged(page: Page, *rules: str) -> list[str]:
    """What axe finds by ``rules``, or by all that it has, and at which element: at the present width and colours."""
    if not page.evaluate("() => 'axe' in window"):
        page.evaluate(AXE.read_text("utf-8") + "; 0")  # a script that the page loads would be against its policy
    return _strings(page.evaluate(_JUDGE, [*rules]))


def sideways(page: Page) -> list[str]:
    """What makes the whole page scroll sideways."""
    return [f"scrolls sideways, {told}" for told in _strings(page.evaluate(_SIDEWAYS))]


def strange_links(page: Page) -> list[str]:
    """Addresses in links that are neither of the web nor of mail."""
    return [f"links to {address}" for address in _strings(page.evaluate(_LINKS))]


def lost_in_print(page: Page) -> list[str]:
    """Content that is on the screen and not on paper, and tables that paper cuts. Leaves the page on the screen."""
    before = _strings(page.evaluate(_TEXT))
    size = page.viewport_size
    page.emulate_media(media="print")
    page.set_viewport_size({"width": A4, "height": 1000})
    kept = set(_strings(page.evaluate(_TEXT)))
    found = [f"not printed: {text[:80]}" for text in before if text not in kept][:5]
    found += [f"cut in print: {told}" for told in _strings(page.evaluate(_CUT, A4))]
    page.emulate_media(media="screen")
    if size:
        page.set_viewport_size(size)
    return found


def text_of(page: Page) -> list[str]:
    """The content of the page that can be seen, piece by piece."""
    return _strings(page.evaluate(_TEXT))


def photographed(page: Page, path: str) -> None:
    """A picture of the page, as far down as anybody looks at it."""
    size = page.viewport_size or {"width": WIDE}
    high = min(page.evaluate("document.scrollingElement.scrollHeight"), FAR)
    page.screenshot(path=path, full_page=True, clip={"x": 0, "y": 0, "width": size["width"], "height": high})


def _strings(found: Any) -> list[str]:
    return [str(one) for one in found]
