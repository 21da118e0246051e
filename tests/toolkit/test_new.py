# SPDX-License-Identifier: Apache-2.0
"""``sourcebook new``: a record from its schema, with what is given, and what is missing named."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import sourcebook
from sourcebook.edit.model import Refused
from tests.toolkit.amended import book, read, run

BOAT: dict[str, Any] = {
    "type": "object",
    "required": ["name", "kind", "rigging"],
    "properties": {
        "id": {"type": "string"},
        "kind": {"const": "boat"},
        "name": {"type": "string", "description": "As it is painted on the stern.", "examples": ["Gull", "Tern"]},
        "rigging": {"enum": ["sloop", "ketch", "yawl"]},
        "afloat": {"type": "boolean", "default": True},
        "owner": {"type": "string", "x-references": "owners"},
        "berth": {"$ref": "#/$defs/berth"},
        "notes": {"type": "string"},
    },
    "allOf": [{"$ref": "#/$defs/painted"}],
    "if": {"properties": {"rigging": {"const": "yawl"}}, "required": ["rigging"]},
    "then": {"required": ["berth"]},
    "additionalProperties": True,
    "$defs": {
        "berth": {
            "type": "object",
            "required": ["quay", "since"],
            "properties": {"quay": {"type": "string"}, "since": {"type": "string", "format": "date"}},
        },
        "painted": {"required": ["afloat"], "properties": {"colour": {"type": "string"}}},
    },
}
OWNER = {"type": "object", "required": ["name"], "properties": {"id": {"type": "string"}, "name": {"type": "string"}}}


@pytest.fixture
def harbour(tmp_path: Path) -> Path:
    said = {"boats": {"schema": BOAT, "key": "id"}, "owners": {"schema": OWNER, "key": "id", "label": "name"}}
    return book(
        tmp_path,
        said,
        {
            "data/boats/gull.yaml": "id: gull\nkind: boat\nname: Gull\nrigging: sloop\nafloat: true\n",
            "data/owners/quist.yaml": "id: quist\nname: Ada Quist\n",
            "data/owners/brand.yaml": "id: brand\nname: Bo Brand\n",
        },
    )


def test_what_is_given_with_what_is_fixed_and_by_default_in_the_order_of_the_schema(harbour: Path) -> None:
    told = run(harbour, "new", "boats", "tern", "--set", "rigging=ketch", "--set", "name=Tern", "--yes")
    assert told.exit_code == 0, told.output
    assert "new boats tern: data/boats/tern.yaml" in told.output
    assert read(harbour, "data/boats/tern.yaml") == "id: tern\nkind: boat\nname: Tern\nrigging: ketch\nafloat: true\n"
    assert sourcebook.check(harbour).ok


def test_what_is_missing_is_told_and_nothing_is_written(harbour: Path) -> None:
    told = run(harbour, "new", "boats", "tern", "--yes")
    assert told.exit_code == 1
    assert (
        'missing: name: text. As it is painted on the stern. For example "Gull", "Tern"\n'
        'missing: rigging: one of "sloop", "ketch", "yawl"\n'
        "give what is missing with --set PATH=VALUE, or write it with --edit; --force writes it as it is\n"
    ) in told.output
    assert "error schema: text is expected, but this is empty (null)" in told.output
    assert not (harbour / "data/boats/tern.yaml").exists()


def test_by_force_it_is_written_with_comments_and_without_inventions(harbour: Path) -> None:
    assert run(harbour, "new", "boats", "tern", "--set", "name=Tern", "--yes", "--force").exit_code == 0
    assert read(harbour, "data/boats/tern.yaml") == (
        'id: tern\nkind: boat\nname: Tern\n# required: one of "sloop", "ketch", "yawl"\nrigging: null\nafloat: true\n'
    )


def test_what_a_condition_asks_for(harbour: Path) -> None:
    told = run(harbour, "new", "boats", "tern", "--set", "name=Tern", "--set", "rigging=yawl", "--yes")
    assert "missing: berth.quay: text\n" in told.output
    assert "missing: berth.since: text of the form date\n" in told.output
    more = ("--set", "berth.quay=12", "--set", "berth.since=1901-05-31")
    assert (
        run(harbour, "new", "boats", "tern", "--set", "name=Tern", "--set", "rigging=yawl", *more, "--yes").exit_code
        == 0
    )
    assert read(harbour, "data/boats/tern.yaml").endswith('berth:\n  quay: "12"\n  since: "1901-05-31"\n')


@pytest.mark.parametrize(
    ("written", "key", "why"),
    [
        ("quist", "quist", ""),
        ("Ada Quist", "quist", 'owner: "Ada Quist" is "quist", the one record that is called so'),
        ("ada quist", "quist", "the one record that is called so"),
        ("QUIST", "quist", "the only one that is the same but for capitals, spaces or look"),
        ("qui", "quist", "the only one that begins so"),
    ],
)
def test_a_reference_is_completed(harbour: Path, written: str, key: str, why: str) -> None:
    told = run(harbour, "new", "boats", "tern", "--set", "name=T", "--set", "rigging=yawl", "--set", f"owner={written}")
    assert f"+owner: {key}\n" in told.output
    assert why in told.output


def test_a_reference_to_nobody_is_told_with_who_is_near(harbour: Path) -> None:
    given = ("--set", "name=T", "--set", "rigging=ketch", "--set", "owner=quits", "--yes")
    told = run(harbour, "new", "boats", "tern", *given)
    assert told.exit_code == 1
    assert "owner: \"quits\" is not in owners: did you mean 'quist'?" in told.output


def test_no_collection_and_a_key_that_is_taken(harbour: Path) -> None:
    assert "did you mean 'boats'?" in run(harbour, "new", "boat", "tern").output
    told = run(harbour, "new", "boats", "gull", "--yes")
    assert (told.exit_code, "boats has a record 'gull': data/boats/gull.yaml:1" in told.output) == (1, True)
    assert run(harbour, "new", "boats", "tern", "--set", "name").exit_code == 1


# --- a draft --------------------------------------------------------------------------------------------------------

DRAFT = """\
#: A new record of boats: tern. Fill in what has no value.
#: Lines that begin with #: are taken out; an empty file gives it up.
id: tern
kind: boat
#: required: text. As it is painted on the stern. For example "Gull", "Tern"
name: null
#: required: one of "sloop", "ketch", "yawl"
rigging: null
afloat: true
#: Not required:
#: owner: a reference to owners: "brand", "quist"
#: berth: a mapping
#: notes: text
#: colour: text
"""


def test_a_draft_is_edited_and_its_comments_stay(harbour: Path) -> None:
    seen: list[str] = []

    def edit(text: str) -> str:
        seen.append(text)
        return text.replace("name: null", "name: Tern # as painted").replace("rigging: null", "rigging: ketch")

    proposal = sourcebook.new(harbour, "boats", "tern", edit=edit)
    assert sorted(seen[0].splitlines()) == sorted(DRAFT.splitlines())
    assert [one.after for one in proposal.changes] == [
        b"id: tern\nkind: boat\nname: Tern # as painted\nrigging: ketch\nafloat: true\n"
    ]


def test_what_is_wrong_with_a_draft_is_shown_and_it_is_edited_again(harbour: Path) -> None:
    seen: list[str] = []

    def edit(text: str) -> str:
        seen.append(text)
        if len(seen) == 1:
            return text.replace("rigging: null", "rigging: [ketch")
        if len(seen) == 2:
            return text.replace("[ketch", "ketsch").replace("name: null", "name: Tern")
        return text.replace("ketsch", "ketch")

    proposal = sourcebook.new(harbour, "boats", "tern", edit=edit)
    assert "#: This is wrong with it; left so, it is taken as it is:\n#: line 4: " in seen[1]
    assert '#: rigging: "ketsch" is not one of "sloop", "ketch", "yawl"\n' in seen[2]
    assert b"rigging: ketch\n" in (proposal.changes[0].after or b"")


@pytest.mark.parametrize("edit", [lambda _: None, lambda text: text, lambda _: "", lambda _: "#: nothing\n"])
def test_a_draft_that_is_left_as_it_was_makes_no_record(harbour: Path, edit: Any) -> None:
    with pytest.raises(Refused, match="no record is made"):
        sourcebook.new(harbour, "boats", "tern", edit=edit)


def test_a_draft_that_cannot_be_read_is_refused_when_it_is_left_so(harbour: Path) -> None:
    with pytest.raises(Refused, match="the draft cannot be read"):
        sourcebook.new(harbour, "boats", "tern", edit=lambda _: "id: [\n")


def test_the_editor_of_the_environment(harbour: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    editor = tmp_path / "editor.sh"
    editor.write_text('#!/bin/sh\nsed -i -e "s/name: null/name: Tern/" -e "s/rigging: null/rigging: yawl/" "$1"\n'
                      'echo "berth: {quay: a, since: \'1901-05-31\'}" >> "$1"\n')  # fmt: skip
    editor.chmod(0o755)
    monkeypatch.setenv("EDITOR", str(editor))
    monkeypatch.delenv("VISUAL", raising=False)
    told = run(harbour, "new", "boats", "tern", "--edit", "--yes")
    assert told.exit_code == 0, told.output
    assert "name: Tern\n" in read(harbour, "data/boats/tern.yaml")


# --- every layout ---------------------------------------------------------------------------------------------------

LAYOUTS: dict[str, tuple[dict[str, Any], str, str, str, str]] = {
    "list": (
        {"records": "data/b.yaml", "layout": "list", "key": "id"},
        "data/b.yaml",
        "# boats\n- id: gull\n  name: Gull\n",
        "# boats\n- id: gull\n  name: Gull\n- id: tern\n  name: Tern\n",
        "# boats\n- id: gull\n  name: Gull\n- id: tern\n  # required: text\n  name: null\n",
    ),
    "map": (
        {"records": "data/b.yaml", "layout": "map"},
        "data/b.yaml",
        "gull:\r\n    name: Gull\r\n",
        "gull:\r\n    name: Gull\r\ntern:\r\n    name: Tern\r\n",
        "gull:\r\n    name: Gull\r\ntern:\r\n    # required: text\r\n    name: null\r\n",
    ),
    "documents": (
        {"records": "data/b.yaml", "layout": "documents", "key": "id"},
        "data/b.yaml",
        "id: gull\nname: Gull\n",
        "id: gull\nname: Gull\n---\nid: tern\nname: Tern\n",
        "id: gull\nname: Gull\n---\nid: tern\n# required: text\nname: null\n",
    ),
    "front matter": (
        {"records": "data/b/*.md", "layout": "front-matter"},
        "data/b/tern.md",
        "",
        "---\nname: Tern\n---\n",
        "---\n# required: text\nname: null\n---\n",
    ),
    "json": (
        {"records": "data/b.json", "layout": "map"},
        "data/b.json",
        '{\n  "gull": {\n    "name": "Gull"\n  }\n}\n',
        '{\n  "gull": {\n    "name": "Gull"\n  },\n  "tern": {\n    "name": "Tern"\n  }\n}\n',
        '{\n  "gull": {\n    "name": "Gull"\n  },\n  "tern": {\n    "name": null\n  }\n}\n',
    ),
    "json lines": (
        {"records": "data/b.jsonl", "layout": "documents", "key": "id"},
        "data/b.jsonl",
        '{"id": "gull", "name": "Gull"}\n',
        '{"id": "gull", "name": "Gull"}\n{"id": "tern", "name": "Tern"}\n',
        '{"id": "gull", "name": "Gull"}\n{"id": "tern", "name": null}\n',
    ),
}
NAMED = {
    "type": "object",
    "required": ["name"],
    "properties": {"id": {"type": "string"}, "name": {"type": "string"}, "body": {"type": "string"}},
}


@pytest.mark.parametrize("name", LAYOUTS)
def test_each_layout(tmp_path: Path, name: str) -> None:
    said, path, before, given, missing = LAYOUTS[name]
    for wanted, more in ((given, ("--set", "name=Tern")), (missing, ("--force",))):
        root = book(tmp_path, {"boats": {**said, "schema": NAMED, "may_be_empty": True}}, {path: before})
        if not before:
            (root / path).unlink()
        told = run(root, "new", "boats", "tern", *more, "--yes")
        assert told.exit_code == 0, told.output
        assert read(root, path) == wanted


def test_where_there_is_no_schema_what_every_record_has_is_told(tmp_path: Path) -> None:
    files = {"data/boats/a.yaml": "name: A\nmasts: 1\n", "data/boats/b.yaml": "name: B\nmasts: 2\ntags: [x]\n"}
    root = book(tmp_path, {"boats": {}}, files)
    told = run(root, "new", "boats", "d", "--set", "name=D", "--yes")
    assert (told.exit_code, "every other record of boats has masts: an integer" in told.output) == (0, True)
    assert read(root, "data/boats/d.yaml") == "name: D\n"
    (root / "data/boats/d.yaml").unlink()
    assert (
        run(root, "new", "boats", "c", "--set", "name=C", "--set", "masts=3", "--set", "tags[]=y", "--yes").exit_code
        == 0
    )
    assert read(root, "data/boats/c.yaml") == 'name: C\nmasts: 3\ntags: ["y"]\n'


def test_items_one_by_one_and_what_is_given_twice(tmp_path: Path) -> None:
    root = book(tmp_path, {"boats": {"key": "id"}}, {"data/boats/a.yaml": "id: a\ntags: [x]\n"})
    told = run(root, "new", "boats", "b", "--set", "tags[]=one", "--set", "tags[]=two", "--yes")
    assert (told.exit_code, read(root, "data/boats/b.yaml")) == (0, "id: b\ntags: [one, two]\n")
    for twice in (("name=A", "name=B"), ("id=d", "name=A")):
        told = run(root, "new", "boats", "c", *(one for pair in twice for one in ("--set", pair)), "--yes")
        assert (told.exit_code, "is given twice: " in told.output) == (1, True)
    assert not (root / "data/boats/c.yaml").exists()


def test_alternatives_are_chosen_by_what_is_given(tmp_path: Path) -> None:
    def branch(kind: str, needed: str) -> dict[str, Any]:
        return {"properties": {"kind": {"const": kind}, needed: {"type": "string"}}, "required": ["kind", needed]}

    schema = {"type": "object", "oneOf": [branch("boat", "quay"), branch("kite", "string")]}
    root = book(tmp_path, {"things": {"schema": schema}}, {"data/things/a.yaml": "kind: boat\nquay: north\n"})
    told = run(root, "new", "things", "b", "--set", "kind=kite", "--yes")
    assert "missing: string: text" in told.output
    assert "quay" not in told.output
    either = "missing: one of these is needed: 'kind' and 'quay', or 'kind' and 'string'"
    assert either in run(root, "new", "things", "b", "--yes").output


def test_lists_of_mappings_that_may_not_be_empty(tmp_path: Path) -> None:
    item = {"type": "object", "required": ["text"], "properties": {"text": {"type": "string"}}}
    schema = {
        "type": "object",
        "required": ["lines"],
        "properties": {"lines": {"type": "array", "minItems": 1, "items": item}},
    }
    root = book(tmp_path, {"poems": {"schema": schema}}, {"data/poems/a.yaml": "lines: [{text: A}]\n"})
    assert "missing: lines[0].text: text" in run(root, "new", "poems", "b", "--yes").output
    assert run(root, "new", "poems", "b", "--set", "lines[].text=B", "--set", "lines[].text=C", "--yes").exit_code == 0


@pytest.mark.parametrize("path", ["name.first", "name[0]", "a{}"])
def test_a_value_that_has_no_place(harbour: Path, path: str) -> None:
    told = run(harbour, "new", "boats", "tern", "--set", "name=Tern", "--set", f"{path}=x", "--yes")
    assert (told.exit_code, "nothing can be put at" in told.output) == (1, True)


def test_a_document_is_one_that_the_collection_selects_and_a_record_may_be_a_list(tmp_path: Path) -> None:
    said = {
        "towns": {"records": "data/all.yaml", "layout": "documents", "select": {"kind": "town"}, "key": "name"},
        "groups": {"records": "data/groups.yaml", "layout": "map"},
    }
    files = {"data/all.yaml": "kind: town\nname: Elm\n", "data/groups.yaml": "one: [a, b]\n"}
    root = book(tmp_path, said, files)
    assert run(root, "new", "towns", "Ash", "--yes").exit_code == 0
    assert read(root, "data/all.yaml") == "kind: town\nname: Elm\n---\nkind: town\nname: Ash\n"
    told = run(root, "new", "groups", "two", "--set", "[]=c", "--yes")
    assert told.exit_code == 0, told.output
    assert read(root, "data/groups.yaml") == "one: [a, b]\ntwo: [c]\n"


@pytest.mark.parametrize("key", ["../../tern", "a/b"])
def test_a_key_is_no_way_out_of_the_folder(tmp_path: Path, key: str) -> None:
    root = book(tmp_path / "book", {"boats": {}}, {"data/boats/gull.yaml": "name: Gull\n"})
    told = run(root, "new", "boats", key, "--set", "name=Tern", "--yes")
    assert told.exit_code == 1, told.output
    assert sorted(path.name for path in tmp_path.rglob("*.yaml")) == ["datapackage.yaml", "gull.yaml"]
