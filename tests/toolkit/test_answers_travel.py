# SPDX-License-Identifier: Apache-2.0
"""A planted accusation, denied by a planted denial, stands in no artefact of a release and on no page without it.

Every file of a release is looked through, and every page that links lead to from the home page. Wherever the words of
the accusation stand, the denial stands in the same row, record, entry or card: in words, or by its key.
"""

from __future__ import annotations

import csv
import gzip
import io
import json
import re
import shutil
import sqlite3
import zipfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import quote, urljoin, urlsplit

import pytest

import sourcebook
from sourcebook.site.published import Published
from tests.harbour import get, opened
from tests.served import BOOKS, PYTHONS, serving

BOOK = BOOKS / "ferry-case"
ACCUSED = "Corvin Tallow had the ferry sunk"
CHARGED = "A prosecutor charged Corvin Tallow with sinking the ferry"


def said(*ways: str) -> re.Pattern[str]:
    """Any of some words, as they stand in a page or in a file."""
    return re.compile("|".join(re.escape(one).replace("'", "(?:'|&#39;|&#x27;|&apos;|’)") for one in ways))


DENIAL = said("never-sank", "No ferry was sunk on anybody's word")
OF_CHARGE = (
    said("not-he", "He was mending nets"),
    said("acquitted", "The court at Wick Sand acquitted him"),
    said("acquittal-stands", "The court above left that as it was"),
)
"""Its denial, the acquittal that came later, and the ruling that upheld this."""
WORDS: Mapping[str, tuple[str, tuple[re.Pattern[str], ...]]] = {
    "statement": (ACCUSED, (DENIAL,)),
    "charge": (CHARGED, OF_CHARGE),
    "aliases": ("The Gull", (DENIAL,)),
    "participation": ("is said to have ordered it", (DENIAL, *OF_CHARGE)),
    "posting": ("hidden owner", (DENIAL,)),
}
"""Words of accusations and of rows that rest on them, each with the answers without which they are nowhere."""
FTM = {
    "claims": "Note",
    "people": "Person",
    "boats": "Organization",
    "events": "Event",
    "postings": "UnknownLink, role: role",
    "papers": "Article",
}
"""What the records of collections are in the extract of that format."""


def plant(folder: Path) -> None:
    """Have the charge denied, and records told as entities too."""
    claims = folder / "data/claims.yaml"
    denial = "- {id: not-he, statement: He was mending nets, kind: denies, origin: keeper, source: mersey-mail"
    claims.write_text(f"{claims.read_text('utf-8')}{denial}, denies: [charged]}}\n", "utf-8")
    for collection, role in FTM.items():
        (schema,) = (folder / "schemas").glob(f"{ {'people': 'person'}.get(collection, collection[:-1]) }.schema.json")
        document = json.loads(schema.read_text("utf-8"))
        name, _, more = role.partition(", ")
        document["x-sourcebook"] = {"role": {"ftm": {"schema": name} | ({"role": "role"} if more else {})}}
        schema.write_text(json.dumps(document), "utf-8")


def lacking(unit: str, what: str) -> list[str]:
    """Which of the answers that belong to the words are not in a unit that has these."""
    words, answers = WORDS[what]
    return [one.pattern for one in answers if words in " ".join(unit.split()) and not one.search(unit)]


@pytest.fixture(scope="module")
def ferry(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Published]:
    with opened(tmp_path_factory.mktemp("ferry"), plant, BOOK) as found:
        yield found


# --- files ------------------------------------------------------------------------------------------------------------


def of_database(path: Path) -> Iterator[str]:
    with closing(sqlite3.connect(path)) as connection:
        names = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        for name in names:
            if (
                name == "_records" or "_fts" in name
            ):  # the record as it was curated, for who takes books apart; an index
                continue
            yield from map(repr, connection.execute(f'SELECT * FROM "{name}"'))


def of_csv(path: Path) -> Iterator[str]:
    yield from map(repr, csv.reader(io.StringIO(path.read_text("utf-8-sig"), newline="")))


def of_json(path: Path) -> Iterator[str]:
    found = json.loads(path.read_text("utf-8"))
    for one in found if isinstance(found, list) else found.values() if isinstance(found, dict) else [found]:
        yield json.dumps(one, ensure_ascii=False)


def of_lines(path: Path) -> Iterator[str]:
    yield from path.read_text("utf-8").splitlines()


def of_parquet(path: Path) -> Iterator[str]:
    parquet = pytest.importorskip("pyarrow.parquet")
    yield from map(repr, parquet.read_table(path).to_pylist())


def of_xlsx(path: Path) -> Iterator[str]:
    with zipfile.ZipFile(path) as book:
        shared = (
            re.findall(r"<si>(.*?)</si>", book.read("xl/sharedStrings.xml").decode(), re.DOTALL)
            if ("xl/sharedStrings.xml" in book.namelist())
            else []
        )
        for name in book.namelist():
            if name.startswith("xl/worksheets/"):
                for row in re.findall(r"<row .*?</row>", book.read(name).decode(), re.DOTALL):
                    yield re.sub(r't="s"><v>(\d+)</v>', lambda found: shared[int(found[1])], row)


