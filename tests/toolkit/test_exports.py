# SPDX-License-Identifier: Apache-2.0
"""What a book says of who entered and reviewed its records, in pages, JSON-LD and PROV-O; and its records as statements
of FollowTheMoney: what is written, what is refused, and that no accusation is without who says it and who denies it.
"""

from __future__ import annotations

import json
import re
import shutil
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import sourcebook
from sourcebook.book.followthemoney import SCHEMATA
from sourcebook.site.published import Published
from tests.exported import SITE, exported
from tests.harbour import BOOK, get, opened, text

DENIAL = "denies that any barrel of lamp oil was taken away"
ACCUSATION = "had forty barrels"


@pytest.fixture(scope="module")
def harbour(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Published]:
    with opened(tmp_path_factory.mktemp("exports"), lambda folder: exported(folder)) as found:
        yield found


def prov(release: Path, collection: str) -> dict[str, str]:
    """By the last part of the address of what is told of, all that is told of it."""
    told = (release / f"prov/{collection}.ttl").read_text("utf-8").replace(SITE, "")
    found: dict[str, str] = defaultdict(str)
    for subject, facts in re.findall(r"^<([^>]*)> (.*?) \.$", told, re.DOTALL | re.MULTILINE):
        found[subject] += f"{' '.join(facts.split())} ; "
    return found


def statements(release: Path, collection: str) -> dict[str, list[dict[str, Any]]]:
    """The statements of a collection, by their entities."""
    found: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for line in (release / f"ftm/{collection}.ndjson").read_text("utf-8").split("\n")[:-1]:
        one = json.loads(line)
        found[one["entity_id"]].append(one)
    return found


def entity(release: Path, collection: str, key: str) -> dict[str, list[str]]:
    """The values of an entity, by their properties."""
    for some in statements(release, collection).values():
        found: dict[str, list[str]] = defaultdict(list)
        for one in some:
            found[one["prop"]].append(one["value"])
        if any(value.endswith(f"/{key}") for value in found["sourceUrl"]):
            return found
    raise LookupError(key)


# --- who entered and who reviewed -------------------------------------------------------------------------------------


def test_a_page_says_who_entered_and_who_reviewed_a_record(harbour: Published) -> None:
    page = get(harbour, "/claims/oil-forty-barrels")
    told = text(replace(page, body=re.sub(rb"<script type.*?</script>", b"", page.body, flags=re.DOTALL)))
    assert "Entered 20 January 2026, by editor Reviewed 3 February 2026, by second editor" in told
    assert told.count("second editor") == 1  # and not among the fields again
    assert "Entered January 2026, by editor" in text(get(harbour, "/claims/oil-denied"))


def test_a_page_says_that_no_review_is_recorded(harbour: Published) -> None:
    told = text(get(harbour, "/claims/oil-twelve-barrels"))
    assert "Entered 2 March 2026, by editor Reviewed not yet" in told
    assert "Reviewed" not in text(get(harbour, "/people/isil-fener"))


def ld(harbour: Published, address: str) -> dict[str, Any]:
    found = re.search(rb'<script type="application/ld\+json">(.*?)</script>', get(harbour, address).body, re.DOTALL)
    assert found
    data: dict[str, Any] = json.loads(found[1])
    return data


def test_json_ld_has_the_page_of_a_claim_by_roles(harbour: Published) -> None:
    claim = ld(harbour, "/claims/oil-forty-barrels")
    page = claim["mainEntityOfPage"]
    assert (page["@type"], page["dateCreated"], page["lastReviewed"]) == ("WebPage", "2026-01-20", "2026-02-03")
    assert page["creator"] == [{"@type": "Role", "roleName": "editor"}]
    assert page["reviewedBy"] == [{"@type": "Role", "roleName": "second editor"}]
    assert claim["dateCreated"] == "1911-03"  # when it was said, and not when it was entered


def test_json_ld_of_a_claim_has_what_it_is_about_and_no_rating(harbour: Published) -> None:
    claim = ld(harbour, "/claims/oil-forty-barrels")
    assert [one["name"] for one in claim["about"]] == ["Işıl Fener-Çakıl", "Lantern Harbour"]
    assert "ClaimReview" not in json.dumps(claim)
    assert "Rating" not in json.dumps(claim)
    assert "firstAppearance" not in json.dumps(claim)


