# SPDX-License-Identifier: Apache-2.0
"""What crawlers, feed readers and language models are told: sitemap, robots.txt, llms.txt and the feed."""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime
from pathlib import Path
from xml.etree import ElementTree

import pytest

from sourcebook.content.addresses import Addresses
from sourcebook.site.answer import Answer
from sourcebook.site.machines import place, sitemap
from sourcebook.site.machines.xml_text import element, escaped
from sourcebook.site.published import Published
from tests.conftest import BOOKS
from tests.harbour import SITE, get, opened, replaced

MAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
ATOM = "{http://www.w3.org/2005/Atom}"


@pytest.fixture(scope="module")
def harbour(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Published]:
    with opened(tmp_path_factory.mktemp("machines")) as found:
        yield found


@pytest.fixture(scope="module")
def orchard(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Published]:
    """A book without a date, a licence, statements or a log."""
    with opened(tmp_path_factory.mktemp("orchard"), book=BOOKS / "orchard") as found:
        yield found


def xml(answer: Answer) -> ElementTree.Element:
    assert answer.status == 200
    return ElementTree.fromstring(answer.body)  # noqa: S314 # of our own making


def locations(answer: Answer) -> list[str]:
    return [str(one.text) for one in xml(answer).iter(f"{MAP}loc")]


# --- the sitemap ------------------------------------------------------------------------------------------------------


def test_each_address_of_the_sitemap_is_a_page(harbour: Published) -> None:
    (part,) = locations(get(harbour, "/sitemap.xml"))
    found = locations(get(harbour, part.replace(SITE, "/")))
    assert len(found) == len(set(found))
    for address in found:
        assert get(harbour, address.replace(SITE, "/")).status == 200, address
    (records,) = harbour.connection.execute("SELECT count(*) FROM _records").fetchone()
    site = harbour.site
    assert len(found) == records + 3 + len(site.pictures) + len(site.collections) + 1 + len(site.questions)
    assert {f"{SITE}{one}" for one in site.pictures} <= set(found)


def test_what_was_taken_down_is_not_in_the_sitemap(harbour: Published) -> None:
    assert get(harbour, "/people/bystander").status == 410
    assert f"{SITE}people/bystander" not in locations(get(harbour, "/sitemap-1.xml"))


def test_a_part_that_there_is_not(harbour: Published) -> None:
    for name in ("sitemap-2.xml", "sitemap-0.xml", "sitemap-01.xml", "sitemap-1.xml/x", "sitemap-9999999.xml"):
        assert get(harbour, f"/{name}").status == 404, name


def test_the_day_is_told_where_it_is_known(harbour: Published, orchard: Published) -> None:
    assert [one.text for one in xml(get(harbour, "/sitemap.xml")).iter(f"{MAP}lastmod")] == ["2026-05-02"]
    assert list(xml(get(orchard, "/sitemap.xml")).iter(f"{MAP}lastmod")) == []


def test_large_books_have_several_parts() -> None:
    at = Addresses(SITE, "large")
    assert sitemap.parts(10, 50_001) == 3
    assert sitemap.parts(10, sitemap.MOST - 10) == 1
    assert sitemap.parts(10, sitemap.MOST - 9) == 2
    text = sitemap.index(at, ["a"] * 10, 50_001, "")
    assert re.findall("<loc>(.*?)</loc>", text) == [f"{SITE}sitemap-{number}.xml" for number in (1, 2, 3)]


@pytest.mark.parametrize("key", ["k", "ß" * 400, "'" * 400], ids=["short", "long", "quotes"])
@pytest.mark.slow
def test_a_part_is_within_the_bounds_of_the_protocol(key: str) -> None:
    at = Addresses(SITE, "large")
    addresses = (at.record("things", f"{key}{number}") for number in range(sitemap.MOST))
    size = count = 0
    for piece in sitemap.urlset(addresses):
        size += len(piece)
        count += piece.count(b"<url>")
    assert size < 50_000_000
    assert count in (0, sitemap.MOST)  # those that are too long are left out


def test_every_record_of_a_large_book_is_in_one_part(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sitemap, "MOST", 7)
    with opened(tmp_path) as found:
        parts = locations(get(found, "/sitemap.xml"))
        some = [locations(get(found, part.replace(SITE, "/"))) for part in parts]
        every = [one for part in some for one in part]
        assert all(len(part) == 7 for part in some[:-1])
        assert len(every) == len(set(every))
        records = found.connection.execute("SELECT count(*) FROM _records").fetchone()[0]
        assert len(every) == records + len(list(sitemap.pages(found, Addresses(SITE, "x"))))
        assert get(found, f"/sitemap-{len(parts) + 1}.xml").status == 404


# --- text in XML ------------------------------------------------------------------------------------------------------

HOSTILE = "</title><script>\x00\x08\x0b\x1f\ufffe\uffff‮שלום\u2028&amp;]]>\"'\r\n"


