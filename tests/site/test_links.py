# SPDX-License-Identifier: Apache-2.0
"""Every link of every page leads somewhere: the site of the small book is walked from its home page."""

from __future__ import annotations

from collections import deque
from html.parser import HTMLParser
from urllib.parse import urldefrag, urljoin, urlsplit

import httpx
import pytest

from tests.chromium import MARKS
from tests.served import PYTHONS
from tests.site.conftest import Site
from tests.site.looking import hold
from tests.site.pages import SUBJECTS

pytestmark = MARKS
ELSEWHERE = {"http", "https", "mailto"}
MOST = 1_500  # addresses of a book of 33 records; more would mean that pages make up ever new ones


class Links(HTMLParser):
    """The addresses that a page names, each with whether it is to be followed further (filters of a list are not), and
    the places of it that links may lead to; ``twice`` has those that are two, of which only the first is led to.
    """

    def __init__(self, source: str) -> None:
        super().__init__()
        self.links: list[tuple[str, bool]] = []
        self.ids: set[str] = set()
        self.twice: set[str] = set()
        self.feed(source)

    def handle_starttag(self, _tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            if name in ("href", "src", "action", "formaction") and value is not None:
                self.links.append((value.strip(), "nofollow" not in (dict(attrs).get("rel") or "")))
            elif name == "id" and value:
                (self.twice if value in self.ids else self.ids).add(value)


@pytest.mark.parametrize("version", PYTHONS)
def test_every_link_leads_somewhere(site: Site, version: str) -> None:
    base = site("harbour", version)
    theirs = f"/{SUBJECTS['harbour'].database}"
    wrong, ids, places = [], {}, []
    asked, waiting = {"/"}, deque([("/", "the home page", True)])
    with httpx.Client(base_url=base, timeout=30, trust_env=False, follow_redirects=True) as client:
        while waiting:
            address, named_on, follow = waiting.popleft()
            answer = client.get(address)
            if answer.status_code != 200:
                wrong.append(f"{named_on} leads to {address}, which answers {answer.status_code}")
            # Datasette's pages are looked at, and not walked on: their links are filters of filters too.
            if (
                not follow
                or address.startswith((theirs, "/-/"))
                or not answer.headers["content-type"].startswith("text/html")
            ):
                continue
            page = Links(answer.text)
            ids[address] = page.ids
            wrong += [f"{address} has the id {one} twice" for one in page.twice]
            for link, on in page.links:
                inside, place = urldefrag(urljoin(base + address, link))
                if not inside.startswith(base + "/"):
                    if urlsplit(link).scheme.lower() not in ELSEWHERE:
                        wrong.append(f"{address} leads to {link}")
                    continue
                to = inside.removeprefix(base)
                if place:
                    places.append((address, to, place))
                if to not in asked and len(asked) < MOST:
                    asked.add(to)
                    waiting.append((to, address, on))
    wrong += [
        f"{on} leads to {to}#{place}, and there is none"
        for on, to, place in places
        if place not in ids.get(to, {place})
    ]
    hold(wrong)
    assert 100 < len(asked) < MOST
