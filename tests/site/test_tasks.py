# SPDX-License-Identifier: Apache-2.0
"""What readers come for, done as they would: from the home page, by what they see, in four steps at most."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.chromium import MARKS
from tests.served import PYTHONS
from tests.site.conftest import Folders, Site
from tests.site.looking import HIGH, WIDE

MOST_STEPS = 4
pytestmark = MARKS


@dataclass(frozen=True)
class Sought:
    """What is looked for in a book, as its reader knows it: a person by part of a name as one types it without its
    marks, a claim by some of its words, with the address of the document that it is cited from.
    """

    title: str
    current: tuple[str, ...]
    typed: str
    person: str
    person_key: str
    claim: tuple[str, str]
    document: str
    with_marks: str
    figures: tuple[str, str]
    log: str
    reports: bool  # whether the book says where to report an error


REFERENCE = Sought(
    title="Who said what",
    current=("2026.11.0",),
    typed="davut",
    person="Ahmet Davutoğlu",
    person_key="ahmet-davutoglu",
    claim=("there is no basis for the allegation of a bargain", "Turkey's Ministry of Foreign Affairs, as AFP relates"),
    document="",
    with_marks="Süleyman Şah",
    figures=("39", "40"),
    log="correction-0001",
    reports=False,
)
HARBOUR = Sought(
    title="The lamp oil of Lantern Harbour",
    current=("1.2.0", "2 May 2026"),
    typed="isil fen",
    person="Işıl Fener-Çakıl",
    person_key="isil-fener",
    claim=("lamp oil taken away", "A clerk of the harbour office whom The Quay Gazette does not name"),
    document="https://gazette.example/1911/lamp-oil",
    with_marks="Işıl Fener-Çakıl",
    figures=("40", "12"),
    log="The record was taken down.",
    reports=True,
)
BOOKS = {"reference": REFERENCE, "harbour": HARBOUR}


class Reader:
    """Somebody at the home page of a site. What they click or send is a step."""

    def __init__(self, page: Page, base: str, folder: Path, sought: Sought) -> None:
        self.page, self.folder, self.sought = page, folder, sought
        self.steps = 0
        page.goto(base + "/")

    @property
    def path(self) -> str:
        """The address that the reader is at, without a slash at its end: a file's may have one."""
        return self.page.url.rstrip("/")

    @property
    def main(self) -> Locator:
        """The content of the page."""
        return self.page.get_by_role("main")

    def click(self, link: Locator) -> None:
        """Follow a link, or press a button."""
        self._step()
        link.first.click()

    def look_for(self, words: str) -> None:
        """Type words into the search of the site, and send them."""
        self._step()
        box = self.page.get_by_role("searchbox").first
        box.fill(words)
        box.press("Enter")
        self.page.wait_for_url(re.compile(r"/search/?\?"))

    def download(self, link: Locator) -> bytes:
        """Follow a link to a file."""
        self._step()
        with self.page.expect_download() as started:
            link.first.click()
        return Path(started.value.path()).read_bytes()

    def to_the_person(self) -> None:
        """To the page of the person, by search."""
        self.look_for(self.sought.typed)
        self.click(self.main.get_by_role("link", name=self.sought.person))
        expect(self.page.get_by_role("heading", level=1)).to_contain_text(self.sought.person)

    def to_the_claims(self) -> None:
        """To the list of all claims."""
        self.click(self.main.get_by_role("link", name="Claims", exact=True))
        expect(self.page.get_by_role("heading", level=1)).to_have_text("Claims")

    def records(self, collection: str) -> list[dict[str, Any]]:
        """The records of a collection, as the book has them."""
        found = json.loads((self.folder / f"build/json/{collection}.json").read_text("utf-8"))
        return list(found.values()) if isinstance(found, dict) else found

    def _step(self) -> None:
        self.steps += 1
        assert self.steps <= MOST_STEPS, "too far from the home page"


@pytest.fixture(scope="module")
def page(browser: Browser) -> Iterator[Page]:
    page = browser.new_page(viewport={"width": WIDE, "height": HIGH}, accept_downloads=True)
    page.set_default_timeout(5_000)
    yield page
    page.close()


