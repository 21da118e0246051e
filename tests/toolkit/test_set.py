# SPDX-License-Identifier: Apache-2.0
"""``sourcebook set``: a value in many records, one changed line for each; other types, other names, taken away."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import sourcebook
from sourcebook.edit.model import Refused
from sourcebook.edit.selecting import Condition, selection, steps_of
from sourcebook.edit.typed import as_wanted, scalar
from sourcebook.errors import UsageError
from tests.toolkit.amended import book, changed_lines, read, run, write

SCHEMA: dict[str, Any] = {
    "type": "object",
    "required": ["name"],
    "properties": {
        "id": {"type": "string"},
        "name": {"type": "string"},
        "rigging": {"enum": ["sloop", "ketch", "yawl"]},
        "built": {"type": ["string", "integer"]},
        "masts": {"type": "integer"},
        "tags": {"type": "array", "items": {"type": "string"}},
        "berth": {"type": "object", "properties": {"quay": {"type": "string"}, "number": {"type": "integer"}}},
    },
    "additionalProperties": False,
}

GULL = """\
# The smallest of them.
id: gull
name: Gull  # as painted
rigging: 'sloop'

built: 1931
tags: [white, fast]
berth:
  quay: north
"""
HERON = """\
id: heron
name: Heron
rigging: ketch
built: "1940"
tags:
  - grey   # in fog
  - slow