def test_whatever_a_text_holds_xml_can_be_read() -> None:
    found = ElementTree.fromstring(element("a", HOSTILE, href=HOSTILE))  # noqa: S314
    assert found.text is not None
    expected = re.sub("[\x00\x08\x0b\x1f\ufffe\uffff]", "\ufffd", HOSTILE)
    assert found.text.replace("\r\n", "\n") == expected.replace("\r\n", "\n")
    assert escaped("\ud800") == "\ufffd"


# --- robots.txt -------------------------------------------------------------------------------------------------------


def allowed(robots: str, address: str) -> bool:
    """As RFC 9309 says: the longest rule that fits, and of two of a length the one that allows."""
    best = (0, True)
    for rule, pattern in re.findall(r"^(Allow|Disallow): (\S+)$", robots, re.MULTILINE):
        if re.match(".*".join(map(re.escape, pattern.split("*"))), address):
            best = max(best, (len(pattern), rule == "Allow"))
    return best[1]


def test_robots_have_pages_and_no_end_of_filters(harbour: Published) -> None:
    robots = get(harbour, "/robots.txt").body.decode()
    pages = (one.replace(SITE, "/") for one in locations(get(harbour, "/sitemap-1.xml")))
    for address in (*pages, "/sitemap.xml", "/openapi.json", "/-/downloads/csv/claims.csv", "/people/-?key=.."):
        assert allowed(robots, address), address
    for address in (
        "/search?q=a",
        "/claims?kind=denial&source=x",
        "/lantern-harbour?sql=select+1",
        "/lantern-harbour/-/query?sql=select+1",
        "/lantern-harbour/claims?_facet=kind",
        "/lantern-harbour/claims.json?_next=3",
    ):
        assert not allowed(robots, address), address
    assert f"Sitemap: {SITE}sitemap.xml" in robots.splitlines()


# --- llms.txt ---------------------------------------------------------------------------------------------------------


def test_llms_txt_has_the_form_of_llmstxt_org_and_says_how_claims_are_read(harbour: Published) -> None:
    lines = get(harbour, "/llms.txt").body.decode().splitlines()
    assert lines[0] == "# The lamp oil of Lantern Harbour: who said what"
    assert lines[2].startswith("> ")
    assert "recorded as said, and not asserted" in lines[2]
    section = ""
    for line in lines[3:]:
        section = line if line.startswith("## ") else section
        if line.startswith("- "):
            assert section
            found = re.fullmatch(r"- \[[^\[\]]+\]\((https://book\.example/[^()\s]*)\)(: .+)?", line)
            assert found, line
            address = found[1].replace(SITE, "/")
            assert "/-/downloads/" in address or get(harbour, address).status == 200, address


def test_a_book_without_statements_is_not_said_to_have_some(orchard: Published) -> None:
    assert "not asserted" not in get(orchard, "/llms.txt").body.decode()
    assert "feed.atom" not in get(orchard, "/llms.txt").body.decode()


def test_what_a_title_holds_is_no_markdown(tmp_path: Path) -> None:
    title = 'title: "[a](https://elsewhere.example)\\n# b <script>"'
    with opened(tmp_path, replaced("datapackage.yaml", "title: People\n", f"{title}\n")) as found:
        text = get(found, "/llms.txt").body.decode()
        assert re.search(r"(?<!\\)\]\(https://elsewhere", text) is None
        assert "\n# b" not in text
        assert "<script>" not in text


# --- the feed ---------------------------------------------------------------------------------------------------------


def check_feed(answer: Answer) -> ElementTree.Element:
    """What RFC 4287 asks of a feed, as far as no program is asked about it."""
    assert answer.media_type.startswith("application/atom+xml")
    feed = xml(answer)
    assert feed.tag == f"{ATOM}feed"
    entries = feed.findall(f"{ATOM}entry")
    ids = [str(one.findtext(f"{ATOM}id")) for one in (feed, *entries)]
    assert len(ids) == len(set(ids))
    for one in (feed, *entries):
        for name in ("id", "title", "updated"):
            assert len(one.findall(f"{ATOM}{name}")) == 1, name
        updated = str(one.findtext(f"{ATOM}updated"))
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)", updated)
        assert datetime.fromisoformat(updated).tzinfo
        kinds = [(link.get("rel"), link.get("type"), link.get("hreflang")) for link in one.findall(f"{ATOM}link")]
        assert len(kinds) == len(set(kinds))
        assert all(str(link.get("href")).startswith(("http://", "https://")) for link in one.findall(f"{ATOM}link"))
    assert all(one.find(f"{ATOM}content") is not None for one in entries)
    assert feed.find(f"{ATOM}author/{ATOM}name") is not None
    assert all(re.fullmatch(r"urn:uuid:[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", one) for one in ids)
    return feed