@pytest.fixture(params=[(book, version) for book in BOOKS for version in PYTHONS], ids="-".join)
def reader(request: pytest.FixtureRequest, page: Page, site: Site, folders: Folders) -> Reader:
    book, version = request.param
    return Reader(page, site(book, version), folders(book), BOOKS[book])


def one_line(text: str) -> str:
    return " ".join(text.split())


def test_what_it_is_and_how_current(reader: Reader) -> None:
    expect(reader.page.get_by_role("heading", level=1)).to_contain_text(reader.sought.title)
    expect(reader.main).to_contain_text("It does not say that an allegation is true")
    for words in ("Released", "Version", "Commit", *reader.sought.current):
        expect(reader.main).to_contain_text(words)


def test_a_person_by_part_of_a_name_without_its_marks(reader: Reader) -> None:
    reader.to_the_person()
    assert reader.path.endswith(f"/people/{reader.sought.person_key}")


def test_all_that_is_said_about_a_person_and_by_whom(reader: Reader) -> None:
    reader.to_the_person()
    about = [one for one in reader.records("claims") if reader.sought.person_key in one.get("people", ())]
    assert len(about) >= 4
    all_of_them = reader.main.get_by_role("link", name=re.compile(r"^All \d+ Claims"))
    if all_of_them.count():
        reader.click(all_of_them)
    text = one_line(reader.main.inner_text())
    origins = {one["id"]: one["description"] for one in reader.records("origins")}
    missing = [one["id"] for one in about if one_line(one["statement"])[:60] not in text]
    unsaid = [one["id"] for one in about if one_line(origins[one["origin"]]) not in text]
    assert (missing, unsaid) == ([], [])


def test_denied_claims(reader: Reader) -> None:
    reader.click(reader.page.get_by_role("link", name="Which claims were denied, and by whom?"))
    claims = {one["id"]: one for one in reader.records("claims")}
    denials = [(claims[key], one) for one in claims.values() for key in one.get("denies", ())]
    text = one_line(reader.main.inner_text())
    assert denials
    for one in (claim for pair in denials for claim in pair):
        # What only passes on, or relates, what another has said is named by its key beside that.
        assert one_line(one["statement"])[:60] in text or (one.get("repeats") and one["id"] in text)


def test_from_a_claim_to_its_source(reader: Reader) -> None:
    typed, begins = reader.sought.claim
    reader.look_for(typed)
    reader.click(reader.main.get_by_role("link", name=re.compile(re.escape(begins))))
    links = reader.main.get_by_role("link").evaluate_all("links => links.map(link => link.getAttribute('href'))")
    (claim,) = (one for one in reader.records("claims") if reader.path.endswith(f"/{one['id']}"))
    (source,) = (one for one in reader.records("sources") if one["id"] == claim["source"])
    assert claim["statement"].startswith(begins)
    assert source["url"] in links
    assert reader.sought.document in source["url"]


def test_figures_that_differ(reader: Reader) -> None:
    reader.click(reader.page.get_by_role("link", name=re.compile("[Ff]igures? differ|differing figures")))
    for figure in reader.sought.figures:
        expect(reader.main).to_contain_text(figure)
    assert reader.main.locator("a[href*='/claims/']").count() >= 2


def test_a_csv_with_its_marks_right(reader: Reader) -> None:
    reader.to_the_claims()
    data = reader.download(reader.main.get_by_role("link", name="CSV"))
    assert data.startswith(b"\xef\xbb\xbf"), "a spreadsheet takes it for another encoding without the mark"
    assert reader.sought.with_marks in data.decode("utf-8-sig")


def test_a_flat_file_with_the_people_in_it(reader: Reader) -> None:
    reader.to_the_claims()
    data = reader.download(reader.main.get_by_role("link", name="CSV"))
    rows = list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"))))
    assert len(rows) == len(reader.records("claims"))
    named = [row for row in rows if any(reader.sought.person_key in cell or reader.sought.person in cell
                                        for name, cell in row.items() if "people" in name.lower())]  # fmt: skip
    about = [one for one in reader.records("claims") if reader.sought.person_key in one.get("people", ())]
    assert len(named) == len(about)