"""


@pytest.fixture
def fleet(tmp_path: Path) -> Path:
    files = {"data/boats/gull.yaml": GULL, "data/boats/heron.yaml": HERON}
    return book(tmp_path, {"boats": {"schema": SCHEMA, "key": "id"}}, files)


def after(fleet: Path, *arguments: str, path: str = "data/boats/gull.yaml") -> list[tuple[str, str]]:
    before = read(fleet, path)
    told = run(fleet, "set", *arguments, "--yes")
    assert told.exit_code == 0, told.output
    return changed_lines(before, read(fleet, path))


# --- a value --------------------------------------------------------------------------------------------------------


def test_one_value_is_one_line_with_its_quotes_and_comments(fleet: Path) -> None:
    assert after(fleet, "boats[gull].rigging", "yawl") == [("rigging: 'sloop'\n", "rigging: 'yawl'\n")]
    assert after(fleet, "boats[gull].name", "Tern") == [("name: Gull  # as painted\n", "name: Tern  # as painted\n")]


def test_records_are_chosen_by_their_values(fleet: Path) -> None:
    assert after(fleet, "boats[rigging=ketch].rigging", "yawl") == []
    assert "rigging: yawl" in read(fleet, "data/boats/heron.yaml")


def test_an_item_of_a_list_wherever_it_stands(fleet: Path) -> None:
    told = run(fleet, "set", "boats[tags[]=slow].tags[1]", "patient", "--yes")
    assert told.exit_code == 0, told.output
    assert read(fleet, "data/boats/heron.yaml") == HERON.replace("- slow", "- patient")


def test_where_the_schema_wants_text_a_number_is_text(fleet: Path) -> None:
    assert after(fleet, "boats[gull].berth.quay", "12") == [("  quay: north\n", "  quay: '12'\n")]


def test_a_property_that_is_not_there_is_added_where_the_schema_has_it(fleet: Path) -> None:
    told = run(fleet, "set", "boats.masts", "2", "--add", "--yes")
    assert told.exit_code == 0, told.output
    assert "set boats.masts to 2: 2 values in 2 files" in told.output
    assert "built: 1931\nmasts: 2\ntags:" in read(fleet, "data/boats/gull.yaml")
    again = run(fleet, "set", "boats.masts", "3", "--add", "--yes")
    assert (again.exit_code, "nothing to change" in again.output) == (0, True)


def test_what_would_be_a_finding_is_not_written(fleet: Path) -> None:
    told = run(fleet, "set", "boats.rigging", "slop", "--yes")
    assert told.exit_code == 1
    assert '"slop" is not one of "sloop", "ketch", "yawl"' in told.output
    assert read(fleet, "data/boats/gull.yaml") == GULL
    assert run(fleet, "set", "boats.rigging", "slop", "--yes", "--force").exit_code == 0
    assert "rigging: 'slop'" in read(fleet, "data/boats/gull.yaml")


def test_nothing_is_written_where_nobody_can_be_asked(fleet: Path) -> None:
    assert run(fleet, "set", "boats.rigging", "yawl").exit_code == 2
    assert run(fleet, "set", "boats.rigging", "yawl", "--dry-run").exit_code == 0
    assert read(fleet, "data/boats/gull.yaml") == GULL


def test_the_key_is_for_rename(fleet: Path) -> None:
    told = run(fleet, "set", "boats[gull].id", "tern", "--yes")
    assert told.exit_code == 1
    assert "`sourcebook rename boats OLD NEW` changes both" in told.output


# --- another type ---------------------------------------------------------------------------------------------------


def test_values_become_integers_where_nothing_is_lost(fleet: Path) -> None:
    write(fleet, "data/boats/tern.yaml", 'id: tern\nname: Tern\nbuilt: "0193"\n')
    write(fleet, "data/boats/skua.yaml", "id: skua\nname: Skua\nbuilt: about 1900\n")
    told = run(fleet, "set", "boats.built", "--as", "integer", "--yes")
    assert told.exit_code == 0, told.output
    assert "make boats.built an integer: 1 value in 1 file" in told.output
    assert "built: 1940\n" in read(fleet, "data/boats/heron.yaml")
    assert 'not changed: data/boats/tern.yaml:3: "0193" is not written as an integer is: zeros' in told.output
    assert 'not changed: data/boats/skua.yaml:3: "about 1900" is not written as an integer is' in told.output


def test_numbers_become_the_texts_that_they_are_written_as(fleet: Path) -> None:
    write(fleet, "data/boats/tern.yaml", "id: tern\nname: Tern\nbuilt: 0193\n")
    told = run(fleet, "set", "boats.built", "--as", "string", "--yes")
    assert told.exit_code == 0, told.output
    assert read(fleet, "data/boats/tern.yaml").endswith('built: "0193"\n')
    assert "built: '1931'\n" in read(fleet, "data/boats/gull.yaml")


@pytest.mark.parametrize(
    ("kind", "value", "wanted"),
    [
        ("integer", "7", 7), ("integer", 7.0, 7), ("integer", "7.0", None), ("integer", True, None),
        ("number", "1.5", 1.5), ("number", "1.50", None), ("number", "007", None), ("number", "-0", None),
        ("boolean", "yes", True), ("boolean", "OFF", False), ("boolean", "1", None), ("boolean", 1, None),
        ("date", "31 May 1901", "1901-05-31"), ("date", "31/5/1901", "1901-05-31"), ("date", "3/4/1901", None),
        ("date", 19010531, "1901-05-31"), ("date", "1901-05", None), ("date", "1901-05-31", "1901-05-31"),
        ("string", ["a"], None),
    ],
)  # fmt: skip
def test_each_type(kind: str, value: Any, wanted: Any) -> None:
    from sourcebook.amend.retyped import CannotBe, retyped

    if wanted is None:
        with pytest.raises(CannotBe):
            retyped(value, kind)
    else:
        assert retyped(value, kind) == wanted
        assert type(retyped(value, kind)) is type(wanted)


# --- another name, and away -----------------------------------------------------------------------------------------


def test_a_property_is_renamed_at_its_place_once_the_schema_has_it_so(fleet: Path) -> None:
    refused = run(fleet, "set", "boats.rigging", "--rename", "rig", "--yes")
    assert (refused.exit_code, "the property 'rig' is unknown here" in refused.output) == (1, True)
    properties = {("rig" if name == "rigging" else name): one for name, one in SCHEMA["properties"].items()}
    book(fleet, {"boats": {"schema": {**SCHEMA, "properties": properties}, "key": "id"}}, {})
    assert after(fleet, "boats.rigging", "--rename", "rig") == [("rigging: 'sloop'\n", "rig: 'sloop'\n")]
    assert sourcebook.check(fleet).ok


def test_a_property_is_not_renamed_onto_another(fleet: Path) -> None:
    told = run(fleet, "set", "boats.rigging", "--rename", "name", "--yes")
    assert (told.exit_code, "nothing to be changed" in told.output) == (0, True)
    assert "not changed: data/boats/gull.yaml:3: there is 'name' already" in told.output


def test_a_property_is_taken_away(fleet: Path) -> None:
    assert run(fleet, "set", "boats[gull].berth", "--remove", "--yes").exit_code == 0
    assert read(fleet, "data/boats/gull.yaml") == GULL.replace("berth:\n  quay: north\n", "")


# --- every layout ---------------------------------------------------------------------------------------------------

LAYOUTS: dict[str, tuple[dict[str, Any], str, str, str]] = {
    "list": (
        {"records": "data/boats.yaml", "layout": "list", "key": "id"},
        "data/boats.yaml",
        "- id: gull\n  masts: 1 # one\n- {id: heron, masts: 2}\n",
        "- id: gull\n  masts: 3 # one\n- {id: heron, masts: 3}\n",
    ),
    "map": (
        {"records": "data/boats.yaml", "layout": "map"},
        "data/boats.yaml",
        "gull:\n    masts: 1\nheron: {masts: 2}",
        "gull:\n    masts: 3\nheron: {masts: 3}",
    ),
    "documents": (
        {"records": "data/boats.yaml", "layout": "documents", "key": "id"},
        "data/boats.yaml",
        "id: gull\r\nmasts: 1\r\n---\r\nid: heron\r\nmasts: 2\r\n",
        "id: gull\r\nmasts: 3\r\n---\r\nid: heron\r\nmasts: 3\r\n",
    ),
    "front-matter": (
        {"records": "data/boats/*.md", "layout": "front-matter"},
        "data/boats/gull.md",
        "---\nname: Gull\nmasts: 1\n---\nmasts: 1  \nstays.",
        "---\nname: Gull\nmasts: 3\n---\nmasts: 1  \nstays.",
    ),
    "json": (
        {"records": "data/boats.json", "layout": "list", "key": "id"},
        "data/boats.json",
        '[ {"id": "gull",\t"masts":1}, {"id": "heron", "masts" : 2} ]',
        '[ {"id": "gull",\t"masts":3}, {"id": "heron", "masts" : 3} ]',
    ),
    "json lines": (
        {"records": "data/boats.jsonl", "layout": "documents", "key": "id"},
        "data/boats.jsonl",
        '{"id": "gull", "masts": 1}\n{"id": "heron", "masts": 2}\n',
        '{"id": "gull", "masts": 3}\n{"id": "heron", "masts": 3}\n',
    ),
    "mark and no last line break": (
        {"key": "id"},
        "data/boats/gull.yaml",
        "\ufeffid: gull\nmasts: 1",
        "\ufeffid: gull\nmasts: 3",
    ),
}


@pytest.mark.parametrize("name", LAYOUTS)
def test_each_layout(tmp_path: Path, name: str) -> None:
    said, path, before, wanted = LAYOUTS[name]
    fleet = book(tmp_path, {"boats": said}, {path: before})
    told = run(fleet, "set", "boats.masts", "3", "--yes")
    assert told.exit_code == 0, told.output
    assert read(fleet, path) == wanted


def test_what_an_alias_gives_is_told_and_the_rest_is_changed(tmp_path: Path) -> None:
    text = (
        "- id: gull\n  berth: &north {quay: north}\n- id: heron\n  berth: *north\n- id: tern\n  berth: {quay: east}\n"
    )
    fleet = book(
        tmp_path, {"boats": {"records": "data/boats.yaml", "layout": "list", "key": "id"}}, {"data/boats.yaml": text}
    )
    told = run(fleet, "set", "boats[heron].berth.quay", "west", "--yes")
    assert "not changed: data/boats.yaml:" in told.output
    assert read(fleet, "data/boats.yaml") == text
    assert run(fleet, "set", "boats[berth.quay=east].berth.quay", "west", "--yes").exit_code == 0
    assert read(fleet, "data/boats.yaml") == text.replace("east", "west")


# --- what is selected -----------------------------------------------------------------------------------------------

RECORD = {"kind": "boat", "masts": 2, "code": "2", "tags": ["a", "b"], "berth": {"quay": None}, "a.b": 1}


@pytest.mark.parametrize(
    ("written", "holds"),
    [
        ("kind=boat", True), ("kind=ship", False), ("kind!=ship", True), ("masts=2", True), ("masts=2.0", True),
        ('masts="2"', False), ('code="2"', True), ("code=2", False), ("tags[]=b", True), ("tags[]!=b", False),
        ("tags[0]=b", False), ("!rig", True), ("rig,", False), ("berth.quay,", True), ("berth.quay=null", True),
        ("rig=null", True), ("a\\.b=1", True), ('kind="boat",masts=2', True), ("kind=boat,masts=3", False),
        ('kind="boat, or ship"', False), ("masts,", True), ("kind=boat ,  !rig", True),
    ],
)  # fmt: skip
def test_a_filter(written: str, holds: bool) -> None:
    chosen = selection(f"boats[{written}].name", ["boats"])
    assert all(one.holds(RECORD) for one in chosen.conditions) is holds
    assert chosen.steps == ("name",)


def test_a_key_may_be_anything_in_quotes() -> None:
    assert selection("boats[north/gull].name", ["boats"]).word == "north/gull"
    assert selection('boats["a, b=c]"].tags[].x', ["boats"]) == selection(
        'boats["a, b=c]"].tags[].x', ["boats", "ships"]
    )
    assert selection('boats["a, b=c]"].tags[].x', ["boats"]).word == "a, b=c]"


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("boat.name", "did you mean 'boats'?"),
        ("boats[gull", "is not closed"),
        ("boats[]", "no path"),
        ("boats[gull]name", "a dot and a path are expected"),
        ("boats.", "a path of a property is expected"),
        ("boats..name", "no path of a property"),
        ("", "there is no collection"),
        ('boats[name="x].name', "is not closed"),
    ],
)
def test_what_says_nothing_is_refused(text: str, why: str) -> None:
    with pytest.raises(UsageError, match=why.replace("?", r"\?")):
        selection(text, ["boats"]) if text != "boats[]" else steps_of("]")


def test_a_number_that_is_text_in_the_records_is_told(fleet: Path) -> None:
    told = run(fleet, "set", "boats[built=1940].masts", "2", "--yes")
    assert 'of 2 records of boats none is so; there is "1940": write \'"1940"\'' in told.output


def test_a_key_or_a_property_that_is_not_there_is_refused(fleet: Path) -> None:
    told = run(fleet, "set", "boats[gul].masts", "2", "--yes")
    assert (told.exit_code, "did you mean 'gull'?" in told.output) == (1, True)
    assert "no record of boats has 'mast' so far; did you mean 'masts'?" in run(fleet, "set", "boats.mast", "2").output


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("12", 12), ("1.5", 1.5), ("true", True), ("null", None), ("no", "no"), ("Note: this", "Note: this"),
        ("a # b", "a # b"), ('"12"', "12"), ("[a, 2]", ["a", 2]), ("{a: b}", {"a": b"b".decode()}), ("@x", "@x"),
        ("2014-05-31", "2014-05-31"), ("- x", "- x"), ("*a", "*a"),
    ],
)  # fmt: skip
def test_a_value_as_it_is_typed(text: str, value: Any) -> None:
    assert scalar(text) == value


def test_a_value_where_the_schema_says_what_is_wanted() -> None:
    assert as_wanted("012", ["string"]) == "012"
    assert as_wanted("012", ["string", "integer"]) == 12
    assert as_wanted("", ["string"]) == ""
    assert as_wanted("", ["string", "null"]) is None
    assert as_wanted("true", ["string"]) == "true"
    with pytest.raises(Refused, match="put a text in quotes"):
        scalar("[a")


def test_a_condition_by_itself() -> None:
    assert Condition(("tags", "[]"), "is", "a").holds({"tags": "a"})  # one thing where a list of such may stand
