# SPDX-License-Identifier: Apache-2.0
"""The heads of pages and their header Link: addresses, other forms, previews, and records in JSON-LD.

JSON-LD is held against the vocabulary of schema.org by its types for TypeScript (schema-dts).
"""

from __future__ import annotations

import html
import json
import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from sourcebook.book import ANSWER_KINDS
from sourcebook.site.answer import Answer
from sourcebook.site.head import Head, Link, link_header
from sourcebook.site.machines.linked import in_brief
from sourcebook.site.published import Published
from tests.harbour import SITE, get, opened, replaced

VOCABULARY = Path(__file__).parent.parent / "site/node_modules/schema-dts/dist/schema.d.ts"
BACKWARD = {kind.backward for kind in ANSWER_KINDS}
CLAIM = "/claims/oil-forty-barrels"


@pytest.fixture(scope="module")
def harbour(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Published]:
    with opened(tmp_path_factory.mktemp("heads")) as found:
        yield found


def metas(answer: Answer) -> dict[str, str]:
    found = re.findall(r'<meta (?:name|property)="([^"]*)" content="([^"]*)">', answer.body.decode())
    assert len(found) == len(dict(found))
    return {name: html.unescape(value) for name, value in found}


def tags(answer: Answer) -> dict[tuple[str, str], str]:
    """The links of a head: by relation and media type."""
    found = {}
    for attributes in re.findall(r"<link ([^>]*)>", answer.body.decode().partition("</head>")[0]):
        one = dict(re.findall(r'(\w+)="([^"]*)"', attributes))
        found[one["rel"], one.get("type", "")] = html.unescape(one["href"])
    return found


def signposts(answer: Answer) -> list[tuple[str, str, str]]:
    """The links of the header: relation, address, media type."""
    found = re.findall(r'<([^<>]*)>; rel="([^"]*)"(?:; type="([^"]*)")?(?:, |$)', answer.headers["link"])
    assert (
        ", ".join(f'<{a}>; rel="{r}"' + (f'; type="{t}"' if t else "") for a, r, t in found) == answer.headers["link"]
    )
    return [(rel, address, kind) for address, rel, kind in found]


def data(answer: Answer) -> dict[str, Any]:
    (script,) = re.findall(r'<script type="application/ld\+json">(.*?)</script>', answer.body.decode(), re.DOTALL)
    found: dict[str, Any] = json.loads(script)
    return found


def every(harbour: Published) -> Iterator[str]:
    """The address of each record."""
    for collection in harbour.site.collections:
        for (key,) in harbour.connection.execute("SELECT key FROM _records WHERE collection = ?", (collection.name,)):
            yield f"/{collection.address}/{key}"


# --- links ------------------------------------------------------------------------------------------------------------


def test_a_record_has_its_signposts(harbour: Published) -> None:
    answer = get(harbour, CLAIM)
    found = signposts(answer)
    by = {rel: [(address, kind) for one, address, kind in found if one == rel] for rel, _, _ in found}
    here = f"{SITE}claims/oil-forty-barrels"
    assert by["cite-as"] == [(here, "")]
    assert by["describedby"] == [(f"{here}.bib", "application/x-bibtex")]
    assert by["license"] == [("https://creativecommons.org/publicdomain/zero/1.0/", "")]
    assert [one for one, _ in by["type"]] == ["https://schema.org/AboutPage", "https://schema.org/Claim"]
    assert by["collection"] == [(SITE, "text/html")]
    assert {kind for _, kind in by["item"]} == {"application/json", "text/csv", "application/yaml"}
    assert "author" not in by


def test_pages_of_pictures_have_a_head_and_their_refusals_are_data(harbour: Published) -> None:
    assert {"map", "network", "timeline"} == set(harbour.site.pictures)
    for name in harbour.site.pictures:
        for query in ("", "?in=places", "?page=1"):
            answer = get(harbour, f"/{name}{query}")
            if answer.status == 200:
                assert tags(answer)["canonical", ""] == f"{SITE}{name}"
                assert metas(answer)["og:description"].endswith(harbour.site.title)
    refused = get(harbour, "/map?box=nowhere", data=True)
    assert refused.status == 400
    assert "nowhere" in json.loads(refused.body)["error"]


