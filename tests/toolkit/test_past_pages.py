# SPDX-License-Identifier: Apache-2.0
"""The site's history: changes by release and day, the history of a record, versions that are kept, and what is gone."""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from sourcebook.content import past
from sourcebook.publish import versions
from sourcebook.site.published import Published
from tests.conftest import BOOKS
from tests.harbour import get, links, opened, text
from tests.past import CHANGES, with_past

ATOM = "{http://www.w3.org/2005/Atom}"
DENIAL = "denies that any barrel of lamp oil was taken away"


@pytest.fixture(scope="module")
def harbour(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Published]:
    with with_past(tmp_path_factory.mktemp("past")) as found:
        yield found


def feed(opened: Published, address: str) -> ElementTree.Element:
    answer = get(opened, address)
    assert answer.status == 200
    assert answer.media_type.startswith("application/atom+xml")
    return ElementTree.fromstring(answer.body)  # noqa: S314 # we wrote it


# --- changes ----------------------------------------------------------------------------------------------------------


def test_changes_stand_by_release_and_day_the_newest_first(harbour: Published) -> None:
    answer = get(harbour, "/changes")
    heads = re.findall(r"<h[23]>(.*?)</h[23]>", answer.body.decode())
    assert [re.sub("<.*?>", "", one) for one in heads] == [
        "In no release yet",
        "Not committed yet",
        "11 April 2026",
        "Release 1.1.0",
        "1 March 2026",
        "Release 1.0.0",
        "2 January 2026",
    ]


def test_a_change_says_what_was_and_is_in_words(harbour: Published) -> None:
    said = text(get(harbour, "/changes?collection=people"))
    assert "Offices (harbour master): from was 1911 now 1912" in said
    assert "before isil , now isil-fener" in said or "before isil, now isil-fener" in said
    assert "Removed 2 records of People" in said
    assert "Added or changed, and gone since 2 records of People" in said
    assert "barrels of lamp oil taken away" in said  # what the record rests on, with
    assert DENIAL in said  # what answers it


def test_a_change_of_a_statement_stands_with_who_says_it_and_what_answers_it(harbour: Published) -> None:
    said = text(get(harbour, "/changes?collection=claims"))
    assert said.count("A clerk of the harbour office, not named, in Where did the lamp oil go?") == 2
    assert said.count(DENIAL) == 2
    (changed, added) = json.loads(get(harbour, "/changes.json?collection=claims").body)["changes"]
    assert [one["how"] for one in changed["answers"]] == ["Denied by", "Contradicted by"]
    assert changed["attribution"]["by"][0]["text"] == "A clerk of the harbour office, not named"
    assert changed["kinds"] == ["changed"]
    assert changed["by"] == "editor"
    assert added["kinds"] == ["added"]


@pytest.mark.parametrize("address", ["/changes", "/changes.json", "/changes.atom", "/claims/changes.atom"])
def test_of_what_is_gone_not_even_the_key_is_said(harbour: Published, address: str) -> None:
    body = get(harbour, address).body.decode()
    assert "bystander" not in body
    assert "passer-by" not in body


def test_markup_in_values_is_text(harbour: Published) -> None:
    assert b"<b>Isil" not in get(harbour, "/changes").body
    assert b"&lt;b&gt;Isil &amp; co" in get(harbour, "/changes").body
    assert b"<b>" not in get(harbour, "/people/isil-fener/history.atom").body


