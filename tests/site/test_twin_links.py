# SPDX-License-Identifier: Apache-2.0
"""Every link of a static twin leads to a file, without being led on, at a path of its host as at the root of one."""

from __future__ import annotations

import html
import re
from collections import deque
from pathlib import Path
from urllib.parse import unquote, urldefrag, urljoin, urlsplit

import httpx
import pytest

from tests.site.conftest import Folders, Twins
from tests.site.looking import hold
from tests.site.test_links import ELSEWHERE, Links
from tests.site.twins import Twin, as_files, pages_of

pytestmark = [pytest.mark.xdist_group("browser"), pytest.mark.slow]


def walked(twin: Twin) -> tuple[list[str], set[str]]:
    """What is wrong with links, walked from the home page; and the addresses that were met."""
    wrong, ids, places = [], {}, []
    home = f"{twin.address}/"
    asked, waiting = {home}, deque([(home, "the home page")])
    with httpx.Client(timeout=30, trust_env=False) as client:
        while waiting:
            address, named_on = waiting.popleft()
            answer = client.get(address)
            if answer.status_code != httpx.codes.OK:
                wrong.append(f"{named_on} leads to {address}, which answers {answer.status_code}")
                continue
            if not answer.headers["content-type"].startswith("text/html"):
                continue
            page = Links(answer.text)
            ids[address] = page.ids
            wrong += [f"{address} has the id {one} twice" for one in page.twice]
            for link, _ in page.links:
                to, place = urldefrag(urljoin(address, link))
                if not to.startswith(home):
                    if urlsplit(link).scheme.lower() not in ELSEWHERE:
                        wrong.append(f"{address} leads to {link}")
                    continue
                to = to.partition("?")[0]  # which a file does not see
                if place:
                    places.append((address, to, place))
                if to not in asked:
                    asked.add(to)
                    waiting.append((to, address))
    wrong += [
        f"{on} leads to {to}#{place}, and there is none"
        for on, to, place in places
        if unquote(place) not in ids.get(to, {unquote(place)})
    ]
    return wrong, asked


def test_every_link_leads_to_a_file(twins: Twins) -> None:
    twin = twins("harbour")
    wrong, asked = walked(twin)
    hold(wrong)
    pages = {f"{twin.address}/{file.relative_to(twin.folder)}".removesuffix("index.html")
             for file in pages_of(twin.folder)}  # fmt: skip
    assert len(pages) > 60
    assert pages - asked == set(), "no way leads to them"


def test_at_the_root_of_a_host_too(folders: Folders, tmp_path: Path) -> None:
    with as_files(folders("harbour"), tmp_path) as twin:
        wrong, asked = walked(twin)
    hold(wrong)
    assert len(asked) > 300


def test_what_programs_read_names_files_that_are_there(folders: Folders, tmp_path: Path) -> None:
    """With the whole address of the site: each of its addresses is answered, if need be by leading on."""
    site = "https://books.example/repo/"
    with as_files(folders("harbour"), tmp_path, "/repo/", site=site) as twin, httpx.Client(trust_env=False) as client:
        named = {
            html.unescape(one)
            for pattern in ("*.xml", "*.atom", "*.txt", "*.jsonld", "index.json", "llms.txt", "openapi.json")
            for file in twin.folder.glob(pattern)
            for one in re.findall(rf"{re.escape(site)}[^\s\"'<>\\)#{{}}]*", file.read_text("utf-8"))
        }
        dead = [one for one in sorted(named) if not _is_there(client, twin, one.removeprefix(site))]
    assert len(named) > 60
    assert dead == []


def _is_there(client: httpx.Client, twin: Twin, below: str) -> bool:
    answer = client.get(f"{twin.address}/{below}", follow_redirects=True)
    return answer.status_code == httpx.codes.OK