@pytest.mark.parametrize(
    "path", ["/", CLAIM, "/places/old-light", "/claims", "/claims?kind=denies", "/downloads", "/schema"]
)
def test_each_link_leads_to_what_it_says(harbour: Published, path: str) -> None:
    answer = get(harbour, path)
    assert answer.status == 200
    for rel, address, kind in signposts(answer):
        if address.startswith(SITE) and "/-/downloads/" not in address:
            found = get(harbour, address.replace(SITE, "/"))
            assert found.status in (200, 302), (rel, address)
            if kind:
                assert found.media_type.partition(";")[0] == kind.partition(";")[0]
    for (rel, kind), address in tags(answer).items():
        if rel in ("alternate", "license", "describedby"):
            assert (rel, address, kind) in signposts(answer)


def test_forms_of_a_record_lead_back_to_it(harbour: Published) -> None:
    for form, rel in (("json", "collection"), ("csv", "collection"), ("yaml", "collection"), ("bib", "describes")):
        assert (rel, f"{SITE}claims/oil-forty-barrels", "text/html") in signposts(get(harbour, f"{CLAIM}.{form}"))


def test_files_lead_back_to_the_page_that_shows_the_same(harbour: Published) -> None:
    for file, page in (
        ("claims.json?kind=denies", "claims?kind=denies"),
        ("claims.csv", "claims"),
        ("questions/denied-claims.json", "questions/denied-claims"),
    ):
        found = signposts(get(harbour, f"/{file}"))
        assert found[0] == ("collection", f"{SITE}{page}", "text/html")
        assert ("license", "https://creativecommons.org/publicdomain/zero/1.0/", "") in found
    assert "link" not in get(harbour, "/claims.json?colour=red").headers


def test_the_home_page_names_descriptions_feed_and_files(harbour: Published) -> None:
    found = {(rel, address.removeprefix(SITE)) for rel, address, _ in signposts(get(harbour, "/"))}
    assert found >= {
        ("service-desc", "openapi.json"),
        ("alternate", "feed.atom"),
        ("describedby", "-/downloads/datapackage.json"),
        ("item", "-/downloads/lantern-harbour.db"),
        ("cite-as", ""),
    }


def test_an_author_is_named_by_the_orcid(tmp_path: Path) -> None:
    person = "title: Nobody at all\n    path: https://orcid.org/0000-0002-1825-0097"
    with opened(tmp_path, replaced("datapackage.yaml", "title: Nobody at all", person)) as found:
        for path in ("/", CLAIM):
            assert ("author", "https://orcid.org/0000-0002-1825-0097", "") in signposts(get(found, path))


def test_filters_are_part_of_the_canonical_address_and_orders_are_not(harbour: Published) -> None:
    assert tags(get(harbour, "/claims?sort=-label&kind=denies"))["canonical", ""] == f"{SITE}claims?kind=denies"
    assert tags(get(harbour, CLAIM))["canonical", ""] == f"{SITE}claims/oil-forty-barrels"


def test_a_page_of_what_is_not_there_has_no_head(harbour: Published) -> None:
    for path in ("/nothing", "/claims?nothing=1", "/claims?page=99", "/people/bystander"):
        answer = get(harbour, path)
        assert answer.status in (400, 404, 410)
        assert "link" not in answer.headers
        assert "og:" not in answer.body.decode().partition("</head>")[0]
        assert "ld+json" not in answer.body.decode()


def test_the_address_that_a_book_says_is_cited_and_the_one_that_was_asked_is_followed(tmp_path: Path) -> None:
    change = replaced(
        "datapackage.yaml", "sourcebook:\n  about:", "sourcebook:\n  site: https://lamps.example/book\n  about:"
    )
    with opened(tmp_path, change) as found:
        answer = get(found, CLAIM)
        said = "https://lamps.example/book/claims/oil-forty-barrels"
        assert tags(answer)["canonical", ""] == metas(answer)["og:url"] == data(answer)["url"] == said
        assert ("cite-as", said, "") in signposts(answer)
        assert ("alternate", f"{SITE}claims/oil-forty-barrels.json", "application/json") in signposts(answer)
        assert f"<loc>{said}</loc>" in get(found, "/sitemap-1.xml").body.decode()


