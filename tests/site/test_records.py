# SPDX-License-Identifier: Apache-2.0
"""Records and statements as pages show them: what is there, what answers it, and how many statements that takes."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

import sourcebook
from sourcebook.content import records
from sourcebook.content.addresses import Addresses
from sourcebook.content.labels import Labels
from sourcebook.content.links import referring
from sourcebook.content.statements import Statement, fetch, statements
from sourcebook.extract.site import Site, site_of
from sourcebook.site import routes
from sourcebook.site.answer import Asked
from sourcebook.site.published import Published

BOOK = Path(__file__).parent / "book"


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Published]:
    folder = shutil.copytree(BOOK, tmp_path_factory.mktemp("records") / "book")
    built = sourcebook.build(folder)
    assert built.release
    found = Published(built.release)
    yield found
    found.close()


@pytest.fixture
def labels(opened: Published) -> Labels:
    return Labels(opened, Addresses("/", opened.site.name))


def stated(labels: Labels, key: str) -> Statement:
    (one,) = statements(labels, labels.opened.site.collection("claims"), [key])
    fetch(labels)
    return one


def answers(one: Statement) -> dict[str, list[str]]:
    return {some.how: [other.key for other in some.statements] for some in one.answers}


def test_a_statement_has_who_says_it_and_where(labels: Labels) -> None:
    one = stated(labels, "oil-forty-barrels")
    assert [value.text for value in one.by] == ["A clerk of the harbour office, not named"]
    assert [value.href for value in one.by] == ["/origins/unnamed-clerk"]
    assert [value.href for value in one.published_in] == ["/documents/quay-gazette-1911"]
    assert (one.at, one.kind, one.hedge) == ("column 4", "alleges", "is said to have")
    assert one.on is not None
    assert one.on.text == "March 1911"


def test_its_denial_and_what_contradicts_it_stand_with_it(labels: Labels) -> None:
    assert answers(stated(labels, "oil-forty-barrels")) == {
        "Denied by": ["oil-denied"],
        "Contradicted by": ["oil-twelve-barrels"],
    }


def test_what_contradicts_is_contradicted_too(labels: Labels) -> None:
    assert "oil-forty-barrels" in answers(stated(labels, "oil-twelve-barrels"))["Contradicted by"]


def test_a_denial_names_what_it_denies_with_its_attribution(labels: Labels) -> None:
    one = stated(labels, "oil-denied")
    (denied,) = [some for some in one.answers if some.how == "It denies"]
    assert "oil-forty-barrels" in [other.key for other in denied.statements]
    assert all(other.by and other.published_in and other.answered for other in denied.statements)


def test_a_later_ruling_stands_with_the_one_that_it_replaces(labels: Labels) -> None:
    assert answers(stated(labels, "ruling-guilty")) == {"Replaced by": ["ruling-overturned"]}
    assert answers(stated(labels, "ruling-overturned"))["It replaces"] == ["ruling-guilty"]


def test_every_statement_of_a_list_has_its_answers_by_as_many_statements_of_sql_as_one(labels: Labels) -> None:
    claims = labels.opened.site.collection("claims")
    keys = [key for (key,) in labels.opened.connection.execute("SELECT id FROM claims")]

    def counted(some: list[str]) -> int:
        fresh, told = Labels(labels.opened, labels.at), []
        labels.opened.connection.set_trace_callback(told.append)
        statements(fresh, claims, some)
        fetch(fresh)
        labels.opened.connection.set_trace_callback(None)
        return len(told)

    assert len(keys) >= 8
    assert counted(keys) <= counted(["oil-forty-barrels"]) + 6


def test_no_page_shows_a_statement_without_who_says_it(opened: Published) -> None:
    """Each place where the words of a statement stand has an attribution before the next one."""
    said = dict(opened.connection.execute("SELECT id, statement FROM claims"))
    shown = 0
    for collection in opened.site.collections:
        keys = [key for (key,) in opened.connection.execute(f"SELECT {collection.key} FROM {collection.table}")]
        for key in keys:
            page = routes.answer(opened, Asked((collection.address, str(key)))).body.decode()
            for parts in page.split('class="said"')[1:]:
                assert 'class="attribution"' in parts, (collection.name, key)
            shown += sum(f'href="/claims/{one}"' in page for one in said)
    assert shown > 20


def test_what_refers_to_a_record_is_found_wherever_it_stands(opened: Published) -> None:
    people = opened.site.collection("people")
    found = {(one.link.collection, one.link.path): one for one in referring(opened, people, "isil-fener", 3)}
    assert ("claims", "people[]") in found
    everything = found["claims", "people[]"]
    assert everything.count > len(everything.keys) == 3


def test_a_field_that_is_hidden_is_on_no_page_and_leads_to_none(opened: Published) -> None:
    for collection in opened.site.collections:
        hidden = {path.removesuffix("[]") for path in collection.hide}
        assert not hidden & {one.path for one in collection.fields}


def test_every_page_of_a_record_has_all_that_is_not_hidden(opened: Published, labels: Labels) -> None:
    for collection in opened.site.collections:
        rows = opened.connection.execute(
            "SELECT key, document FROM _records WHERE collection = ?", (collection.name,)
        ).fetchall()
        for key, document in rows:
            (record,) = records.read(labels, collection, [key], collection.fields)
            given = {name for name, value in json.loads(document).items() if value not in (None, [], {})}
            there = {part.field.path.partition(".")[0] for part in record.parts}
            assert given - {path.partition(".")[0] for path in collection.hide} <= there, (collection.name, key)


def test_a_description_is_the_same_after_it_was_written_and_read(opened: Published) -> None:
    again: Site = site_of(json.loads((opened.folder / "site.json").read_text("utf-8")))
    assert again == opened.site


@pytest.mark.parametrize("path", [("people", "nobody"), ("nothing",), ("people", "isil-fener", "x"), ("claims", "..")])
def test_what_is_not_there_is_not_there(opened: Published, path: tuple[str, ...]) -> None:
    assert routes.answer(opened, Asked(path)).status == 404


def test_a_record_as_json_is_the_record(opened: Published) -> None:
    answer = routes.answer(opened, Asked(("claims", "oil-forty-barrels.json")))
    data = json.loads(answer.body)
    assert data["record"]["id"] == data["key"] == "oil-forty-barrels"
    assert data["attribution"]["by"]
    assert [one["key"] for one in data["answers"] if one["how"] == "Denied by"] == ["oil-denied"]
    assert all(one["by"] and one["published_in"] for one in data["answers"])


def test_who_denies_a_statement_is_not_told_again_to_contradict_it(labels: Labels) -> None:
    for (key,) in labels.opened.connection.execute("SELECT id FROM claims").fetchall():
        told = [other.key for some in stated(labels, key).answers for other in some.statements]
        assert len(told) == len(set(told)), key