def test_the_list_of_changes_is_read_to_its_end(harbour: Published, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = json.loads(get(harbour, "/changes.json").body)["changes"]
    monkeypatch.setattr(past.page, "__defaults__", ("", None, 3))
    found, address, pages = [], "/changes.json", 0
    while address:
        data = json.loads(get(harbour, address).body)
        found += data["changes"]
        address, pages = data["next"], pages + 1
    assert pages > 2
    assert _told(found) == _told(whole)


def _told(changes: list[dict[str, Any]]) -> list[tuple[str, ...]]:
    """What changes tell, however they are parted."""
    found = []
    for one in changes:
        found += [(one["day"], one["collection"], kind) for kind in one["kinds"]] * one.get("count", 1)
        found += [(one["key"], some["property"]) for some in one.get("changes", ())]
    return found


def test_two_hundred_thousand_changes_are_read_page_by_page_without_reading_them_all(tmp_path: Path) -> None:
    many = [
        (1, "people", "isil-fener", "isil-fener", "changed", None, f"also[{n}]", "a", "b", None) for n in range(200_000)
    ]
    with with_past(tmp_path) as found:
        database = found.folder / "lantern-harbour.db"
        found.close()
        with closing(sqlite3.connect(database)) as connection, connection:
            connection.execute("DROP TABLE _versions")
            connection.execute("DROP TABLE _changes")
        from tests.past import add_history

        add_history(database, many)
        other = Published(found.folder)
        steps = 0

        def count() -> None:
            nonlocal steps
            steps += 1

        other.connection.set_progress_handler(count, 1_000)
        changes, rest = past.page(other, before=past.Place(1, 100_000))
        other.close()
    assert sum(len(one.values) for one in changes) == 100
    assert rest == past.Place(1, 100_100)
    assert steps < 20  # thousands of steps of SQLite


@pytest.mark.parametrize(
    ("query", "status"),
    [("?collection=boats", 400), ("?before=x", 400), ("?before=1", 400), ("?page=2", 400), ("?before=0.0", 200)],
)
def test_what_an_address_asks_wrongly_is_told(harbour: Published, query: str, status: int) -> None:
    assert get(harbour, f"/changes{query}").status == status
    assert get(harbour, f"/changes.json{query}", data=True).status == status


def test_a_book_without_a_history_says_so(tmp_path: Path) -> None:
    with opened(tmp_path, book=BOOKS / "orchard") as found:
        answer = get(found, "/changes")
        assert answer.status == 404
        assert "No history is kept of this book" in text(answer)
        assert get(found, "/changes.json").status == 404
        assert get(found, "/releases").status == 404
        assert get(found, "/changes.atom").status == 404
        home = links(get(found, "/"))
        assert not {"/changes", "/releases"} & home.keys()
        key = found.connection.execute("SELECT key FROM _records WHERE collection = 'varieties'").fetchone()[0]
        assert not any("history" in one for one in links(get(found, f"/varieties/{key}")))
        assert get(found, f"/varieties/{key}/history").status == 404
        assert b"changes" not in get(found, "/sitemap.xml").body
        assert b"/changes" not in get(found, "/openapi.json").body


# --- the history of a record ------------------------------------------------------------------------------------------


def test_the_page_of_a_record_leads_to_its_history(harbour: Published) -> None:
    page = get(harbour, "/people/isil-fener")
    assert links(page)["/people/isil-fener/history"]
    assert (
        'type="application/atom+xml" href="https://book.example/people/isil-fener/history.atom"' in page.body.decode()
    )


def test_the_history_of_a_record(harbour: Published) -> None:
    said = text(get(harbour, "/people/isil-fener/history"))
    assert "Keys that it had before: isil" in said
    assert said.index("Not committed yet") < said.index("11 April 2026") < said.index("2 January 2026")
    assert "since release 1.1.0" in said
    data = json.loads(get(harbour, "/people/isil-fener/history.json").body)
    assert data["former_keys"] == ["isil"]
    assert [one["kinds"] for one in data["changes"]] == [["changed"], ["changed"], ["renamed"], ["added"]]
    assert {one["key"] for one in data["rests_on"]} >= {"oil-forty-barrels"}


def test_the_history_leads_to_the_versions_that_hold_the_record(harbour: Published) -> None:
    (href,) = (one for one in links(get(harbour, "/people/isil-fener/history")) if one.startswith("/as-of/"))
    answer = get(harbour, href)
    assert get(harbour, answer.headers["location"]).status == 200
    assert not any(one.startswith("/as-of/") for one in links(get(harbour, "/claims/oil-denied/history")))


def test_the_history_of_a_statement_begins_with_it_and_its_answers(harbour: Published) -> None:
    said = text(get(harbour, "/claims/oil-forty-barrels/history"))
    assert said.index("Said by") < said.index(DENIAL) < said.index("Fifty barrels.")
    title = re.search(r"<title>(.*?)</title>", get(harbour, "/claims/oil-forty-barrels/history").body.decode())
    assert title
    assert "barrels" not in title[1]
    assert "denied" in title[1]


def test_commits_lead_to_the_repository(harbour: Published, tmp_path: Path) -> None:
    assert "https://code.example/lantern-harbour/commit/" + "b" * 40 not in links(get(harbour, "/changes"))

    def change(folder: Path) -> None:
        book = folder / "datapackage.yaml"
        line = "    edit: https://code.example"
        commit = "    commit: https://code.example/lantern-harbour/commit/{commit}\n"
        book.write_text(book.read_text("utf-8").replace(line, commit + line), "utf-8")

    with with_past(tmp_path, change) as found:
        assert "https://code.example/lantern-harbour/commit/" + "b" * 40 in links(get(found, "/changes"))
        assert "https://code.example/lantern-harbour/commit/" + "b" * 40 in links(
            get(found, "/claims/oil-forty-barrels/history")
        )


# --- feeds ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("address", "entries"),
    [
        ("/changes.atom", 5),
        ("/people/changes.atom", 3),
        ("/claims/changes.atom", 2),
        ("/people/isil-fener/history.atom", 3),
        ("/places/changes.atom", 0),
    ],
)
def test_feeds_are_atom(harbour: Published, address: str, entries: int) -> None:
    root = feed(harbour, address)
    assert root.tag == f"{ATOM}feed"
    found = root.findall(f"{ATOM}entry")
    assert len(found) == entries
    for one in (root, *found):
        assert len(one.findall(f"{ATOM}id")) == 1
        assert len(one.findall(f"{ATOM}title")) == 1
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", one.findtext(f"{ATOM}updated", ""))
    ids = [one.findtext(f"{ATOM}id") for one in (root, *found)]
    assert len(set(ids)) == len(ids)
    rels = {one.get("rel"): one.get("href") for one in root.findall(f"{ATOM}link")}
    assert rels["self"] == f"https://book.example{address}"
    assert (
        rels["alternate"].removeprefix("https://book.example")
        == {
            "/changes.atom": "/changes",
            "/people/changes.atom": "/changes?collection=people",
            "/claims/changes.atom": "/changes?collection=claims",
            "/people/isil-fener/history.atom": "/people/isil-fener/history",
            "/places/changes.atom": "/places",  # nothing has changed in it, so that there is no list of that
        }[address]
    )
    assert "@" not in get(harbour, address).body.decode()