def test_the_feed_has_corrections_and_the_release(harbour: Published) -> None:
    answer = get(harbour, "/feed.atom")
    feed = check_feed(answer)
    entries = {str(one.findtext(f"{ATOM}title")): one for one in feed.findall(f"{ATOM}entry")}
    assert list(entries) == [
        "Version 1.2.0 was released",
        "Taken down: of People",
        "Corrected: Claims: oil-forty-barrels",
    ]
    down = entries["Taken down: of People"]
    assert down.findtext(f"{ATOM}updated") == "2026-04-11T00:00:00Z"
    assert "not part of the quarrel" in str(down.findtext(f"{ATOM}content"))
    assert [link.get("rel") for link in down.findall(f"{ATOM}link")] == ["alternate"]
    mended = entries["Corrected: Claims: oil-forty-barrels"]
    related = next(link for link in mended.findall(f"{ATOM}link") if link.get("rel") == "related")
    assert related.get("href") == f"{SITE}claims/oil-forty-barrels"
    told = str(mended.findtext(f"{ATOM}content"))
    assert "A clerk of the harbour office" in told  # who says the claim that was corrected
    assert "denied by" in told


def test_what_was_changed_in_a_record_that_is_gone_is_withheld(tmp_path: Path) -> None:
    with opened(tmp_path) as found:
        path = found.folder / found.site.database
        path.chmod(0o644)
        with closing(sqlite3.connect(path)) as connection, connection:
            connection.execute("UPDATE corrections SET change = 'Took out that the bystander stole the oil'")
        text = get(found, "/feed.atom").body.decode()
        assert text.count("stole the oil") == 1  # of the record that stands
        assert "bystander" not in text.replace("that the bystander stole", "")


def test_ids_and_dates_are_the_same_at_every_address_and_in_every_release(harbour: Published, tmp_path: Path) -> None:
    def told(answer: Answer) -> set[tuple[str | None, str | None]]:
        feed = check_feed(answer)
        return {(one.findtext(f"{ATOM}id"), one.findtext(f"{ATOM}updated")) for one in feed.findall(f"{ATOM}entry")}

    here = told(get(harbour, "/feed.atom"))
    assert told(get(harbour, "/feed.atom", site="http://elsewhere.example/book/")) == here
    with opened(tmp_path, replaced("data/places.yaml", "name: ", "name: The ")) as later:
        assert later.release != harbour.release
        assert len(told(get(later, "/feed.atom")) & here) == 2  # the corrections; the release is another


def test_the_descriptor_says_when_or_else_the_commit(harbour: Published, tmp_path: Path) -> None:
    assert "<updated>2026-05-02T00:00:00Z</updated>" in get(harbour, "/feed.atom").body.decode()
    with opened(tmp_path, replaced("datapackage.yaml", '  released: "2026-05-02"\n', "")) as found:
        report = found.folder / "report.json"
        report.chmod(0o644)
        source = {"commit": "0123456789abcdef", "committed": "2026-05-01T12:00:00+02:00", "changed": True}
        report.write_text(json.dumps(json.loads(report.read_text("utf-8")) | {"source": source}), encoding="utf-8")
        feed = check_feed(get(found, "/feed.atom"))
        first = feed.find(f"{ATOM}entry")
        assert first is not None
        assert first.findtext(f"{ATOM}updated") == "2026-05-01T12:00:00+02:00"
        assert "Commit 0123456789ab, and files changed since." in str(first.findtext(f"{ATOM}content"))


def test_no_date_no_feed(orchard: Published) -> None:
    assert get(orchard, "/feed.atom").status == 404


@pytest.mark.parametrize("date", ["2026-03", "2026", "2026-02-30", "0000-01-01", "in spring"])
def test_dates_that_are_no_days(tmp_path: Path, date: str) -> None:
    def change(folder: Path) -> None:
        replaced("data/corrections.yaml", '"2026-03-01"', f'"{date}"')(folder)
        schema = folder / "schemas/correction.schema.json"
        data = json.loads(schema.read_text("utf-8"))
        data["properties"]["date"] = {"type": "string"}
        schema.write_text(json.dumps(data), encoding="utf-8")

    with opened(tmp_path, change) as found:
        titles = [one.findtext(f"{ATOM}title") for one in check_feed(get(found, "/feed.atom")).iter(f"{ATOM}entry")]
        assert "Corrected: Claims: oil-forty-barrels" in titles


def test_a_hostile_log_is_a_feed_all_the_same(tmp_path: Path) -> None:
    with opened(tmp_path) as found:
        path = found.folder / found.site.database
        path.chmod(0o644)
        with closing(sqlite3.connect(path)) as connection, connection:
            connection.execute("UPDATE corrections SET change = ?, record = ?", (HOSTILE, "‮" + HOSTILE))
        check_feed(get(found, "/feed.atom"))


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("2026-05-01", "2026-05-01T00:00:00Z"),
        ("2026-05", "2026-05-01T00:00:00Z"),
        ("2026", "2026-01-01T00:00:00Z"),
        ("2026-05-01T12:00:00+02:00", "2026-05-01T12:00:00+02:00"),
        ("2026-05-01T12:00:00", ""),
        ("2026-13", ""),
        ("٢٠٢٦", ""),
        ("", ""),
    ],
)
def test_moments(text: str, told: str) -> None:
    assert place.moment(text) == told