def test_the_header_holds_what_there_is_room_for_and_nothing_that_breaks_it() -> None:
    some = [Link("item", f"https://a.example/{number:05}") for number in range(500)]
    (text,) = link_header(some).values()
    assert len(text) < 4_000
    assert text.startswith('<https://a.example/00000>; rel="item", ')
    (text,) = link_header([Link("license", 'https://a.example/\r\nset-cookie: x="<>, é')]).values()
    assert text.isascii()
    assert re.search(r'[\r\n]|"<|>,', text) is None
    assert link_header([]) == {}


# --- previews ---------------------------------------------------------------------------------------------------------


def test_what_is_shown_of_a_statement_says_first_who_says_it_and_who_denies_it(harbour: Published) -> None:
    found = metas(get(harbour, CLAIM))
    for name in ("description", "og:description"):
        said = found[name].index("“A clerk")
        assert found[name].index("said by A clerk of the harbour office, not named") < said
        assert found[name].index("denied by Işıl Fener-Çakıl") < said
        assert "with the reservation “is said to have”" in found[name]
    assert found["og:title"].startswith("A clerk of the harbour office, not named: ")
    assert "denied" in found["og:title"]
    assert found["og:type"] == "article"
    assert found["og:site_name"] == harbour.site.title
    assert found["twitter:card"] == "summary"
    assert "og:image" not in found


def test_a_long_statement_keeps_its_attribution(harbour: Published) -> None:
    from sourcebook.content.addresses import Addresses
    from sourcebook.content.labels import Labels
    from sourcebook.content.statements import fetch, statements

    labels = Labels(harbour, Addresses("/", "x"))
    (one,) = statements(labels, harbour.site.collection("claims"), ["oil-forty-barrels"])
    fetch(labels)
    object.__setattr__(one, "values", {**one.values, "text": (type(one.values["text"][0])("long " * 2_000),)})
    brief = in_brief(one, 160)
    assert len(brief) < 600
    assert brief.index("said by") < brief.index("denied by") < brief.index("long")


def test_an_answer_that_is_told_beside_does_not_name_the_statement_at_hand_again(harbour: Published) -> None:
    told = {one["identifier"]: one["description"] for one in data(get(harbour, CLAIM))["comment"]}
    assert {"oil-twelve-barrels", "oil-denied"} <= told.keys()
    assert not [one for one in told.values() if re.search("denied by|contradicted by", one)]


def test_no_record_is_described_by_what_is_said_of_it(harbour: Published) -> None:
    for path in every(harbour):
        if not path.startswith("/claims/"):
            assert metas(get(harbour, path))["og:description"].startswith("A record of ")


# --- JSON-LD ----------------------------------------------------------------------------------------------------------