def test_a_document_has_its_date_where_it_has_one_of_its_own(tmp_path: Path) -> None:
    def dated(folder: Path) -> None:
        exported(folder)
        path = folder / "datapackage.yaml"
        about = json.loads(path.read_text("utf-8"))
        sources = next(one for one in about["resources"] if one["name"] == "sources")
        sources["sourcebook"]["role"]["interval"] = {"earliest": "date", "latest": "date"}
        path.write_text(json.dumps(about), encoding="utf-8")

    with opened(tmp_path, dated) as found:
        claim = ld(found, "/claims/oil-forty-barrels")
    assert [one["datePublished"] for one in claim["appearance"]] == ["1911-03"]
    assert [one["datePublished"] for comment in claim["comment"] for one in comment["appearance"]] == ["1911-03"] * 2


# --- PROV-O -----------------------------------------------------------------------------------------------------------


def test_a_record_is_generated_by_who_entered_it_and_used_by_who_reviewed_it(harbour: Published) -> None:
    told = prov(harbour.folder, "claims")
    claim, entered = told["claims/oil-twelve-barrels"], told["claims/oil-twelve-barrels#entered"]
    assert "prov:wasGeneratedBy <claims/oil-twelve-barrels#entered>" in claim
    assert 'prov:generatedAtTime "2026-03-02T00:00:00"^^xsd:dateTime' in claim
    assert "prov:wasAttributedTo <#role-editor>" in claim
    assert "prov:hadPrimarySource <documents/quay-gazette-1911#record>" in claim
    assert 'dct:date "2026-03-02"^^xsd:date' in entered
    assert 'rdfs:label "second editor"' in told["#role-second%20editor"]


def test_a_month_is_no_moment(harbour: Published) -> None:
    told = prov(harbour.folder, "claims")
    assert 'dct:date "2026-01"^^xsd:gYearMonth' in told["claims/oil-denied#entered"]
    assert "endedAtTime" not in told["claims/oil-denied#entered"]
    assert "generatedAtTime" not in told["claims/oil-denied"]


def test_a_correction_makes_an_earlier_version_that_is_no_longer_valid(harbour: Published) -> None:
    told = prov(harbour.folder, "claims")
    before = "claims/oil-forty-barrels#before-corrections-correction-0001"
    assert "prov:wasInvalidatedBy <corrections/correction-0001#change>" in told[before]
    assert "prov:wasGeneratedBy <claims/oil-forty-barrels#entered>" in told[before]
    now = told["claims/oil-forty-barrels"]
    assert f"prov:wasRevisionOf <{before}>" in now
    assert "prov:wasGeneratedBy <corrections/correction-0001#change>" in now
    reviewed = told["claims/oil-forty-barrels#reviewed"]
    assert f"prov:used <{before}>" in reviewed  # the correction came after the review


def test_what_was_taken_down_is_invalidated_and_not_named(harbour: Published) -> None:
    told = prov(harbour.folder, "corrections")
    assert "prov:invalidated <corrections/correction-0002#taken-down>" in told["corrections/correction-0002#change"]
    assert "invalidated" not in told["corrections/correction-0001#change"]
    assert all("bystander" not in path.read_text("utf-8") for path in (harbour.folder / "prov").glob("*.ttl"))


def test_what_rests_on_statements_is_derived_from_them(harbour: Published) -> None:
    told = prov(harbour.folder, "events")["events/night-of-the-barrels"]
    assert "prov:wasDerivedFrom <claims/oil-forty-barrels> ; prov:wasDerivedFrom <claims/oil-denied>" in told


def test_prov_has_no_text_of_records_and_names_nobody(harbour: Published) -> None:
    for path in (harbour.folder / "prov").glob("*.ttl"):
        told = path.read_text("utf-8")
        assert "Fener" not in told
        assert ACCUSATION not in told


def test_the_site_says_of_which_commit_the_release_is(harbour: Published) -> None:
    answer = get(harbour, "/build.jsonld")
    graph = json.loads(answer.body)["@graph"]
    assert answer.media_type == "application/ld+json"
    assert graph[0]["@id"] == f"{SITE}#release-{harbour.release}"
    assert graph[0]["prov:wasGeneratedBy"] == {"@id": f"{SITE}#build"}
    commit = harbour.source.get("commit")
    named = [one["dct:identifier"] for one in graph if one["@id"].startswith(f"{SITE}#commit-")]
    assert named == ([commit] if commit else [])