@pytest.mark.parametrize(
    ("address", "updated"),
    [
        ("/changes.atom", "2026-04-11T09:00:00Z"),
        ("/people/changes.atom", "2026-04-11T09:00:00Z"),
        ("/claims/changes.atom", "2026-03-01T10:00:00Z"),
        ("/places/changes.atom", "2026-01-02T10:00:00Z"),
    ],
)
def test_a_feed_is_as_new_as_the_newest_of_its_changes(harbour: Published, address: str, updated: str) -> None:
    """A change elsewhere in the book makes no other feed of it; one without changes is as old as the history."""
    root = feed(harbour, address)
    assert root.findtext(f"{ATOM}updated") == updated
    assert all(one.findtext(f"{ATOM}updated", "") <= updated for one in root.findall(f"{ATOM}entry"))


def begun(opened: Published, *, apart: bool) -> list[past.Place]:
    """Where pages of three rows of changes begin, but the first."""
    found: list[past.Place] = []
    while (rest := past.page(opened, before=found[-1] if found else None, most=3, apart=apart)[1]) is not None:
        found.append(rest)
    return found


def test_a_version_of_more_changes_than_a_page_has_begins_a_page(harbour: Published) -> None:
    """So its pages are the same, whatever comes after."""
    sql = f"SELECT version, count(*), max(_change) FROM {past.CHANGES} GROUP BY version ORDER BY version"
    (first, rows, _), (second, _, last), *_ = harbour.connection.execute(sql).fetchall()
    assert (first, second) == (1, 2)
    assert rows > 3
    assert past.Place(2, last) in begun(harbour, apart=True)
    assert past.Place(2, last) not in begun(harbour, apart=False)


