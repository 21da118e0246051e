# SPDX-License-Identifier: Apache-2.0
"""Two records that are the same become one: nothing of either is lost, and nobody is led to what is gone."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

import sourcebook
from sourcebook.edit.carry_out import judged, write
from sourcebook.edit.model import Refused
from sourcebook.errors import UsageError
from sourcebook.rekey import Differ
from tests.harbour import BOOK as HARBOUR
from tests.rekeyed import PEOPLE, clean, made, of_members, run, there

WITH_PARTS_OF_BOTH = "    'rosa': she, and rosa herself\n"


def mergeable(folder: Path, layout: str, manner: str = "") -> None:
    """A book in which no map has both people as keys."""
    made(folder, layout, manner)
    notes = folder / "data/notes.yaml"
    end = "\r\n" if "crlf" in manner else "\n"
    data = notes.read_bytes().decode().replace(WITH_PARTS_OF_BOTH.replace("\n", end), "")
    notes.write_bytes(data.encode())


@pytest.mark.slow
@pytest.mark.parametrize("manner", ["", "crlf", "bom", "open"])
@pytest.mark.parametrize("layout", PEOPLE)
def test_all_that_led_to_either_leads_to_one(tmp_path: Path, layout: str, manner: str) -> None:
    mergeable(tmp_path, layout, manner)
    proposal = sourcebook.merge(tmp_path, "people", "ole", "rosa", prefer="keep", on="2026-02-02")
    assert judged(proposal) == ()
    write(proposal)
    assert clean(tmp_path)
    assert (tmp_path / "curation/moved.yaml").read_text().splitlines()[-1] == (
        "- {collection: people, key: rosa, to: ole, on: 2026-02-02}"
    )
    found = {(one.key, one.where) for one in sourcebook.refs(tmp_path, "people", "ole").mentions}
    assert found == {
        *(("n1", "person"), ("n1", "others[0]"), ("n1", "parts.ole"), ("n1", "rows[0].who"), ("n1", "rows[1].who")),
        *(("n2", "person"), ("n2", "others[0]"), ("n3", "person"), ("n3", "subject")),
    }
    with pytest.raises(UsageError, match="it has the key 'ole' since 2026-02-02"):
        sourcebook.refs(tmp_path, "people", "rosa")
    notes = (tmp_path / "data/notes.yaml").read_bytes().decode("utf-8-sig")
    assert "person: ole  # first of all" in notes
    assert "{id: n4, kind: thing, subject: rosa}" in notes  # another rosa


PEOPLE_LIST = """# who is who
- id: rosa
  name: Rosa Testdiaz   # as she writes it
  born: 1901
  also: [R. Testdiaz, 'Rosa D.']
  home: {town: Northquay, street: Lane 1}
  friend: ole
- id: ole
  name: Ole
- id: r-diaz
  name: "R. Testdiaz"
  also:
    - 'Rosa D.'
    - Rosa of the Ferry
  home:
    town: Southquay
    house: "7"
  died: 1980
  tags: []
- {id: lee, friend: r-diaz}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "data").mkdir()
    (tmp_path / "data/people.yaml").write_text(PEOPLE_LIST)
    (tmp_path / "data/trips.yaml").write_text("- {id: t1, all: [rosa, ole, r-diaz]}\n- {id: t2, all: [r-diaz]}\n")
    (tmp_path / "datapackage.yaml").write_text("""name: kept
title: Kept
licenses: [{name: CC0-1.0}]
resources:
  - name: people
    path: build/csv/people.csv
    schema: build/tableschema/people.json
    sourcebook:
      {records: data/people.yaml, layout: list, key: id, label: name, references: {friend: people}, aliases: ["also[]"]}
  - name: trips
    path: build/csv/trips.csv
    schema: build/tableschema/trips.json
    sourcebook: {records: data/trips.yaml, layout: list, key: id, references: {"all[]": people}}
""")
    assert clean(tmp_path)
    return tmp_path