# --- FollowTheMoney ---------------------------------------------------------------------------------------------------


def test_a_person_has_names_and_nothing_that_is_said(harbour: Published) -> None:
    assert entity(harbour.folder, "people", "isil-fener") == {
        "name": ["Işıl Fener-Çakıl"],
        "alias": ["Isil of the Lamp", "Işıl Hanım"],
        "sourceUrl": [f"{SITE}people/isil-fener"],
    }


def test_a_claim_is_a_note_with_who_says_it_and_what_answers_it(harbour: Published) -> None:
    note = entity(harbour.folder, "claims", "oil-forty-barrels")
    (said,) = note["description"]
    assert ACCUSATION in said
    assert "said by A clerk of the harbour office, not named" in said
    assert DENIAL in said
    people = statements(harbour.folder, "people")
    about = next(one for one, some in people.items() if any(it["value"] == "Işıl Fener-Çakıl" for it in some))
    assert about in note["entity"]
    sources = statements(harbour.folder, "sources")
    assert [{it["value"] for it in sources[one]} for one in note["proof"]] == [
        {"Where did the lamp oil go?", "The Quay Gazette", "1911-03", "https://gazette.example/1911/lamp-oil"}
    ]


def test_no_line_has_an_accusation_without_its_denial(harbour: Published) -> None:
    lines = [
        line
        for path in (harbour.folder / "ftm").glob("*.ndjson")
        for line in path.read_text("utf-8").split("\n")
        if ACCUSATION in line
    ]
    assert len(lines) >= 3  # the note itself; an event and a link that rest on what answers it or on it
    assert [line for line in lines if DENIAL not in line] == []


def test_a_link_has_the_statements_that_it_rests_on_in_its_own_words(harbour: Published) -> None:
    (role,) = entity(harbour.folder, "ties", "clerk-and-captain")["role"]
    assert role.startswith("saw the boat of (تقول نور الفنار")
    assert "Denied by: 灯台ひかり" in role
    link = entity(harbour.folder, "ties", "clerk-and-keeper")  # which is more than a role takes
    assert "role" not in link
    assert link["summary"][0].startswith("worked in the same office (Nur al-Fanar, as The Quay Gazette relates, reads")


def test_an_interval_of_what_is_not_known_is_no_duration(harbour: Published, tmp_path: Path) -> None:
    event = entity(harbour.folder, "events", "night-of-the-barrels")
    assert not event.keys() & {"date", "startDate", "endDate"}  # there is a reservation
    assert entity(harbour.folder, "events", "day-of-the-ruling")["date"] == ["1912-01-20"]

    def certain(folder: Path) -> None:
        exported(folder)
        path = folder / "data/events/night-of-the-barrels.yaml"
        path.write_text(re.sub(r"date_note: .*\n", "", path.read_text("utf-8")), encoding="utf-8")

    with opened(tmp_path, certain) as found:
        assert entity(found.folder, "events", "night-of-the-barrels")["date"] == ["1911"]  # from February to 12 March


def test_what_is_too_long_is_left_out_and_never_cut(tmp_path: Path) -> None:
    def long(folder: Path) -> None:
        exported(folder)
        path = folder / "data/claims/quay-gazette.yaml"
        claims = json.loads(path.read_text("utf-8"))
        claims[0]["statement"] += " oil" * 17_000
        path.write_text(json.dumps(claims), encoding="utf-8")

    with opened(tmp_path, long) as found:
        note = entity(found.folder, "claims", "oil-forty-barrels")
        words = "What is said, with who says it and what answers it, is longer than fits here: "
        assert note["description"] == [f"{words}{SITE}claims/oil-forty-barrels"]


Change = Callable[[dict[str, dict[str, Any]]], object]


def changed(folder: Path, change: Change) -> list[str]:
    """What is told of the book with a ``change`` to the blocks of its collections."""
    shutil.copytree(BOOK, folder)
    exported(folder)
    path = folder / "datapackage.yaml"
    about = json.loads(path.read_text("utf-8"))
    change({one["name"]: one["sourcebook"]["role"] for one in about["resources"] if "role" in one["sourcebook"]})
    path.write_text(json.dumps(about), encoding="utf-8")
    return [one.message for one in sourcebook.check(folder).findings]