def test_ids_of_entries_are_the_same_at_any_address_of_the_site(harbour: Published) -> None:
    def ids(site: str) -> list[str]:
        return re.findall(r"<id>(.*?)</id>", get(harbour, "/changes.atom", site=site).body.decode())

    assert ids("https://book.example/") == ids("http://127.0.0.1:8001/")


def test_an_entry_about_a_statement_is_no_accusation_alone(harbour: Published) -> None:
    for one in feed(harbour, "/claims/changes.atom").findall(f"{ATOM}entry"):
        title, said = one.findtext(f"{ATOM}title", ""), one.findtext(f"{ATOM}content", "")
        assert "barrels" not in title
        assert "denied" in title
        assert said.startswith(
            "alleges: said by A clerk of the harbour office, not named, in Where did the lamp oil go?"
        )
        assert said.index("denied by Işıl Fener-Çakıl") < said.index("forty barrels")


def test_a_long_feed_leads_on(harbour: Published, monkeypatch: pytest.MonkeyPatch) -> None:
    from sourcebook.site.machines import change_feeds

    whole = [one.findtext(f"{ATOM}id") for one in feed(harbour, "/people/changes.atom").findall(f"{ATOM}entry")]
    monkeypatch.setattr(change_feeds, "_MOST", 2)
    found, address = [], "/people/changes.atom"
    while address:
        root = feed(harbour, address)
        found += [one.findtext(f"{ATOM}id") for one in root.findall(f"{ATOM}entry")]
        rels = {one.get("rel"): one.get("href", "") for one in root.findall(f"{ATOM}link")}
        address = rels.get("next", "").removeprefix("https://book.example")
    assert found == whole


@pytest.mark.parametrize(
    ("page", "feed_at"), [("/", "changes.atom"), ("/people", "people/changes.atom"), ("/changes", "changes.atom")]
)
def test_pages_say_where_their_feed_is(harbour: Published, page: str, feed_at: str) -> None:
    link = f'<link rel="alternate" type="application/atom+xml" href="https://book.example/{feed_at}">'
    assert link in get(harbour, page).body.decode()


# --- versions that are kept -------------------------------------------------------------------------------------------


def test_releases_are_listed_with_their_files(harbour: Published) -> None:
    answer = get(harbour, "/releases")
    assert "1.0.0 2 January 2026" in text(answer)
    assert {"/releases/1.0.0", "/releases/1.0.0/SHA256SUMS", "/releases/1.0.0/lantern-harbour.db"} <= links(
        answer
    ).keys()
    files = get(harbour, "/releases/1.0.0")
    assert "/releases/1.0.0/csv/claims.csv" in links(files)
    data = json.loads(get(harbour, "/releases.json").body)
    assert data["format"] == "sourcebook releases 1"
    assert [one["version"] for one in data["releases"]] == ["1.0.0"]
    assert get(harbour, "/releases/2.0.0").status == 404
    assert get(harbour, "/releases/..").status == 404


def test_a_statement_as_it_was_stands_with_what_answers_it_today(harbour: Published) -> None:
    answer = get(harbour, "/as-of/1.0.0/claims/oil-forty-barrels")
    said = text(answer)
    assert answer.status == 200
    assert "as it was in release 1.0.0 of 2 January 2026" in said
    assert DENIAL in said  # which was not in the book then
    assert links(answer)["/claims/oil-denied"]
    assert links(answer)["/claims/oil-forty-barrels"] == "The record as it is today"
    assert links(answer)["/as-of/1.0.0/people/isil"]
    page = answer.body.decode()
    assert '<link rel="canonical" href="https://book.example/claims/oil-forty-barrels">' in page
    assert '<meta name="robots" content="noindex">' in page
    assert answer.headers["x-robots-tag"] == "noindex"
    data = json.loads(get(harbour, "/as-of/1.0.0/claims/oil-forty-barrels.json").body)
    assert "Denied by" in [one["how"] for one in data["answers"]]
    assert data["today"] == "/claims/oil-forty-barrels"