def test_what_only_one_has_stays_lists_are_joined_and_what_differs_is_given(folder: Path) -> None:
    take = {"name": "keep", "home.town": "drop"}
    proposal = sourcebook.merge(folder, "people", "rosa", "r-diaz", take=take)
    assert proposal.what == "merge people r-diaz into rosa: 3 references of it lead there"
    assert proposal.told == (
        'name: "Rosa Testdiaz" stays, "R. Testdiaz" is left out',
        'home.town: "Southquay" stays, "Northquay" is left out',
        "trips t1: all named both, and names one now",
        "If readers look for 'R. Testdiaz' too, it belongs in also[]",
    )
    write(proposal)
    assert (
        (folder / "data/people.yaml").read_text()
        == """# who is who
- id: rosa
  name: Rosa Testdiaz   # as she writes it
  born: 1901
  also: [R. Testdiaz, 'Rosa D.', Rosa of the Ferry]
  home: {town: Southquay, street: Lane 1, house: '7'}
  friend: ole
  died: 1980
  tags: []
- id: ole
  name: Ole
- {id: lee, friend: rosa}
"""
    )
    assert (folder / "data/trips.yaml").read_text() == "- {id: t1, all: [rosa, ole]}\n- {id: t2, all: [rosa]}\n"
    assert clean(folder)


def test_where_nobody_says_the_fields_are_told(folder: Path) -> None:
    before = there(folder)
    with pytest.raises(Differ) as differ:
        sourcebook.merge(folder, "people", "rosa", "r-diaz", take={"name": "drop"})
    assert [(one.path, one.keep, one.drop) for one in differ.value.fields] == [("home.town", "Northquay", "Southquay")]
    result = run(folder, "merge", "people", "rosa", "r-diaz", "--yes", "--force")
    assert result.exit_code == 1
    assert '  name: keep has "Rosa Testdiaz", drop has "R. Testdiaz"\n' in result.stderr
    assert there(folder) == before


@pytest.mark.parametrize(
    ("choices", "name", "town"),
    [
        (["--prefer", "keep"], "Rosa Testdiaz", "Northquay"),
        (["--prefer", "drop"], "R. Testdiaz", "Southquay"),
        (["--prefer", "drop", "--take", "name=keep"], "Rosa Testdiaz", "Southquay"),
        (["--take", "name=Rosa", "--take", "home.town=West Quay"], "Rosa", "West Quay"),
        (["--take", 'name="keep"', "--take", "home.town=a=b"], "keep", "a=b"),
        (["--take", "home=drop", "--take", "name=drop"], "R. Testdiaz", "Southquay"),
    ],
)
def test_choices(folder: Path, choices: list[str], name: str, town: str) -> None:
    result = run(folder, "merge", "people", "rosa", "r-diaz", *choices, "--yes")
    assert result.exit_code == 0, result.output
    opened = sourcebook.open(folder)
    value = opened["people"]["rosa"].value
    assert (value["name"], value["home"]["town"]) == (name, town)
    assert ("street" in value["home"]) is ("home=drop" not in choices)


@pytest.mark.parametrize(
    ("options", "code", "told"),
    [
        (("--take", "name"), 2, "--take is PATH=keep, PATH=drop or PATH=VALUE, and not 'name'"),
        (("--take", "nam=keep", "--prefer", "keep"), 2, "neither record has 'nam': did you mean 'name'?"),
        (("--take", "id=drop", "--prefer", "keep"), 2, "neither record has 'id'"),
        (("--take", "name=[a", "--prefer", "keep"), 2, "--take name=[a: "),
        (("--prefer", "both"), 2, "'both' is not one of 'keep', 'drop'"),
    ],
)
def test_choices_that_mean_nothing(folder: Path, options: tuple[str, ...], code: int, told: str) -> None:
    before = there(folder)
    result = run(folder, "merge", "people", "rosa", "r-diaz", *options, "--yes")
    assert result.exit_code == code
    assert told in result.stderr
    assert there(folder) == before


@pytest.mark.parametrize(
    ("keep", "drop", "told"),
    [
        ("rosa", "rosa", "people rosa is one record already"),
        ("rosa", "r-dias", "people has no record 'r-dias': did you mean 'r-diaz'?"),
        ("rosaa", "r-diaz", "people has no record 'rosaa': did you mean 'rosa'?"),
    ],
)
def test_records_that_are_not_two(folder: Path, keep: str, drop: str, told: str) -> None:
    result = run(folder, "merge", "people", keep, drop, "--prefer", "keep", "--yes")
    assert result.exit_code == 2
    assert told in result.stderr


