# SPDX-License-Identifier: Apache-2.0
"""A record goes: not while others need it, not while it answers what stays; with its references, where these may go."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

import sourcebook
from sourcebook.edit.carry_out import write
from sourcebook.edit.model import Refused
from tests.harbour import BOOK as HARBOUR
from tests.rekeyed import PEOPLE, clean, made, of_members, run, there

GONE = '- {collection: people, key: rosa, gone: "Was entered twice: as ole", on: '


def unreferred(folder: Path, layout: str, manner: str = "") -> dict[str, bytes]:
    """A book in which nobody refers to rosa."""
    made(folder, layout, manner)
    (folder / "data/notes.yaml").write_text("- {id: n1, person: ole}\n")
    for path in (folder / "data").rglob("*"):
        if path.is_file() and b"friend" in path.read_bytes():
            text = path.read_bytes().decode()
            for old in ("friend: rosa", "friend: 'rosa'", '"friend": "rosa"'):
                text = text.replace(old, old.replace("rosa", "ole"))
            path.write_bytes(text.encode())
    return there(folder)


@pytest.mark.slow
@pytest.mark.parametrize("manner", ["", "crlf", "bom", "open"])
@pytest.mark.parametrize("layout", PEOPLE)
def test_a_record_that_nobody_needs_goes(tmp_path: Path, layout: str, manner: str) -> None:
    before = unreferred(tmp_path, layout, manner)
    write(sourcebook.delete(tmp_path, "people", "rosa", reason="Was entered\n twice:  as ole"))
    files = there(tmp_path)
    assert files.pop("curation/moved.yaml").decode().splitlines()[-1].startswith(GONE)
    assert clean(tmp_path)
    assert sourcebook.refs(tmp_path, "people", "ole").mentions
    changed = {path for path in before | files if before.get(path) != files.get(path)}
    assert len(changed) == 1  # the file of people, or that of rosa
    assert not any(b"osa" in files[path] for path in changed & files.keys())


@pytest.mark.parametrize("layout", ["file", "list", "map"])
def test_one_that_others_need_does_not(tmp_path: Path, layout: str) -> None:
    before = made(tmp_path, layout)
    result = run(tmp_path, "delete", "people", "rosa", "--reason", "why", "--yes", "--force")
    assert result.exit_code == 1
    assert "people rosa is referred to by 8 references, which would mean none:" in result.stderr
    assert "  data/notes.yaml:6: notes n1, parts.rosa\n" in result.stderr
    assert there(tmp_path) == before


def test_with_cascade_references_go_where_they_may(tmp_path: Path) -> None:
    made(tmp_path, "list")
    notes = tmp_path / "data/notes.yaml"
    notes.write_text(
        notes.read_text().replace("    'rosa': she, and rosa herself\n", "").replace("    # the only one\n", "")
    )
    result = run(tmp_path, "delete", "people", "rosa", "--cascade-null", "--reason", "why", "--yes")
    assert result.exit_code == 0, result.output
    assert "notes n1: others[1] is taken out\n" in result.stdout
    assert clean(tmp_path)
    assert (tmp_path / "data/people.yaml").read_text() == "# people\n\n# and\n- {id: ole, name: Ole}\n"
    assert (
        notes.read_text()
        == """# what is noted
- id: n1
  others: [ole]
  parts:
    ole: he
  rows:
    - said: that rosa is called so
    - {who: ole, said: rosa}
- id: n2
  person: ole
  others: []
- {id: n3, kind: person}
- {id: n4, kind: thing, subject: rosa}
- {id: rosa, kind: thing, subject: rosa}
"""
    )


def test_what_stands_below_a_key_does_not_go_with_it(tmp_path: Path) -> None:
    before = made(tmp_path, "list")
    with pytest.raises(Refused, match="what stands below the key of a map would go with it"):
        sourcebook.delete(tmp_path, "people", "rosa", cascade_null=True)
    assert there(tmp_path) == before


def of_notes(folder: Path, schema: str, notes: str) -> None:
    """A book whose notes refer to people as a schema has it."""
    (folder / "data").mkdir()
    (folder / "schemas").mkdir()
    (folder / "data/people.yaml").write_text("- {id: rosa}\n- {id: ole}\n")
    (folder / "data/notes.yaml").write_text(notes)
    (folder / "schemas/note.schema.json").write_text(schema)
    (folder / "datapackage.yaml").write_text("""name: noted