def test_all_claims_with_who_says_them_in_one_file_for_a_spreadsheet(reader: Reader) -> None:
    """As CSV that a spreadsheet reads right, and as a workbook; each has every claim, and what denies it."""
    reader.click(reader.page.get_by_role("link", name="Downloads", exact=True))
    claims_alone = reader.page.get_by_role("link", name="Claims", exact=True)
    of_claims = reader.main.locator("dl.fields > div, tr").filter(has=claims_alone)
    data = reader.download(of_claims.get_by_role("link", name="CSV for spreadsheets"))
    assert data.startswith(b"\xef\xbb\xbf")
    rows = list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline="")))
    claims = reader.records("claims")
    assert [row["id"] for row in rows] == [one["id"] for one in claims]
    assert all(row["published_in"] and (row.get("said_by") or row["origin_label"]) for row in rows)
    denied = {key for one in claims for key in one.get("denies", ())}
    assert {row["id"] for row in rows if row["denied_by"]} == denied != set()
    book = openpyxl.load_workbook(io.BytesIO(reader.download(of_claims.get_by_role("link", name="Excel"))))
    header, *cells = book.worksheets[0].iter_rows(values_only=True)
    assert list(header) == list(rows[0])
    assert [row[header.index("id")] for row in cells] == [row["id"] for row in rows]


def test_the_whole_book_to_keep(reader: Reader) -> None:
    """As one archive, which is a Data Package when it is unpacked."""
    reader.click(reader.page.get_by_role("link", name="Downloads", exact=True))
    data = reader.download(reader.main.get_by_role("link", name=re.compile(r"\.zip$")))
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert archive.testzip() is None
        package = json.loads(archive.read("datapackage.json"))
        for one in package["resources"]:
            assert f"sha256:{hashlib.sha256(archive.read(one['path'])).hexdigest()}" == one["hash"]
    assert len(package["resources"]) > len({"claims", "people", "places"})


def test_where_it_happened_as_a_file_for_a_map(reader: Reader) -> None:
    reader.click(reader.page.get_by_role("link", name="Map", exact=True))
    data = json.loads(reader.download(reader.main.get_by_role("link", name="Places", exact=True).last))
    assert data["type"] == "FeatureCollection"
    assert len(data["features"]) == len(reader.records("places"))


def test_a_join_starting_from_nothing(reader: Reader) -> None:
    reader.click(reader.page.get_by_role("link", name="Schema"))
    ready = reader.main.locator("a[href*='JOIN']")
    assert ready.count() > 3
    reader.click(ready)
    assert "sql=" in reader.page.url
    expect(reader.page.locator("table.rows-and-columns tbody tr").first).to_be_visible()


def test_citing_the_dataset_and_a_record(reader: Reader) -> None:
    for words in ("How to cite", reader.sought.title, "@"):
        expect(reader.main).to_contain_text(words)
    reader.to_the_person()
    for words in ("cite", reader.sought.person_key):
        expect(reader.main).to_contain_text(re.compile(words, re.IGNORECASE))
    data = reader.download(reader.main.get_by_role("link", name=re.compile("BIB", re.IGNORECASE)))
    assert data.decode("utf-8").lstrip().startswith("@")
    assert reader.sought.person_key in data.decode("utf-8")


def test_what_was_changed(reader: Reader) -> None:
    reader.click(reader.main.get_by_role("link", name="Corrections"))
    expect(reader.main).to_contain_text(reader.sought.log)


def test_reporting_an_error(reader: Reader) -> None:
    """By the address that the book gives; where it gives none, the page says what to name, and whom to tell."""
    reader.to_the_person()
    if not reader.sought.reports:
        expect(reader.main).to_contain_text(f"people/{reader.sought.person_key}")
        reader.main.get_by_role("link", name="Whom to tell").click()
        expect(reader.main).to_contain_text("The book names no address for reports.")
        return
    report = reader.main.get_by_role("link", name=re.compile("report an error", re.IGNORECASE)).first
    address = report.get_attribute("href") or ""
    assert address.startswith(("https://", "mailto:"))
    assert reader.sought.person_key in address