def test_wherever_a_statement_is_on_a_page_of_the_past_its_answers_of_today_are(harbour: Published) -> None:
    page = text(get(harbour, "/as-of/1.0.0/people/isil"))
    assert (
        page.count("had forty barrels of lamp oil taken away at night") == page.count("Denied by Işıl Fener-Çakıl") > 2
    )
    (one, *_) = json.loads(get(harbour, "/as-of/1.0.0/people/isil.json").body)["rests_on"]
    assert "Denied by" in [some["how"] for some in one["answers"]]


@pytest.mark.parametrize(
    "address",
    ["/as-of/1.0.0/claims/oil-forty-barrels", "/as-of/1.0.0/people/isil", "/as-of/1.0.0/documents/quay-gazette-1911"],
)
def test_what_is_gone_today_is_on_no_page_of_the_past(harbour: Published, address: str) -> None:
    for form in ("", ".json"):
        answer = get(harbour, address + form)
        assert answer.status == 200
        for word in (b"bystander", b"Someone Else", b"old-rumour", "Işıl sold".encode()):
            assert word not in answer.body


@pytest.mark.parametrize("form", ["", ".json"])
def test_as_of_then_of_what_is_gone_today_is_gone(harbour: Published, form: str) -> None:
    assert get(harbour, f"/as-of/1.0.0/people/bystander{form}").status == 410
    answer = get(harbour, f"/as-of/1.0.0/claims/old-rumour{form}")  # of which nothing else is known
    assert answer.status == 410
    assert "sold the oil" not in answer.body.decode()


def test_a_record_that_was_renamed_since_is_found_by_both_keys(harbour: Published) -> None:
    answer = get(harbour, "/as-of/1.0.0/people/isil-fener")
    assert (answer.status, answer.headers["location"]) == (302, "/as-of/1.0.0/people/isil")
    page = get(harbour, "/as-of/1.0.0/people/isil")
    assert links(page)["/people/isil-fener"] == "The record as it is today"


def test_a_property_that_the_book_has_not_any_more_is_on_no_page_of_the_past(tmp_path: Path) -> None:
    def change(folder: Path) -> None:
        schema = folder / "schemas/person.schema.json"
        data = json.loads(schema.read_text("utf-8"))
        del data["properties"]["description"]
        data["x-sourcebook"]["page"]["summary"] = ["offices[]"]
        schema.write_text(json.dumps(data), "utf-8")
        for path in (folder / "data/people").glob("*.yaml"):
            lines = path.read_text("utf-8").splitlines(keepends=True)
            path.write_text("".join(line for line in lines if not line.startswith("description:")), "utf-8")

    with with_past(tmp_path, change) as found:
        for form in ("", ".json"):
            answer = get(found, f"/as-of/1.0.0/people/isil{form}")
            assert answer.status == 200
            assert b"Described as keeper" not in answer.body
        assert b"Isil of the Lamp" in answer.body


def test_a_version_that_was_withdrawn_answers_410(tmp_path: Path) -> None:
    with with_past(tmp_path) as found:
        assert get(found, "/as-of/1.0.0/people/isil").status == 200
        state = found.versions.state
        versions.empty(tmp_path / "book/build", "1.0.0", "It named somebody.", day="2026-06-01")
        assert found.versions.state != state
        for address in ("/as-of/1.0.0/people/isil", "/releases/1.0.0", "/releases/1.0.0/lantern-harbour.db"):
            answer = get(found, address)
            assert answer.status == 410
            assert "It named somebody." in text(answer)
            told = json.loads(get(found, address, data=True).body)
            assert (told["date"], told["reason"]) == ("2026-06-01", "It named somebody.")
        assert "Withdrawn on 1 June 2026" in text(get(found, "/releases"))


def test_few_versions_are_open_at_a_time_and_none_afterwards(tmp_path: Path) -> None:
    with with_past(tmp_path) as found:
        build = tmp_path / "book/build"
        (before,) = (one for one in (build / "releases").iterdir() if one != found.folder)
        for number in range(6):
            versions.keep(build, before, f"2.0.{number}", day="2026-06-01", name="lantern-harbour")
        for number in range(6):
            assert get(found, f"/as-of/2.0.{number}/people/isil").status == 200
        still = found.versions._opened
        assert len(still) == 4
        held = [one for one, _ in still.values()]
        found.close()
        assert not found.versions._opened
        assert all(not one._all for one in held)  # type: ignore[attr-defined]


