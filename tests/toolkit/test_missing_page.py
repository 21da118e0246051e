# SPDX-License-Identifier: Apache-2.0
"""What is not there: 404 with search; what was withdrawn: 410 with the reason; both as data too."""

from __future__ import annotations

import json
import statistics
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from sourcebook.site.published import Published
from tests.conftest import BOOKS
from tests.harbour import get, links, opened, replaced, text


@pytest.fixture(scope="module")
def harbour(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Published]:
    with opened(tmp_path_factory.mktemp("missing")) as found:
        yield found


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("/nothing", "nothing"),
        ("/people/nobody-there", "nobody there"),
        ("/people/nobody_there.csv", "nobody there"),
        ("/a/b/c/d/", "d"),
        ("/.well-known/security.txt", "security txt"),
        ("/isil%20fener", "isil fener"),
        ("/%E7%81%AF%E5%8F%B0", "灯台"),
    ],
)
def test_it_suggests_a_search_for_the_last_part_of_the_address(harbour: Published, address: str, words: str) -> None:
    answer = get(harbour, address)
    assert answer.status == 404
    assert f"Search for “{words}”" in links(answer).values()
    assert f'value="{words}"' in answer.body.decode()
    assert links(answer)["/"]


@pytest.mark.parametrize(
    "address", ["/%3Cscript%3E", "/a%22%3E%3Cb%3E", "/%00", "/%2e%2e/%2e%2e", "/---", "/" + "x" * 3000]
)
def test_no_address_does_harm(harbour: Published, address: str) -> None:
    answer = get(harbour, address)
    assert answer.status == 404
    assert b"<script>" not in answer.body
    assert b'"><b>' not in answer.body
    assert len(answer.body) < 5_000


def test_data_is_told_as_data(harbour: Published) -> None:
    for answer in (get(harbour, "/people/nobody.json"), get(harbour, "/nothing", data=True)):
        assert answer.status == 404
        assert answer.media_type.startswith("application/json")
        assert json.loads(answer.body) == {"ok": False, "error": "There is nothing at this address.", "status": 404}
        assert answer.headers["vary"] == "accept"


def test_what_was_withdrawn_says_when_and_why_and_nothing_else(harbour: Published) -> None:
    answer = get(harbour, "/people/bystander")
    assert answer.status == 410
    said = text(answer)
    assert "When 11 April 2026" in said
    assert "Why The person is not part of the quarrel." in said
    assert "bystander" not in said
    assert links(answer)["/corrections/correction-0002"]


@pytest.mark.parametrize("address", ["/people/bystander.json", "/people/-?key=bystander&form=json"])
def test_as_data_too(harbour: Published, address: str) -> None:
    answer = get(harbour, address, data=True)
    assert answer.status == 410
    assert json.loads(answer.body) == {
        "ok": False,
        "error": "This record was withdrawn.",
        "status": 410,
        "date": "2026-04-11",
        "reason": "The person is not part of the quarrel.",
        "log": "/corrections/correction-0002",
    }


@pytest.mark.parametrize("form", ["", ".csv", ".yaml", ".bib"])
def test_every_form_of_it_is_gone(harbour: Published, form: str) -> None:
    assert get(harbour, f"/people/bystander{form}").status == 410


def test_a_record_that_was_corrected_is_there_and_says_so(harbour: Published) -> None:
    answer = get(harbour, "/claims/oil-forty-barrels")
    assert answer.status == 200
    assert "1 March 2026: The hedge of the clerk was added. It was left out." in text(answer)
    assert links(answer)["/corrections/correction-0001"]


@pytest.mark.parametrize("address", ["/people/bystanders", "/claims/bystander", "/people", "/bystander"])
def test_the_log_is_asked_for_its_own_addresses_alone(harbour: Published, address: str) -> None:
    assert get(harbour, address).status != 410


def test_the_last_entry_counts(tmp_path: Path) -> None:
    entry = '\n- {id: correction-0003, date: "2026-05-01", collection: people, record: bystander,'
    entry += " change: None., reason: It was asked for once more., requested_by: reader}\n"

    def add(folder: Path) -> None:
        log = folder / "data/corrections.yaml"
        log.write_text(log.read_text("utf-8").rstrip() + entry, "utf-8")

    with opened(tmp_path, add) as found:
        assert "It was asked for once more." in text(get(found, "/people/bystander"))


def test_the_address_of_a_collection_and_its_name_both_lead_to_what_was_withdrawn(tmp_path: Path) -> None:
    change = replaced(
        "data/corrections.yaml", "collection: people\n  record: bystander", "collection: sources\n  record: pamphlet"
    )
    with opened(tmp_path, change) as found:
        assert get(found, "/documents/pamphlet").status == 410
        assert get(found, "/sources/pamphlet").status == 410


def test_a_book_without_a_log_has_withdrawn_nothing(tmp_path: Path) -> None:
    with opened(tmp_path, book=BOOKS / "orchard") as found:
        assert get(found, "/varieties/bystander").status == 404


@pytest.mark.parametrize("kind", ['"integer"', '"number"', '["integer", "string"]', '["boolean", "integer"]'])
def test_a_log_whose_keys_are_numbers(tmp_path: Path, kind: str) -> None:
    log = """  - name: log
    path: build/csv/log.csv
    schema: build/tableschema/log.json
    sourcebook:
      records: data/log.yaml
      schema: schemas/log.schema.json
      layout: list
      key: number
      role: {correction: {collection: of, key: what.number, on: day, reason: why}}
"""
    schema = """{"type": "object", "properties": {
      "number": {"type": "integer"}, "of": {"type": "string"}, "day": {"type": "string"}, "why": {"type": "string"},
      "what": {"type": "object", "properties": {"number": {"type": KIND}}}}}""".replace("KIND", kind)

    def change(folder: Path) -> None:
        book = folder / "datapackage.yaml"
        book.write_text(book.read_text("utf-8") + log, "utf-8")
        (folder / "schemas/log.schema.json").write_text(schema)
        (folder / "data/log.yaml").write_text(
            '- {number: 1, of: harvests, what: {number: 7}, day: "2026", why: Wrong.}\n'
        )

    with opened(tmp_path, change, BOOKS / "orchard") as found:
        answer = get(found, "/harvests/7")
        assert answer.status == 410
        assert "When 2026 Why Wrong." in text(answer)
        assert get(found, "/harvests/8").status == 404


def test_a_page_that_is_not_there_is_made_quickly(harbour: Published) -> None:
    """The budget is 2 ms; six times that here, as other tests run beside it."""
    get(harbour, "/nothing/at-all")
    seconds = []
    for _ in range(30):
        begun = time.perf_counter()
        get(harbour, "/people/nobody-at-all")
        seconds.append(time.perf_counter() - begun)
    assert statistics.median(seconds) < 0.012