READ: Mapping[str, Callable[[Path], Iterator[str]]] = {
    ".db": of_database,
    ".csv": of_csv,
    ".json": of_json,
    ".jsonld": of_json,
    ".ndjson": of_lines,
    ".geojson": of_lines,
    ".parquet": of_parquet,
    ".xlsx": of_xlsx,
    ".ttl": of_lines,
    ".cff": of_lines,
    ".sqlite": of_database,
}


def files(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path.name != "SHA256SUMS" and path.suffix not in (".gz", ".br", ".zip"):
            yield path


@pytest.mark.parametrize("what", WORDS)
def test_no_file_of_a_release_has_it_without(ferry: Published, what: str) -> None:
    words, found, without = WORDS[what][0], set(), []
    for path in files(ferry.folder):
        for unit in READ[path.suffix](path):
            if words in unit:
                found.add(path.parent.name or path.name)
                without += [f"{path.relative_to(ferry.folder)}: {one}: {unit[:300]}" for one in lacking(unit, what)]
    assert without == []
    wanted = {"csv", "json", "ndjson", "parquet", "flat", "spreadsheet", "xlsx", ferry.folder.name}
    assert wanted | ({"ftm"} if what in ("statement", "charge", "posting") else set()) <= found, found


def test_how_records_came_into_the_book_is_told_without_what_they_say(ferry: Published) -> None:
    told = {path.stem: path.read_text("utf-8") for path in (ferry.folder / "prov").glob("*.ttl")}
    assert "claims/sank-it" in told["claims"]
    assert [name for name, text in told.items() if any(words in text for words, _ in WORDS.values())] == []


def test_packed_copies_are_those_files(ferry: Published) -> None:
    for path in ferry.folder.rglob("*.gz"):
        assert gzip.decompress(path.read_bytes()) == path.with_suffix("").read_bytes()
    with zipfile.ZipFile(ferry.folder / "ferry-case.zip") as archive:
        names = [one for one in archive.namelist() if not one.endswith("README.txt")]
        assert len(names) > 20
        for name in names:
            inside = Path(name).relative_to(Path(name).parts[0])
            path = next(one for one in (ferry.folder / name, ferry.folder / inside) if one.is_file())
            assert archive.read(name) == path.read_bytes()
        readme = next(one for one in archive.namelist() if one.endswith("README.txt"))
        assert ACCUSED not in archive.read(readme).decode()


# --- pages ------------------------------------------------------------------------------------------------------------

_CARDS = ("article", "tr", "entry", "item")
_VOID = ("meta", "link", "br", "img", "input", "hr", "path", "circle", "rect", "line", "use", "source", "wbr", "col")


class Cards(HTMLParser):
    """The cards of a page: for each text or attribute with some words, all that stands in the card around it."""

    def __init__(self, words: str) -> None:
        super().__init__(convert_charrefs=True)
        self.words = words
        self.open: list[list[Any]] = [["page", [], False]]  # tag, all that is said in it, whether it has the words
        self.found: list[str] = []

    def said(self, text: str) -> None:
        for one in self.open:
            one[1].append(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in _VOID:
            self.open.append([tag, [], False])
        self.said(" ".join(value or "" for _, value in attrs))

    def handle_data(self, data: str) -> None:
        self.said(data)

    def handle_endtag(self, tag: str) -> None:
        if any(one[0] == tag for one in self.open):
            while True:
                name, texts, _ = self.open.pop()
                if name in _CARDS and self.words in " ".join("".join(texts).split()):
                    self.found.append("".join(texts))
                if name == tag:
                    break


def cards(page: str, words: str) -> Iterator[str]:
    """The cards with some words; the page itself, where these stand in none."""
    parser = Cards(words)
    parser.feed(page)
    parser.close()
    yield from parser.found
    whole = "".join(parser.open[0][1])
    if words in " ".join(whole.split()):
        yield whole


def smallest(value: Any, words: str) -> Iterator[Any]:
    """The records, the hits and the rows in which some words stand; the whole, where they stand in none of these."""
    if isinstance(value, dict) and "q" in value:  # what the reader has typed himself
        value = {name: one for name, one in value.items() if name != "q"}
    if isinstance(value, dict) and not _RECORD.isdisjoint(value):
        if words in json.dumps(value, ensure_ascii=False):
            yield value
    elif isinstance(value, list | dict):
        for one in value if isinstance(value, list) else value.values():
            yield from smallest(one, words)
    elif isinstance(value, str) and words in value:
        yield value


_RECORD = {"record", "said", "label", "@type"}


def units(kind: str, body: str, words: str) -> Iterator[str]:
    if "html" in kind:
        yield from cards(body, words)
    elif "json" in kind:
        yield from (json.dumps(one, ensure_ascii=False) for one in smallest(json.loads(body), words))
    elif "csv" in kind:
        yield from map(repr, csv.reader(io.StringIO(body.removeprefix("\ufeff"), newline="")))
    elif "xml" in kind:
        yield from (found[0] for found in re.finditer(r"<(entry|item)\b.*?</\1>", body, re.DOTALL))
    elif "markdown" in kind or "plain" in kind:
        yield from re.split(r"\n(?=- |#)", body) if body.startswith("#") and "\n## " in body else [body]
    else:
        yield body


FORMS = (".json", ".yaml", ".csv", ".bib", ".ris", ".csl.json", ".txt")


def crawled(ferry: Published) -> Iterator[tuple[str, str, str]]:
    """Every page that links lead to, each with its kind and its text."""
    waiting = dict.fromkeys(
        ["/", "/llms.txt", "/feed.xml", "/changes.xml", "/changes", "/sitemap.xml", "/openapi.json"]
    )
    waiting |= dict.fromkeys(f"/search{form}?q={quote(words)}" for form in ("", ".json") for words, _ in WORDS.values())
    records = ("claims/sank-it", "claims/charged", "people/corvin-tallow", "events/sinking", "postings/gull-owner")
    waiting |= dict.fromkeys(f"/{one}{form}" for one in records for form in FORMS)
    waiting |= dict.fromkeys(
        f"/{one}{form}" for one in ("claims", "people", "events", "postings") for form in FORMS[:3]
    )
    seen: dict[str, None] = {}
    queue = list(waiting)
    while queue and len(seen) < 600:
        address = queue.pop(0)
        if address in seen:
            continue
        seen[address] = None
        answer = get(ferry, address)
        if answer is None or answer.status != 200 or not answer.body:
            continue
        kind = answer.media_type
        try:
            body = answer.body.decode()
        except UnicodeDecodeError:
            continue
        yield address, kind, body
        if "html" in kind:
            for href in re.findall(r'href="([^"#]*)', body):
                parts = urlsplit(urljoin(f"https://book.example{address}", href.replace("&amp;", "&")))
                if parts.netloc == "book.example" and not parts.path.startswith(("/static", "/ferry-case", "/-/")):
                    queue.append(parts.path + (f"?{parts.query}" if parts.query else ""))


@pytest.fixture(scope="module")
def pages(ferry: Published) -> list[tuple[str, str, str]]:
    return list(crawled(ferry))


PAGES = {
    "statement": {"/claims", "/claims/sank-it", "/claims/was-ashore", "/claims/never-sank", "/claims/sank-it.json"},
    "charge": {"/claims", "/claims/charged", "/claims/acquitted", "/claims/acquittal-stands", "/claims/not-he"},
    "aliases": {"/people/corvin-tallow"},
    "participation": {"/events/sinking"},
    "posting": {"/postings", "/postings/gull-owner"},
}
"""Some of the pages that have the words."""


@pytest.mark.parametrize("what", ["statement", "charge"])
def test_no_page_has_it_without(pages: list[tuple[str, str, str]], what: str) -> None:
    words, found, without = WORDS[what][0], set(), []
    for address, kind, body in pages:
        for unit in units(kind, body, words):
            if words in " ".join(unit.split()):
                found.add(address)
                without += [f"{address}: {one}: {' '.join(unit.split())[:400]}" for one in lacking(unit, what)]
    assert without == []
    assert PAGES[what] <= found, found
    assert any(one.startswith("/search") for one in found)


# --- Datasette --------------------------------------------------------------------------------------------------------

TABLES = {"claims": "statement", "people_aliases": "aliases", "events_people": "participation", "postings": "posting"}


@pytest.mark.slow
@pytest.mark.parametrize("python", PYTHONS.values(), ids=PYTHONS)
def test_no_row_of_datasette_has_it_without(python: str, tmp_path: Path) -> None:
    if not Path(python).exists():
        pytest.skip("the environment of the other Datasette is not set up: scripts/test makes it")
    folder = Path(shutil.copytree(BOOK, tmp_path / "book"))
    assert sourcebook.build(folder, formats=()).release
    with serving(python, folder) as client:
        for table, words in ((table, WORDS[what][0]) for table, what in TABLES.items()):
            first = client.get(f"/ferry-case/{table}.json?_shape=array").json()
            assert any(words in repr(row) for row in first)
            assert all(DENIAL.search(repr(row)) for row in first if words in repr(row))
            rows = [*csv.reader(io.StringIO(client.get(f"/ferry-case/{table}.csv").text))]
            assert all(DENIAL.search(repr(row)) for row in rows if words in repr(row))
            page = client.get(f"/ferry-case/{table}").text
            assert found_with_denial(page, words)
        assert found_with_denial(client.get("/ferry-case/claims/sank-it").text, ACCUSED)
        assert DENIAL.search(client.get("/ferry-case/claims/sank-it.json").text)
        found = client.get("/ferry-case/claims.json?_search=gull&_shape=array").json()
        assert {"sank-it", "never-sank", "acquittal-stands"} <= {row["id"] for row in found}


def found_with_denial(page: str, words: str) -> bool:
    units = [unit for unit in cards(page, words) if words in " ".join(unit.split())]
    return bool(units) and all(map(DENIAL.search, units))
