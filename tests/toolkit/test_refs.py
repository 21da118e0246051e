# SPDX-License-Identifier: Apache-2.0
"""Who refers to a record: in every layout, in every form, with what it says; and what names it besides."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import sourcebook
from sourcebook.errors import UsageError
from tests.harbour import BOOK as HARBOUR
from tests.rekeyed import PEOPLE, made, run

WHERE = ["person", "others[1]", "parts.rosa", "rows[0].who", "others[0]", "person", "subject"]


@pytest.mark.parametrize("manner", ["", "crlf bom open"])
@pytest.mark.parametrize("layout", PEOPLE)
def test_every_form_is_found_at_its_line(tmp_path: Path, layout: str, manner: str) -> None:
    files = made(tmp_path, layout, manner)
    referred = sourcebook.refs(tmp_path, "people", "rosa")
    noted = [one for one in referred.mentions if one.collection == "notes"]
    assert sorted(one.where for one in noted) == sorted(WHERE)
    others = [one for one in referred.mentions if one.collection == "people"]
    assert [one.where for one in others] in ([], ["friend"])
    for one in referred.mentions:
        line = files[one.path].decode("utf-8-sig").splitlines()[one.line - 1]
        assert line[one.column - 1 :].lstrip("\"'").startswith("rosa")
        assert one.dangles
        assert one.written == "rosa"
        assert one.at_key is (one.where == "parts.rosa")


def test_as_text(tmp_path: Path) -> None:
    made(tmp_path, "list")
    result = run(tmp_path, "refs", "people", "rosa")
    assert result.exit_code == 0
    lines = result.stdout.splitlines()
    assert lines[0] == "data/people.yaml:2: people rosa (Rosa)"
    assert lines[1] == "8 references in 2 files; without the record they would mean none:"
    assert lines[2] == "data/people.yaml:6:32: people ole (Ole), friend"
    assert "data/notes.yaml:6:5: notes n1, parts.rosa" in lines
    assert len(lines) == 10
    assert run(tmp_path, "refs", "notes", "n1").stdout.splitlines()[1:] == ["Nothing refers to it."]


def test_as_data(tmp_path: Path) -> None:
    made(tmp_path, "list")
    data = json.loads(run(tmp_path, "refs", "people", "rosa", "--format", "json").stdout)
    assert (data["collection"], data["key"], data["label"], data["path"], data["line"]) == (
        *("people", "rosa", "Rosa"),
        *("data/people.yaml", 2),
    )
    assert data["mentions"][1] == {
        "path": "data/notes.yaml",
        "line": 3,
        "column": 11,
        "collection": "notes",
        "key": "n1",
        "label": "",
        "where": "person",
        "pointer": "/person",
        "written": "rosa",
        "at_key": False,
        "part": "",
        "words": "",
        "otherwise": "",
        "dangles": True,
    }


def test_what_a_reference_says_of_a_statement() -> None:
    denied = sourcebook.refs(HARBOUR, "claims", "oil-forty-barrels")
    said = {(one.collection, one.key, one.part, one.words) for one in denied.mentions}
    assert ("claims", "oil-denied", "denies", "denies it") in said
    assert ("claims", "oil-twelve-barrels", "contradicts", "cannot hold together with it") in said
    assert ("events", "night-of-the-barrels", "rests on", "rests on it") in said
    (speaker,) = {one.part for one in sourcebook.refs(HARBOUR, "origins", "harbour-court").mentions}
    assert speaker == "by"
    text = run(HARBOUR, "refs", "claims", "oil-forty-barrels").stdout
    assert "data/claims/quay-gazette.yaml:24:12: claims oil-denied, denies[0]: denies it\n" in text
    assert "1 × denies it" in text


def test_a_log_of_corrections_is_named_besides() -> None:
    (named,) = sourcebook.refs(HARBOUR, "claims", "oil-forty-barrels").named
    assert str(named) == "data/corrections.yaml:4: corrections correction-0001 is about a correction of it"


def test_a_key_elsewhere_is_no_mention() -> None:
    """A speaker has the key of a person, and claims name the speaker: none of that is about the person."""
    assert sourcebook.refs(HARBOUR, "people", "isil-fener").named == ()


def test_what_it_would_mean_without_the_record(tmp_path: Path) -> None:
    made(tmp_path, "list")
    descriptor = tmp_path / "datapackage.yaml"
    descriptor.write_text(descriptor.read_text().replace("person: people\n", "person: [people.name, notes]\n"))
    notes = tmp_path / "data/notes.yaml"
    text = notes.read_text().replace("person: rosa", "person: Rosa").replace("person: 'rosa'", "person: Rosa")
    notes.write_text(text.replace("person: ole", "person: Ole").replace("{id: rosa, kind", "{id: Rosa, kind"))
    found = [one for one in sourcebook.refs(tmp_path, "people", "rosa").mentions if one.where == "person"]
    assert [(one.key, one.otherwise, one.dangles) for one in found] == [
        ("n1", "notes Rosa", False),
        ("n3", "notes Rosa", False),
    ]
    assert "; without it, this would mean notes Rosa" in str(found[0])
    assert (
        "without the record 6 of them would mean none, and 2 another:" in run(tmp_path, "refs", "people", "rosa").stdout
    )


@pytest.mark.parametrize(
    ("collection", "key", "told"),
    [
        ("peeple", "rosa", "there is no collection 'peeple': did you mean 'people'?"),
        ("people", "rosaa", "people has no record 'rosaa': did you mean 'rosa'?"),
        ("people", "os", "people has no record 'os': keys that have it in them are rosa"),
        ("people", "", "KEY names nothing"),
        ("people", "nobody-at-all", "people has no record 'nobody-at-all'"),
    ],
)
def test_what_is_not_there(tmp_path: Path, collection: str, key: str, told: str) -> None:
    made(tmp_path, "list")
    result = run(tmp_path, "refs", collection, key)
    assert (result.exit_code, result.stdout) == (2, "")
    assert told in result.stderr


def test_of_a_key_that_was_given_up_it_says_what_became_of_it(tmp_path: Path) -> None:
    made(tmp_path, "list")
    (tmp_path / "curation").mkdir()
    (tmp_path / "curation/moved.yaml").write_text(
        "- {collection: people, key: r, to: rosa, on: 2026-01-01}\n"
        "- {collection: people, key: s, gone: entered twice, on: 2026-01-01}\n"
    )
    with pytest.raises(UsageError, match="people has no record 'r': it has the key 'rosa' since 2026-01-01"):
        sourcebook.refs(tmp_path, "people", "r")
    with pytest.raises(UsageError, match=r"people has no record 's': it is gone \(entered twice\) since 2026-01-01"):
        sourcebook.refs(tmp_path, "people", "s")
    (named,) = sourcebook.refs(tmp_path, "people", "rosa").named
    assert str(named) == "curation/moved.yaml:1: r leads to it since 2026-01-01"


def test_a_book_whose_tables_cannot_be_planned(tmp_path: Path) -> None:
    made(tmp_path, "list")
    (tmp_path / "schemas/note.schema.json").write_text("{")
    result = run(tmp_path, "refs", "people", "rosa")
    assert result.exit_code == 2
    assert "the descriptor or a schema has errors" in result.stderr


def test_a_record_that_is_wrong_is_found_all_the_same(tmp_path: Path) -> None:
    """What else is wrong in a book keeps nobody from asking."""
    made(tmp_path, "list")
    notes = tmp_path / "data/notes.yaml"
    notes.write_text(
        notes.read_text() + "- {id: n9, person: rosa, others: 7, what: ever}\n- {id: n8, person: nobody}\n"
    )
    assert ("n9", "person") in {(one.key, one.where) for one in sourcebook.refs(tmp_path, "people", "rosa").mentions}


def test_controls_in_labels_do_no_harm(tmp_path: Path) -> None:
    made(tmp_path, "list")
    people = tmp_path / "data/people.yaml"
    people.write_text(people.read_text().replace("name: Ole", 'name: "O\\e[31mle\\n::error::"'))
    assert "\x1b" not in run(tmp_path, "refs", "people", "rosa").stdout
    assert "O\\x1b[31mle ::error::" in run(tmp_path, "refs", "people", "rosa").stdout
