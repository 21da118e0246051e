# SPDX-License-Identifier: Apache-2.0
"""Small odd books: what they hold is published whole and verified, or refused with a finding at its place."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

import sourcebook
from sourcebook.cli import main
from sourcebook.parse import Limits


def write(
    folder: Path, collections: Mapping[str, Mapping[str, Any]], files: Mapping[str, Any], **settings: Any
) -> Path:
    """A book of ``collections`` (what stands under ``sourcebook:``, by name) with ``files``, texts or JSON."""
    resources = [
        {
            "name": name,
            "path": f"build/csv/{name}.csv",
            "schema": f"build/tableschema/{name}.json",
            "sourcebook": {"records": f"data/{name}.yaml", **block},
        }
        for name, block in collections.items()
    ]
    descriptor = {"name": "odd", "resources": resources, **({"sourcebook": settings} if settings else {})}
    for path, content in {"datapackage.yaml": descriptor, **files}.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(content if isinstance(content, str) else json.dumps(content, indent=1), "utf-8")
    return folder


LIST = {"layout": "list", "key": "id"}
ANY = {"type": ["integer", "string"]}

WHOLE: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "a key that is 0": (
        {
            "lines": {**LIST, "schema": "schemas/line.json"},
            "stops": {**LIST, "schema": "schemas/stop.json", "references": {"line": "lines"}},
        },
        {
            "schemas/line.json": {"properties": {"id": {"type": "integer"}, "names": {"items": {"type": "string"}}}},
            "schemas/stop.json": {"properties": {"id": ANY, "line": {"type": "integer"}}},
            "data/lines.yaml": "- {id: 0, names: [Ash, Elm]}\n- {id: 1}\n",
            "data/stops.yaml": "- {id: a, line: 0}\n",
        },
    ),
    "a property without a name": (
        {"lines": {**LIST, "schema": "schemas/line.json"}, "stops": LIST},
        {
            "schemas/line.json": {
                "properties": {"id": ANY, "": ANY, "in": {"properties": {"": ANY, "a": ANY}}},
                "additionalProperties": False,
            },
            "data/lines.yaml": '- {id: 1, "": 2, in: {"": 3, a: 4}}\n',
            "data/stops.yaml": '- {id: 1, "": 2, in: {"": 3, a: 4}, of: [{"": 5}]}\n',
        },
    ),
}


WHOLE["a key of which the schema says nothing"] = (
    {"lines": {**LIST, "schema": "schemas/line.json"}},
    {"schemas/line.json": {"type": "object"}, "data/lines.yaml": "- id: 1\n- id: b\n"},
)
WHOLE["a key of another type than the schema says"] = (
    {"lines": {**LIST, "schema": "schemas/line.json"}, "stops": {**LIST, "references": {"line": "lines"}}},
    {
        "schemas/line.json": {"properties": {"id": {"type": "string"}, "names": {"items": {"type": "string"}}}},
        "data/lines.yaml": "- {id: 1, names: [Ash]}\n- {id: b}\n",
        "data/stops.yaml": "- {id: a, line: 1}\n- {id: b, line: b}\n",
    },
)


@pytest.mark.parametrize("name", WHOLE)
def test_what_is_odd_is_published_whole(name: str, tmp_path: Path) -> None:
    folder = write(tmp_path, *WHOLE[name], rules={"schema": "warning"})
    built = sourcebook.build(folder)
    assert built.release is not None, built.checked.findings
    assert sourcebook.verify(folder).differences == ()


NAMED = {"properties": {"id": ANY, "name": {"type": "string"}, "to": {"type": "string"}}}
PEOPLE = {"schemas/p.json": NAMED, "data/people.yaml": "- {id: 1, name: Ada}\n- {id: 2, name: Bo}\n"}
TO_NAME = {"references": {"to": "people.name"}, "schema": "schemas/p.json"}

# What is refused: the collections, the files, and the findings (place, rule, message, hint).
REFUSED: dict[str, tuple[dict[str, Any], dict[str, Any], list[str]]] = {
    "an empty key": (
        {"lines": {"layout": "map"}, "stops": LIST},
        {"data/lines.yaml": '"": {n: 1}\nb: {n: 2}\n', "data/stops.yaml": '- {id: ""}\n'},
        [
            "data/lines.yaml:1:1: error key-missing: the record's key in the map is empty",
            "data/stops.yaml:1:8: error key-missing: the key 'id' is empty",
        ],
    ),
    "a key that is a reference by a name": (
        {"people": {**LIST, "schema": "schemas/p.json"}, "posts": {"layout": "list", "key": "to", **TO_NAME}},
        {**PEOPLE, "data/posts.yaml": "- {to: Ada}\n"},
        [
            "datapackage.yaml:24:12: error descriptor: the key 'to' is a reference by 'name',"
            " so its column would hold another key"
        ],
    ),
    "a reference by what is itself a reference": (
        {
            "people": {**LIST, "schema": "schemas/p.json"},
            "posts": {**LIST, **TO_NAME},
            "letters": {**LIST, "schema": "schemas/p.json", "references": {"to": "posts.to"}},
        },
        {**PEOPLE, "data/posts.yaml": "- {id: 1, to: Ada}\n", "data/letters.yaml": "- {id: 1, to: Ada}\n"},
        [
            "datapackage.yaml:39:12: error descriptor: the references at 'to' are written by 'to',"
            " which is itself a reference"
        ],
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_has_no_meaning_is_refused(name: str, tmp_path: Path) -> None:
    collections, files, expected = REFUSED[name]
    found = sourcebook.check(write(tmp_path, collections, files)).findings
    assert [str(finding) for finding in found] == expected
    assert all(finding.hint for finding in found)


def test_a_reference_by_the_key_may_lead_on(tmp_path: Path) -> None:
    """What holds the key that was written leads on: a key that is a reference, and a reference by such a one."""
    chained = {"layout": "list", "key": "to", "schema": "schemas/p.json", "references": {"to": "people.id"}}
    ends = {**LIST, "schema": "schemas/p.json", "references": {"to": "posts.to"}}
    files = {
        "schemas/p.json": NAMED,
        "data/people.yaml": "- {id: a, name: Ada}\n",
        "data/posts.yaml": "- {to: a}\n",
        "data/letters.yaml": "- {id: 1, to: a}\n",
    }
    folder = write(tmp_path, {"people": {**LIST, "schema": "schemas/p.json"}, "posts": chained, "letters": ends}, files)
    assert sourcebook.build(folder).release is not None
    assert sourcebook.verify(folder).differences == ()


STRICT = {"schema": "model/line.json", **LIST}


def test_a_schema_outside_schemas_may_refer_to_its_neighbours(tmp_path: Path) -> None:
    files = {
        "data/lines.yaml": "- id: 1\n- id: x\n",
        "model/line.json": {"properties": {"id": {"$ref": "ids.json#/$defs/i"}}},
        "model/ids.json": {"$defs": {"i": {"$ref": "../more/whole.json"}}},
        "more/whole.json": {"type": "integer"},
    }
    (finding,) = sourcebook.check(write(tmp_path, {"lines": STRICT}, files)).findings
    assert str(finding) == 'data/lines.yaml:2:7: error schema: an integer is expected, but this is the text "x"'


def test_what_is_published_beside_a_schema_lies_beside_it(tmp_path: Path) -> None:
    files = {
        "data/lines.yaml": "- id: x\n",
        "model/line.json": {
            "$id": "https://example.org/v1/line.json",
            "properties": {"id": {"$ref": "https://example.org/v1/ids.json"}},
        },
        "model/ids.json": {"type": "integer"},
    }
    (finding,) = sourcebook.check(write(tmp_path, {"lines": STRICT}, files)).findings
    assert (finding.path, finding.rule) == ("data/lines.yaml", "schema")


def test_no_reference_leads_out_of_the_book(tmp_path: Path) -> None:
    (tmp_path / "secret.json").write_text("{}")
    files = {"data/lines.yaml": "- id: 1\n", "model/line.json": {"$ref": "../../secret.json"}}
    (finding,) = sourcebook.check(write(tmp_path / "book", {"lines": STRICT}, files)).findings
    assert (finding.path, finding.rule) == ("model/line.json", "schema-reference")


def test_a_schema_that_is_to_be_ignored_is_not_read(tmp_path: Path) -> None:
    files = {"data/lines.yaml": "- id: 1\n", "schemas/cut.json": '{"type": ', "schemas/line.json": {}}
    named = {"schema": "schemas/line.json", **LIST}
    assert [one.rule for one in sourcebook.check(write(tmp_path, {"lines": named}, files)).findings] == ["yaml-syntax"]
    assert sourcebook.check(write(tmp_path, {"lines": named}, files, ignore="schemas/cut.json")).findings == ()
    own = sourcebook.check(
        write(tmp_path, {"lines": {**named, "schema": "schemas/cut.json"}}, files, ignore="schemas/*")
    )
    assert [one.rule for one in own.findings] == ["yaml-syntax"]


def test_what_is_past_the_limit_is_not_read_in_part(tmp_path: Path) -> None:
    long = {"description": "long " * 300}
    files = {"data/lines.yaml": "- id: 1\n", "schemas/line.json": long}
    folder = write(tmp_path, {"lines": {"schema": "schemas/line.json", **LIST}}, files, limits={"bytes": 1000})
    (finding,) = sourcebook.check(folder).findings
    assert (finding.path, finding.rule) == ("schemas/line.json", "yaml-limit")
    assert finding.message == "the file has more than 1,000 bytes, which is the limit"


def test_a_script_past_the_limit_is_not_read_in_part(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sourcebook.book.scripts.Limits", lambda: Limits(bytes=1000))
    script = "-- title: Lines\nSELECT id FROM lines -- " + "and so on " * 200
    folder = write(tmp_path, {"lines": LIST}, {"data/lines.yaml": "- id: 1\n", "scripts/views/all.sql": script})
    (finding,) = sourcebook.check(folder).findings
    assert (finding.path, finding.rule, finding.hint) == ("scripts/views/all.sql", "yaml-limit", "split it")


def test_editor_files_wait_for_a_descriptor_that_can_be_read(tmp_path: Path) -> None:
    (tmp_path / "datapackage.yaml").write_bytes(b"name: \xff\n")
    made = sourcebook.init(tmp_path, editors=True)
    assert (made.written, made.undecided) == ((), ("nothing is written until datapackage.yaml is mended",))
    assert [finding.rule for finding in made.checked.findings] == ["yaml-encoding"]


def test_reasons_are_printed_line_by_line(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("name: x\n")
    (tmp_path / "b\n::error::.yaml").write_text("name: [\n")
    result = CliRunner().invoke(main, ["init", str(tmp_path), "--adopt"])
    assert result.exit_code == 2
    first, *reasons = result.stderr.splitlines()
    assert first.endswith("to make collections of")
    assert "  a.yaml: a small mapping at the top that holds no list of records looks like settings" in reasons
    assert all(line.startswith("  ") for line in reasons)