def test_references_between_the_two_go(folder: Path) -> None:
    people = folder / "data/people.yaml"
    people.write_text(
        PEOPLE_LIST.replace("friend: ole", "friend: r-diaz").replace("  died: 1980\n", "  friend: rosa\n")
    )
    write(sourcebook.merge(folder, "people", "rosa", "r-diaz", prefer="keep"))
    assert "friend: r" not in people.read_text().replace("{id: lee, friend: rosa}", "")
    assert clean(folder)


def test_where_it_led_to_itself_or_to_the_other_by_a_friend(folder: Path) -> None:
    people = folder / "data/people.yaml"
    people.write_text(PEOPLE_LIST.replace("  died: 1980\n", "  friend: lee\n"))
    with pytest.raises(Differ) as differ:
        sourcebook.merge(folder, "people", "rosa", "r-diaz", take={"name": "keep", "home.town": "keep"})
    assert [one.path for one in differ.value.fields] == ["friend"]
    write(sourcebook.merge(folder, "people", "rosa", "r-diaz", prefer="drop"))
    assert "  friend: lee\n" in people.read_text()
    assert clean(folder)


def test_keys_of_a_map_that_both_are(tmp_path: Path) -> None:
    before = made(tmp_path, "list")
    with pytest.raises(Refused, match=r"data/notes\.yaml:6: the map that has 'rosa' as a key has 'ole' too"):
        sourcebook.merge(tmp_path, "people", "ole", "rosa", prefer="keep")
    assert there(tmp_path) == before


def test_what_was_judged_different_is_not_merged(folder: Path) -> None:
    (folder / "curation").mkdir()
    pairs = folder / "curation/different.yaml"
    pairs.write_text("- {collection: people, keys: [r-diaz, rosa], on: 2026-01-01, why: another town}\n")
    with pytest.raises(Refused, match="rosa and r-diaz were judged different on 2026-01-01: another town"):
        sourcebook.merge(folder, "people", "rosa", "r-diaz", prefer="keep")
    pairs.write_text(
        "- {collection: people, keys: [r-diaz, ole], on: 2026-01-01, why: no}\n"
        "- {collection: people, keys: [lee, r-diaz], on: 2026-01-01, why: no}\n"
        "- {collection: people, keys: [lee, rosa], on: 2026-01-02, why: no}\n"
    )
    write(sourcebook.merge(folder, "people", "rosa", "r-diaz", prefer="keep"))
    assert pairs.read_text() == (
        "- {collection: people, keys: [rosa, ole], on: 2026-01-01, why: no}\n"
        "- {collection: people, keys: [lee, rosa], on: 2026-01-02, why: no}\n"
    )