def nodes(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        yield value
        value = list(value.values())
    if isinstance(value, list):
        for one in value:
            yield from nodes(one)


def test_a_statement_is_told_with_who_says_it_and_what_answers_it(harbour: Published) -> None:
    for path in every(harbour):
        if not path.startswith("/claims/"):
            continue
        found = data(get(harbour, path))
        record = json.loads(get(harbour, f"{path}.json").body)
        assert found["text"] == record["attribution"]["said"]
        told = [one for one in nodes(found) if "text" in one]
        for one in told:
            assert "Claim" in one["@type"]
            assert one["author"]
            assert all(author["name"] for author in one["author"])
            assert one["appearance"]
            assert not one["name"].startswith(one["text"])
            assert "said by" in one["description"].lower().partition("“")[0]
            assert one["description"].endswith(f"“{' '.join(one['text'].split())}”")
        answers = [one for one in record["answers"] if one["how"] in BACKWARD]
        assert [one["identifier"] for one in found.get("comment", [])] == [one["key"] for one in answers]
        answered = [one["key"] for one in record["answers"] if one["how"] in ("It denies", "It replaces")]
        assert [one["identifier"] for one in found.get("parentItem", [])] == answered


def test_no_page_but_that_of_a_statement_tells_one_in_its_data(harbour: Published) -> None:
    for path in (*every(harbour), "/"):
        if not path.startswith("/claims/"):
            assert not any("text" in one or "Claim" in one.get("@type", "") for one in nodes(data(get(harbour, path))))


def test_places_and_events(harbour: Published) -> None:
    place = data(get(harbour, "/places/old-light"))["mainEntity"]
    assert place["@type"] == "Place"
    assert (place["geo"]["latitude"], place["geo"]["longitude"]) == (10.51, -140.2)
    assert "geo" not in data(get(harbour, "/places/harbour-court"))["mainEntity"]
    day = data(get(harbour, "/events/day-of-the-ruling"))["mainEntity"]
    night = data(get(harbour, "/events/night-of-the-barrels"))["mainEntity"]
    assert day["@type"] == night["@type"] == "Event"
    assert re.fullmatch(r"\d{4}-\d\d-\d\d", day["startDate"])
    assert "startDate" not in night  # known between two days
    assert data(get(harbour, "/people/isil-fener"))["mainEntity"]["@type"] == "Thing"


def test_what_is_known_between_two_dates_has_none(tmp_path: Path) -> None:
    with opened(tmp_path) as found:
        for path in every(found):
            thing = data(get(found, path)).get("mainEntity", {})
            if thing.get("@type") == "Event" and "startDate" in thing:
                record = json.loads(get(found, f"{path}.json").body)["record"]
                assert record["earliest"] == record["latest"] == thing["startDate"] == thing["endDate"]


def test_the_home_page_is_a_dataset_with_its_files(harbour: Published) -> None:
    found = data(get(harbour, "/"))
    assert found["@type"] == "Dataset"
    files = {one["contentUrl"] for one in found["distribution"]}
    assert f"{SITE}-/downloads/lantern-harbour.db" in files
    listed = {f"{SITE}-/downloads/{path}" for path, _ in harbour.files}
    assert files <= listed
    part = data(get(harbour, CLAIM))["isPartOf"]
    assert (part["@id"], part["name"]) == (found["@id"], found["name"])


class Vocabulary:
    """Which properties a type of schema.org has, and of which types their values are."""

    def __init__(self) -> None:
        text = VOCABULARY.read_text("utf-8")
        self.above: dict[str, set[str]] = {}
        self.own: dict[str, dict[str, set[str]]] = {}
        pattern = r"^(?:export )?interface (\w+?)(?:Base|Leaf) extends ([^{]*)\{\n(.*?)^\}"
        for name, above, body in re.findall(pattern, text, re.MULTILINE | re.DOTALL):
            bases = {one.removesuffix("Base") for one in re.findall(r"\b\w+Base\b", above)}
            self.above.setdefault(name, set()).update(bases - {name})
            for one, values in re.findall(r'^    "(\w+)"\?: SchemaValue<(.*?), "\w+">;', body, re.MULTILINE):
                self.own.setdefault(name, {})[one] = set(map(str.strip, values.split("|")))

    def all_above(self, name: str) -> set[str]:
        return {name}.union(*map(self.all_above, self.above[name]))

    def check(self, node: dict[str, Any]) -> Iterator[str]:
        types = node.get("@type", [])
        types = [types] if isinstance(types, str) else types
        for one in types:
            if one not in self.above:
                yield f"no type {one}"
                return
        properties: dict[str, set[str]] = {}
        for one in {above for kind in types or ["Thing"] for above in self.all_above(kind)}:
            properties |= self.own.get(one, {})
        for name, value in node.items():
            if name.startswith("@"):
                continue
            if name not in properties:
                yield f"{types} has no {name}"
                continue
            for one in value if isinstance(value, list) else [value]:
                yield from self._fits(name, one, properties[name])

    def _fits(self, name: str, value: Any, allowed: set[str]) -> Iterator[str]:
        if isinstance(value, dict):
            types = value.get("@type", [])
            types = [types] if isinstance(types, str) else types
            above = {one for kind in types if kind in self.above for one in self.all_above(kind)}
            if types and not above & (allowed | {"Role"}):  # which may stand for any value: https://schema.org/Role
                yield f"{name}: {types} is none of {allowed}"
        elif isinstance(value, str):
            if not allowed & {"Text", "URL", "Date", "DateTime"}:
                yield f"{name}: text is none of {allowed}"
        elif not allowed & {"Number", "Integer"}:
            yield f"{name}: {value!r} is none of {allowed}"


@pytest.fixture(scope="module")
def vocabulary() -> Vocabulary:
    if not VOCABULARY.is_file():
        pytest.skip("schema-dts is not installed: scripts/test does it, with npm")
    return Vocabulary()


def test_each_property_is_one_of_its_type(harbour: Published, vocabulary: Vocabulary) -> None:
    assert len(vocabulary.above) > 500
    wrong = {"@type": "Place", "appearance": "x", "geo": {"@type": "Claim"}, "latitude": ["1"]}
    assert len(list(vocabulary.check(wrong))) == 2
    for path in (*every(harbour), "/"):
        for node in nodes(data(get(harbour, path))):
            assert list(vocabulary.check(node)) == [], path


@pytest.mark.slow
def test_statements_of_the_reference_book_stand_with_their_answers(
    reference_book: Path, vocabulary: Vocabulary
) -> None:
    found = Published((reference_book / "build/current").resolve())
    try:
        denied = 0
        for (key,) in found.connection.execute("SELECT key FROM _records WHERE collection = 'claims' LIMIT 150"):
            page = data(get(found, f"/claims/{key}"))
            record = json.loads(get(found, f"/claims/{key}.json").body)
            answers = [one["key"] for one in record["answers"] if one["how"] in BACKWARD]
            assert [one["identifier"] for one in page.get("comment", [])] == answers
            denied += any(one["how"] == "Denied by" for one in record["answers"])
            for node in nodes(page):
                assert list(vocabulary.check(node)) == []
                assert ("text" in node) <= bool(node.get("author"))
            told = metas(get(found, f"/claims/{key}"))["og:description"]
            assert told.index("aid by") < told.index("“" + page["text"].strip()[:20])
        assert denied
    finally:
        found.close()


HOSTILE = "</script><script>alert(1)</script><!--<script> \u2028\u2029 ‮שלום\x00\x08 &amp; ]]> \"quoted\" 'x' \\u003c"


def test_no_text_ends_the_script(tmp_path: Path) -> None:
    with opened(tmp_path) as found:
        path = found.folder / found.site.database
        path.chmod(0o644)
        with closing(sqlite3.connect(path)) as connection, connection:
            connection.execute("UPDATE claims SET statement = ?, hedge = ?", (HOSTILE, HOSTILE))
            connection.execute("UPDATE people SET name = ?", (HOSTILE,))
            connection.execute("UPDATE origins SET description = ?", (HOSTILE,))
        for address, where in ((CLAIM, "text"), ("/people/isil-fener", "name")):
            answer = get(found, address)
            page = answer.body.decode()
            told = data(answer)
            text = told[where] if where == "text" else told["mainEntity"][where]
            assert text == (HOSTILE if where == "text" else " ".join(HOSTILE.split()))
            script = page.partition('<script type="application/ld+json">')[2].partition("</script>")[0]
            assert re.search("[<>&\u2028\u2029\x00]", script) is None
            assert "<script>alert" not in page
            assert '"quoted"' not in metas(answer)["og:title"] or "&#34;quoted&#34;" in page
            assert answer.headers["link"].isascii()


def test_halves_of_characters_are_no_failure() -> None:
    text = Head(data={"name": "a\ud800b"}).script
    assert json.loads(text)["name"] == "a\ufffdb"
