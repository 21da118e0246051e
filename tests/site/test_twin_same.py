# SPDX-License-Identifier: Apache-2.0
"""Every page of a static twin is the page that is served at the same address, but for what is written here, and said in
docs/anywhere.md.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from difflib import unified_diff
from pathlib import Path
from urllib.parse import parse_qsl, urlencode

import httpx
import pytest
from lxml import html
from lxml.html import HtmlElement

import sourcebook
from tests.site.conftest import Folders, Site
from tests.site.looking import hold

pytestmark = [pytest.mark.xdist_group("browser"), pytest.mark.slow]

_OF_RECORD = "/html/body[starts-with(@class, 'entity')]"
SERVED_ALONE = {
    "no listing is narrowed down, and none is put in another order": [
        "//form[@class='narrow']",
        "//a[@class='to-facets']",
        "//details[@class='facet']",
        "//a[text()='Show them']",
    ],
    "a picture has one part and one window, and nothing around a record": [
        "//form[@class='ask']",
        "//p[@class='more'][a[contains(@href, '/map?') or contains(@href, '/network?')]]",
    ],
    "records have no CSV, YAML and BibTeX, their history no JSON and no feed, unless --forms says so": [
        "//dt[text()='As data']/following-sibling::dd/a[contains(' CSV YAML BIB ', concat(' ', text(), ' '))]",
        f"//link[{_OF_RECORD}][contains(@type, 'bibtex') or @type='text/csv' or contains(@type, 'yaml')]",
        "//*[self::a or self::link][contains(@href, '/history.')]",
    ],
    "there is no page of a record as of a release": [
        "//p[starts-with(text(), 'As it was in release')]",
        "//code[contains(text(), '/COLLECTION/KEY')]",
    ],
    "what was changed is data as a whole, and not of a collection": [
        "//*[self::a or self::link][contains(@href, 'changes.json?')]"
    ],
}
"""What a served page has and the twin's has not, each with why."""
OTHER_WORDS = {
    " The page of a record as it was then is at .": "",
    "it reads only, and stops after a second or a thousand rows": "it runs in your browser, reads only, and shows a "
    "thousand rows",
}
"""What is said otherwise, each as it is served and as a file has it."""
ADDED = ["//details[@class='cite-this']/p[@class='field'][starts-with(., 'Say of which release it is, too')]"]
"""What the page of a record has beside its citation where that names no release."""
MOVES = "What is there is the file of today: the line may be another."
IN_THE_BROWSER = ("search", "sql")
"""Pages that a script fills."""


def of_no_release(page: str, release: Path) -> str:
    """A served page without that it says of which release it is: what a twin has there whose release stands apart."""
    name = re.escape(release.name)
    foot = rf'Released <time datetime="2026-05-02">2026-05-02</time> · version 1\.2\.0 · release <code>{name}</code>'
    page, count = re.subn(foot.replace(" ", r"\s+"), '<a href="/#release">Which release this is</a>', page)
    assert count == 1
    page, count = re.subn(rf"%0A{name}%201\.2\.0%0A", "%0A%20%0A", page)
    assert count
    if '<body class="entity"' not in page:
        assert release.name not in page or re.search('<body class="(home|downloads)"', page)
        return re.sub(r"(code\.example/lantern-harbour/at/)[0-9a-f]{40}/", r"\1HEAD/", page)
    page, count = re.subn(r"(code\.example/lantern-harbour/(?:at|blame)/)[0-9a-f]{40}/", r"\1HEAD/", page)
    assert count == 2
    for served in (
        rf" \(version 1\.2\.0\)(?=\. 2 May 2026\. Release {name}\.)",
        rf"(?<=\.) 2 May 2026\. Release {name}\.",
        rf"Release {name}\. (?=Licence: )",
        r"  year = \{2026\},\n  month = may,\n",
        r"  version = \{1\.2\.0\},\n",
        r"    &#34;issued&#34;: \{.*?\n    \},\n",
        r"    &#34;version&#34;: &#34;1\.2\.0&#34;,\n",
    ):
        page, count = re.subn(served, "", page, flags=re.DOTALL)
        assert count, served
    assert release.name not in page
    return page