def test_it_asks_on_a_terminal(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from sourcebook.cli import editing
    from sourcebook.cli import merge as command

    monkeypatch.setattr(editing, "can_ask", lambda: True)
    monkeypatch.setattr(command, "can_ask", lambda: True)
    result = run(folder, "merge", "people", "rosa", "r-diaz", say="drop\nEast Quay\ny\n")
    assert result.exit_code == 0, result.output
    assert (
        'name:\n  keep: "Rosa Testdiaz"\n  drop: "R. Testdiaz"\nkeep, drop, or another value [keep]: ' in result.stdout
    )
    text = (folder / "data/people.yaml").read_text()
    assert (
        '  name: "R. Testdiaz"   # as she writes it\n' in text or "  name: R. Testdiaz   # as she writes it\n" in text
    )
    assert "town: East Quay" in text


def test_a_text_below_the_front_matter_is_a_field_too(tmp_path: Path) -> None:
    mergeable(tmp_path, "front-matter")
    with pytest.raises(Differ) as differ:
        sourcebook.merge(tmp_path, "people", "ole", "rosa", take={"name": "keep"})
    assert [one.path for one in differ.value.fields] == ["text"]
    write(sourcebook.merge(tmp_path, "people", "ole", "rosa", take={"name": "keep", "text": "drop"}))
    assert "She is rosa." in (tmp_path / "data/people/ole.md").read_text()
    assert not (tmp_path / "data/people/rosa.md").exists()


def test_what_the_schema_does_not_have_is_refused_in_words(tmp_path: Path) -> None:
    mergeable(tmp_path, "list")
    before = there(tmp_path)
    with pytest.raises(
        Refused, match=r"the two made one would not fit the schema of people:\n  name: text is expected"
    ):
        sourcebook.merge(tmp_path, "people", "ole", "rosa", take={"name": "7"})
    assert there(tmp_path) == before


@pytest.fixture
def harbour(tmp_path: Path) -> Path:
    return Path(shutil.copytree(HARBOUR, tmp_path / "book"))


@pytest.mark.parametrize(
    ("keep", "drop", "told"),
    [
        (
            "oil-forty-barrels",
            "oil-denied",
            "claims oil-denied denies oil-forty-barrels: one is the answer to the other",
        ),
        ("oil-denied", "oil-forty-barrels", "claims oil-denied denies oil-forty-barrels"),
        ("ruling-guilty", "ruling-overturned", "claims ruling-overturned replaces ruling-guilty"),
    ],
)
def test_an_accusation_and_its_denial_are_never_one(harbour: Path, keep: str, drop: str, told: str) -> None:
    before = there(harbour)
    result = run(harbour, "merge", "claims", keep, drop, "--prefer", "keep", "--yes", "--force")
    assert result.exit_code == 1
    assert told in result.stderr
    assert there(harbour) == before


def test_answers_of_both_stay_with_the_one(harbour: Path) -> None:
    """A denial that was entered twice: what each denies, the one that is left denies."""
    claims = harbour / "data/claims/other-tongues.yaml"
    text = claims.read_text("utf-8").replace("denies: [night-boat]", "denies: [night-boat, lamp-unlit]")
    claims.write_text(text, "utf-8")
    assert clean(harbour)
    write(sourcebook.merge(harbour, "claims", "oil-denied", "night-boat-denied", prefer="keep"))
    opened = sourcebook.open(harbour)
    assert opened["claims"]["oil-denied"].value["denies"] == ["oil-forty-barrels", "night-boat", "lamp-unlit"]
    assert clean(harbour)


def test_it_shows_what_it_would_do_and_writes_nothing(folder: Path) -> None:
    before = there(folder)
    result = run(folder, "merge", "people", "rosa", "r-diaz", "--prefer", "keep", "--dry-run")
    assert result.exit_code == 0
    assert "-- {id: lee, friend: r-diaz}\n+- {id: lee, friend: rosa}\n" in result.stdout
    assert there(folder) == before


def test_a_record_whose_key_names_what_goes_is_told_first(tmp_path: Path) -> None:
    of_members(tmp_path)
    with pytest.raises(Refused, match=r"is the key of offices ole: `sourcebook merge offices rosa ole` first"):
        sourcebook.merge(tmp_path, "people", "rosa", "ole")
    write(sourcebook.merge(tmp_path, "offices", "rosa", "ole"))
    with pytest.raises(Refused, match=r"data/terms\.yaml:3: the reference is the key of terms ole-1901"):
        sourcebook.merge(tmp_path, "people", "rosa", "ole")


def test_rows_that_name_both_are_told(tmp_path: Path) -> None:
    mergeable(tmp_path, "list")
    proposal = sourcebook.merge(tmp_path, "people", "ole", "rosa", prefer="keep")
    assert "notes n1: rows has it twice now: look at it" in proposal.told
    assert "notes n1: others named both, and names one now" in proposal.told
    assert len(proposal.told) == 3  # and which name stays


def test_a_number_and_a_text_are_two_keys(book: Callable[[str], Path]) -> None:
    folder = book("typed")
    proposal = sourcebook.merge(folder, "peaks", 7, "seven", prefer="keep")
    assert judged(proposal) == ()
    write(sourcebook.rename(folder, "peaks", "seven", "8"))
    assert sourcebook.check(folder).findings == ()