def test_what_another_put_among_the_versions_is_not_shown(tmp_path: Path) -> None:
    with with_past(tmp_path) as found:
        report = tmp_path / "book/build/versions/1.0.0/report.json"
        report.write_text(report.read_text("utf-8").replace('"seal": "', '"seal": "0'), "utf-8")
        versions.write_index(tmp_path / "book/build")
        assert get(found, "/releases").status == 404
        assert get(found, "/as-of/1.0.0/people/isil").status == 404


def test_a_file_that_was_changed_among_the_versions_is_not_shown(tmp_path: Path) -> None:
    with with_past(tmp_path) as found:
        (database,) = (tmp_path / "book/build/versions/1.0.0").glob("*.db")
        with closing(sqlite3.connect(database)) as connection:
            connection.execute("UPDATE _records SET document = replace(document, 'Fener', 'Forged')")
            connection.commit()
        answer = get(found, "/as-of/1.0.0/people/isil")
        assert answer.status == 404
        assert "are not as they were kept" in text(answer)
        assert "Forged" not in text(answer)


# --- what is gone -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("form", ["", ".json", ".csv", ".yaml", ".bib", "/history", "/history.json", "/history.atom"])
def test_every_address_of_a_record_that_is_gone_says_so(harbour: Published, form: str) -> None:
    for key in ("bystander", "passer-by"):
        assert get(harbour, f"/people/{key}{form}").status == 410
    answer = get(harbour, f"/people/isil{form}")
    assert (answer.status, answer.headers["location"]) == (308, f"/people/isil-fener{form}")


def test_how_and_when_it_went_is_said_and_why_as_far_as_the_book_says(harbour: Published) -> None:
    assert "This record was taken down When 11 April 2026 Why The person is not part" in text(
        get(harbour, "/people/bystander")
    )
    told = json.loads(get(harbour, "/people/passer-by.json").body)
    assert told == {
        "ok": False,
        "error": "This record was removed.",
        "status": 410,
        "how": "removed",
        "date": "2026-04-11",
    }


def test_a_collection_that_is_gone_says_so(harbour: Published) -> None:
    for address in ("/boats", "/boats.json", "/boats.csv"):
        answer = get(harbour, address)
        assert answer.status == 410
        assert b"This collection is not in the book any more" in answer.body
    assert get(harbour, "/boats/old-tub").status == 410
    assert get(harbour, "/boats/another").status == 404


def test_what_came_back_is_there(harbour: Published) -> None:
    assert "people" in {row[2 - 1] for row in CHANGES}
    assert get(harbour, "/people/isil-fener").status == 200


# --- for other programs -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "address"),
    [
        ("/changes.json", "/changes.json"),
        ("/releases.json", "/releases.json"),
        ("/people/{key}/history.json", "/people/isil-fener/history.json"),
        ("/claims/{key}/history.json", "/claims/oil-forty-barrels/history.json"),
        ("/as-of/{version}/{collection}/{key}.json", "/as-of/1.0.0/people/isil.json"),
        ("/as-of/{version}/{collection}/{key}.json", "/as-of/1.0.0/claims/oil-forty-barrels.json"),
    ],
)
def test_answers_are_as_the_document_of_the_site_says(harbour: Published, path: str, address: str) -> None:
    from tests.toolkit.test_openapi import checked, document, schema_of

    told = document(harbour)
    checked(told)
    (content,) = told["paths"][path]["get"]["responses"]["200"]["content"].values()
    data = json.loads(get(harbour, address).body)
    assert [error.message for error in schema_of(told, content["schema"]).iter_errors(data)] == []


def test_feeds_are_named_where_programs_look(harbour: Published) -> None:
    assert b"/changes.atom" in get(harbour, "/llms.txt").body
    parts = get(harbour, "/sitemap-1.xml").body
    assert b"<loc>https://book.example/changes</loc>" in parts
    assert b"<loc>https://book.example/releases/1.0.0</loc>" in parts
    assert b"as-of" not in parts