title: Notes
licenses: [{name: CC0-1.0}]
resources:
  - name: people
    path: build/csv/people.csv
    schema: build/tableschema/people.json
    sourcebook: {records: data/people.yaml, layout: list, key: id}
  - name: notes
    path: build/csv/notes.csv
    schema: build/tableschema/notes.json
    sourcebook:
      records: data/notes.yaml
      schema: schemas/note.schema.json
      layout: list
      key: id
      references: {who: people, "all[]": people}
""")
    assert clean(folder)


@pytest.mark.parametrize(
    ("who", "required", "rest", "after"),
    [
        ('{"type": "string"}', '["id"]', "who: rosa", "- {id: n}\n"),
        ('{"type": ["string", "null"]}', '["id", "who"]', "who: rosa", "- {id: n, who: null}\n"),
        ('{"type": "string"}', '["id"]', "all: [rosa]", "- {id: n}\n"),  # none may be empty
        ('{"type": "string"}', '["id"]', "all: [ole, rosa]", "- {id: n, all: [ole]}\n"),
        ('{"type": "string"}', '["id"]', "all: [rosa, ole, rosa], who: rosa", "- {id: n, all: [ole]}\n"),
    ],
)
def test_null_or_nothing_as_the_schema_has_it(tmp_path: Path, who: str, required: str, rest: str, after: str) -> None:
    schema = f"""{{"type": "object", "required": {required}, "properties": {{"id": {{"type": "string"}}, "who": {who},
      "all": {{"type": "array", "items": {{"type": "string"}}, "minItems": 1}}}}}}"""
    of_notes(tmp_path, schema, f"- {{id: n, {rest}}}\n")
    write(sourcebook.delete(tmp_path, "people", "rosa", cascade_null=True, reason="why"))
    assert (tmp_path / "data/notes.yaml").read_text() == after
    assert clean(tmp_path)


def test_who_cannot_do_without_is_named_and_nothing_is_done(tmp_path: Path) -> None:
    schema = """{"type": "object", "required": ["id", "who", "all"], "properties": {"id": {"type": "string"},
      "who": {"type": "string"}, "all": {"type": "array", "items": {"type": "string"}, "minItems": 1}}}"""
    of_notes(tmp_path, schema, "- {id: n, who: rosa, all: [ole]}\n- {id: m, who: ole, all: [rosa]}\n")
    before = there(tmp_path)
    result = run(tmp_path, "delete", "people", "rosa", "--cascade-null", "--yes", "--force")
    assert result.exit_code == 1
    assert "data/notes.yaml:1: notes n: the property 'who' is missing" in result.stderr
    assert "data/notes.yaml:2: notes m: all: a list of 0; 1 or more are needed" in result.stderr
    assert there(tmp_path) == before


def test_without_a_reason_nothing_is_kept_and_that_is_told(tmp_path: Path) -> None:
    unreferred(tmp_path, "file")
    proposal = sourcebook.delete(tmp_path, "people", "rosa")
    assert proposal.told == ("Without --reason its address will say that nothing was ever there.",)
    write(proposal)
    assert not (tmp_path / "curation").exists()
    assert not (tmp_path / "data/people/rosa.yaml").exists()


def test_what_leads_to_it_needs_a_reason(tmp_path: Path) -> None:
    unreferred(tmp_path, "file")
    (tmp_path / "curation").mkdir()
    (tmp_path / "curation/moved.yaml").write_text("- {collection: people, key: r, to: rosa, on: 2026-01-01}\n")
    with pytest.raises(Refused, match="the keys 'r' lead to 'rosa': --reason says why it went"):
        sourcebook.delete(tmp_path, "people", "rosa")
    write(sourcebook.delete(tmp_path, "people", "rosa", reason="why", on="2026-02-02"))
    assert (tmp_path / "curation/moved.yaml").read_text().splitlines()[1] == (
        "- {collection: people, key: rosa, gone: why, on: 2026-02-02}"
    )
    assert clean(tmp_path)


@pytest.fixture
def harbour(tmp_path: Path) -> Path:
    return Path(shutil.copytree(HARBOUR, tmp_path / "book"))


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        ("oil-denied", "it denies claims oil-forty-barrels, data/claims/quay-gazette.yaml:1"),
        ("night-boat-denied", "it denies claims night-boat"),
        ("ruling-overturned", "it replaces claims ruling-guilty, data/claims/harbour-court.yaml:1"),
        ("oil-twelve-barrels", "it cannot hold together with claims oil-forty-barrels"),
    ],
)
@pytest.mark.parametrize("options", [(), ("--cascade-null",), ("--force",)])
def test_an_answer_does_not_leave_what_it_answers_alone(
    harbour: Path, answer: str, told: str, options: tuple[str, ...]
) -> None:
    before = there(harbour)
    result = run(harbour, "delete", "claims", answer, "--reason", "why", "--yes", *options)
    assert result.exit_code == 1
    assert f"claims {answer} answers what would then stand without its answer:\n" in result.stderr
    assert told in result.stderr
    assert there(harbour) == before


def test_who_says_an_answer_does_not_go_either(harbour: Path) -> None:
    before = there(harbour)
    result = run(harbour, "delete", "origins", "harbour-court", "--cascade-null", "--reason", "why", "--yes", "--force")
    assert result.exit_code == 1
    assert "claims ruling-guilty: the property 'origin' is missing" in result.stderr
    assert there(harbour) == before


def test_an_accusation_goes_first_and_then_its_answer(harbour: Path) -> None:
    text = run(harbour, "delete", "claims", "ruling-guilty", "--dry-run").stderr
    assert "claims ruling-overturned, supersedes[0]: replaces it" in text
    proposal = sourcebook.delete(harbour, "claims", "ruling-guilty", cascade_null=True, reason="why")
    assert proposal.told == ("claims ruling-overturned: supersedes[0], which says that it replaces it, is taken out",)
    write(proposal)
    assert clean(harbour)
    with pytest.raises(Refused, match="claims ruling-overturned is referred to by 3 references"):
        sourcebook.delete(harbour, "claims", "ruling-overturned", reason="why")


def test_no_statement_is_left_without_who_says_it_whatever_its_schema_asks(harbour: Path) -> None:
    schema = harbour / "schemas/claim.schema.json"
    schema.write_text(re.sub(r'"origin",\s*|,\s*"origin"(?=\s*[,\]])', "", schema.read_text(), count=1))
    assert clean(harbour)
    with pytest.raises(Refused, match="claims ruling-guilty: it would be a statement without who says it"):
        sourcebook.delete(harbour, "origins", "harbour-court", cascade_null=True, reason="why")


def test_a_link_in_the_way_is_not_followed(tmp_path: Path) -> None:
    unreferred(tmp_path / "book", "file")
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "book/curation").symlink_to(tmp_path / "elsewhere")
    result = run(tmp_path / "book", "delete", "people", "rosa", "--reason", "why", "--dry-run")
    assert result.exit_code != 0
    assert list((tmp_path / "elsewhere").iterdir()) == []


def test_a_record_whose_key_names_it_is_to_go_first(tmp_path: Path) -> None:
    of_members(tmp_path)
    with pytest.raises(Refused, match="offices ole: it is the key of that record: delete that first"):
        sourcebook.delete(tmp_path, "people", "ole", cascade_null=True)


def test_a_record_that_lies_in_another_goes_from_there_and_not_with_it(book: Callable[[str], Path]) -> None:
    folder = book("lists-within")
    shop = folder / "data/shop.yaml"
    with pytest.raises(Refused, match="shelves top holds other records, which would go with it: goods cup, goods jar"):
        sourcebook.delete(folder, "shelves", "top", reason="why")
    write(sourcebook.delete(folder, "goods", "jar", reason="why"))
    assert "jar" not in shop.read_text()
    assert "- {id: cup, price: 3}" in shop.read_text()
    with pytest.raises(Refused, match="shelves bottom holds other records"):
        sourcebook.merge(folder, "shelves", "top", "bottom", prefer="keep")