class Compared:
    """A page as its tags and its words, in the order in which they stand; addresses as the served site has them."""

    def __init__(self, source: str, *, frozen: bool) -> None:
        self.root = html.document_fromstring(source)
        self.frozen = frozen

    def without(self, paths: list[str]) -> Compared:
        for path in paths:
            for one in self.root.xpath(path):
                one.drop_tree()
        return self

    def without_what_is_added(self) -> list[str]:
        """What is wrong with what the page of a record has in a twin alone: all of it is there once."""
        moves = [one for one in self.root.xpath("//span[@class='quiet']") if one.text == MOVES]
        added = [one for path in ADDED for one in self.root.xpath(path)]
        for one in moves:
            one.getprevious().drop_tree()  # the line is broken before it
        for one in (*moves, *added):
            one.drop_tree()
        return [] if (len(moves), len(added)) == (1, 1) else [f"a page has {len(moves)} and {len(added)} more"]

    def without_history_that_is_no_file(self, folder: Path) -> None:
        """Of a record that was added and not changed since, there is no page of its history."""
        for one in self.root.xpath("//a[contains(@href, '/history')]"):
            if not (folder / one.get("href").strip("/") / "index.html").is_file():
                row = one.xpath("ancestor::div[dt='Changes']")
                (row[0] if row else one).drop_tree()

    def lines(self) -> list[str]:
        return list(self._lines(self.root))

    def _lines(self, one: HtmlElement) -> Iterator[str]:
        if isinstance(one.tag, str):
            attributes = {name: self._address(value) if name in ("href", "src", "action") else value
                          for name, value in one.attrib.items()}  # fmt: skip
            yield f"<{one.tag} {sorted(attributes.items())}>"
            yield from self._words(one.text)
            for inner in one:
                yield from self._lines(inner)
            yield "</>"
        yield from self._words(one.tail)

    def _words(self, text: str | None) -> Iterator[str]:
        words = " ".join((text or "").split()).strip(" ·")
        for served, frozen in () if self.frozen else OTHER_WORDS.items():
            words = words.replace(served, frozen)
        if words:
            yield words

    def _address(self, href: str) -> str:
        if self.frozen:
            return served_address(href)
        # A mark of the network leads to its record, and not to the network around it.
        return re.sub(r"^/network\?around=([a-z]+)%2F", r"/\1/", href)


def served_address(href: str) -> str:
    """The address of the served site that an address of the twin stands for."""
    path, hash_, place = href.partition("#")
    path, mark, query = path.partition("?")
    if turned := re.fullmatch(r"(/.*?)/-/((?:page|collection|before)/.*)/", path):
        parts = turned[2].split("/")
        path, mark, query = turned[1], "?", urlencode(list(zip(parts[::2], parts[1::2], strict=True)))
    if path.startswith("/sql/"):
        given = dict(parse_qsl(query))
        path = "/lantern-harbour"
        if "table" in given:
            path += f"/{given.pop('table')}" + (f"/{given.pop('key')}" if "key" in given else "")
        query = urlencode(given)
        mark = "?" if query else ""
    if path.startswith("/") and len(path) > 1:
        path = path.rstrip("/")
    return path + mark + query + hash_ + place


def moved_to(file: Path) -> str:
    """Where the page of a record leads that has another key."""
    (found,) = re.findall(r'content="0; url=/([^"]*)"', file.read_text("utf-8"))
    return str(found)


@pytest.mark.parametrize("apart", [False, True], ids=["as served", "the release apart"])
def test_pages_are_those_that_are_served(folders: Folders, site: Site, tmp_path: Path, apart: bool) -> None:
    base, wrong, seen = site("harbour", "datasette-0"), [], 0
    release = (folders("harbour") / "build/current").resolve()
    with httpx.Client(base_url=base, timeout=30, trust_env=False) as client:
        sourcebook.freeze(folders("harbour"), tmp_path, site=f"{base}/", release_apart=apart)
        for file in sorted(tmp_path.rglob("index.html")):
            address = served_address(f"/{file.relative_to(tmp_path)}".removesuffix("index.html"))
            if file.relative_to(tmp_path).parts[0] in IN_THE_BROWSER:
                continue
            answer = client.get(address)
            if answer.status_code not in (httpx.codes.OK, httpx.codes.GONE, httpx.codes.PERMANENT_REDIRECT):
                wrong.append(f"{address} answers {answer.status_code}")
                continue
            seen += 1
            if answer.status_code == httpx.codes.PERMANENT_REDIRECT:
                to = served_address(f"/{moved_to(file)}")
                wrong += [] if answer.headers["location"] == to else [f"{address} leads to {to}"]
                continue
            served = Compared(of_no_release(answer.text, release) if apart else answer.text, frozen=False)
            for paths in SERVED_ALONE.values():
                served.without(paths)
            served.without_history_that_is_no_file(tmp_path)
            twin = Compared(file.read_text("utf-8"), frozen=True)
            if apart and twin.root.xpath(f"boolean({_OF_RECORD})"):
                wrong += twin.without_what_is_added()
            wrong += [
                f"{address}: {line}"
                for line in unified_diff(served.lines(), twin.lines(), "served", "frozen", lineterm="", n=0)
                if line[:2] not in ("--", "++", "@@")
            ]
        listed = re.findall(r"<loc>(.*?)</loc>", client.get("/sitemap-1.xml").text)
        paths = [one.removeprefix(str(client.base_url).rstrip("/")).strip("/") for one in listed]
        wrong += [f"there is no /{path}" for path in paths if not (tmp_path / path / "index.html").is_file()]
    hold(wrong)
    assert seen > 50
    assert len(paths) > 40