REFUSED: dict[str, tuple[Change, str]] = {
    "a statement as a person": (
        lambda role: role["claims"]["ftm"].update(schema="Person"),
        "the records of claims are statements, and a Person would say them without who says them",
    ),
    "a note that nobody says": (
        lambda role: role["places"]["ftm"].update(schema="Note"),
        "the records of places are no statements, and a Note is one",
    ),
    "what is said as a property of a person": (
        lambda role: role["people"]["ftm"].update(description="description"),
        "a Person has no 'description' that a book may fill",
    ),
    "a link between no two records": (
        lambda role: role["places"]["ftm"].update(schema="UnknownLink"),
        "a UnknownLink links two records, and the records of places do not say which",
    ),
    "a link to what is of another schema": (
        lambda role: role["ties"]["ftm"].update(schema="Employment"),
        "'other' leads to people, of schema Person; the employer of a Employment is a Organization",
    ),
    "a link to what has no schema": (
        lambda role: role["people"].pop("ftm"),
        "'one' leads to people, whose records have no schema",
    ),
    "statements as a text": (
        lambda role: role["events"]["ftm"].update(summary="claims[]"),
        "'claims[]' leads to statements, which no property can say with who says them",
    ),
    "a list of mappings": (
        lambda role: role["people"]["ftm"].update(alias="offices[].office"),
        "'offices[].office' stands in a list of mappings or in a map, where no page looks for a record's alias",
    ),
    "days of which there are several": (
        lambda role: role["claims"]["curation"].update(entered_on="people[]"),
        "a record has several 'people[]', and one entered_on",
    ),
    "a path that is none": (
        lambda role: role["claims"]["curation"].update(entered_by="curation.enterd_by"),
        "no property has the path 'curation.enterd_by'",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_would_say_too_much_is_refused(name: str, tmp_path: Path) -> None:
    change, wanted = REFUSED[name]
    assert wanted in changed(tmp_path / "book", change)


def test_the_descriptor_names_the_schemata_that_there_are() -> None:
    role = sourcebook.book.descriptor_schema()["$defs"]["role"]["properties"]["ftm"]
    assert role["properties"]["schema"]["enum"] == list(SCHEMATA)


# --- the files among the others ---------------------------------------------------------------------------------------


def test_verify_finds_a_changed_line(tmp_path: Path) -> None:
    folder = shutil.copytree(BOOK, tmp_path / "book")
    exported(folder)
    built = sourcebook.build(folder, formats=["prov", "ftm"])
    assert built.release is not None
    assert not sourcebook.verify(folder).differences
    path = built.release / "ftm/claims.ndjson"
    path.write_text(path.read_text("utf-8").replace("denies that", "says that"), encoding="utf-8")
    path = built.release / "prov/claims.ttl"
    path.write_text(path.read_text("utf-8").replace("2026-02-03", "2026-02-04", 1), encoding="utf-8")
    told = {one.file for one in sourcebook.verify(folder).differences}
    assert {"ftm/claims.ndjson", "prov/claims.ttl"} <= told


def test_what_has_changed_is_in_the_next_release_as_in_a_clean_one(tmp_path: Path) -> None:
    folder = shutil.copytree(BOOK, tmp_path / "book")
    exported(folder)
    first = sourcebook.build(folder).release
    changes = {
        "data/origins.yaml": ("A clerk of the harbour office, not named", "A clerk who is not named"),
        "data/corrections.yaml": ("record: bystander", "record: night-boat"),
        "data/people/isil-fener.yaml": ("Isil of the Lamp", "Isil of the Light"),
    }
    for name, (before, after) in changes.items():
        path = folder / name
        assert before in path.read_text("utf-8"), name
        path.write_text(path.read_text("utf-8").replace(before, after), encoding="utf-8")
    patched = sourcebook.build(folder).release
    shutil.rmtree(folder / "build")
    clean = sourcebook.build(folder).release
    assert first != patched
    assert patched == clean  # whose name is that of its content
    assert clean is not None
    assert "A clerk who is not named" in (clean / "ftm/claims.ndjson").read_text("utf-8")
