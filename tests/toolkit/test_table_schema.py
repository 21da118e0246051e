# SPDX-License-Identifier: Apache-2.0
"""What a JSON Schema asks of values, in the Table Schema: all of it that holds in every row, and no more."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

import sourcebook
from sourcebook.extract.pattern import table_pattern
from tests.served import BOOKS


def constraints(schema: Any, tmp_path: Path, name: str = "a", **more: Any) -> Any:
    """Those of the column ``a`` of a collection, whose schema says ``schema`` of the property ``a``, and ``more``."""
    settings = {"records": "data/x.json", "schema": "schemas/x.json", "layout": "list", "key": "id"}
    resource = {"name": "x", "path": "build/csv/x.csv", "schema": "build/tableschema/x.json", "sourcebook": settings}
    whole = {"properties": {"id": {"type": "string"}, "a": schema}, **more}
    files = {
        "datapackage.yaml": {"name": "b", "resources": [resource]},
        "schemas/x.json": whole,
        "data/x.json": [{"id": "k"}],
    }
    for path, contents in files.items():
        (tmp_path / path).parent.mkdir(exist_ok=True)
        (tmp_path / path).write_text(json.dumps(contents))
    assert sourcebook.build(tmp_path).release
    fields = json.loads((tmp_path / "build/tableschema/x.json").read_text())["fields"]
    return next(field for field in fields if field["name"] == name).get("constraints")


NULL = {"type": "null"}


@pytest.mark.parametrize(
    ("schema", "expected"),
    [
        ({"type": "integer", "minimum": 0, "maximum": 9}, {"minimum": 0, "maximum": 9}),
        ({"type": "integer", "minimum": 0.5, "exclusiveMaximum": 9}, {"minimum": 1, "maximum": 8}),
        ({"type": "number", "minimum": 0, "exclusiveMaximum": 2.5}, {"minimum": 0, "maximum": 2.5}),
        ({"type": "integer", "enum": [1, 2]}, {"enum": [1, 2]}),
        ({"enum": ["a", "", None]}, {"enum": ["a"]}),
        ({"enum": ["a", 1, True]}, {"enum": ["a", "1", "true"]}),
        ({"type": "string", "pattern": "^a+$"}, {"pattern": "a+"}),
        ({"type": "string", "pattern": "^(?=a)"}, None),
        ({"type": ["string", "integer"], "pattern": "^a", "minimum": 3}, None),  # each is asked of one type alone
        ({"anyOf": [{"type": "integer", "maximum": 3}, NULL]}, {"maximum": 3}),
        ({"anyOf": [{"type": "integer", "maximum": 3}, {"type": "integer"}]}, None),
        ({"allOf": [{"type": "integer", "minimum": 0}, {"maximum": 3}]}, {"minimum": 0, "maximum": 3}),
    ],
    ids=str,
)
def test_constraints_of_a_property(schema: Any, expected: Any, tmp_path: Path) -> None:
    assert constraints(schema, tmp_path) == expected


def test_what_one_alternative_asks_is_no_constraint(tmp_path: Path) -> None:
    few, other = {"properties": {"b": {"type": "integer", "maximum": 3}}}, {"properties": {"c": {"type": "integer"}}}
    assert constraints({}, tmp_path, "b", anyOf=[few, other]) is None


def test_what_all_alternatives_ask_is_one(tmp_path: Path) -> None:
    few = {"properties": {"b": {"type": "integer", "maximum": 3}}}
    closed = {"properties": {"c": {"type": "integer"}}, "additionalProperties": False}
    assert constraints({}, tmp_path, "b", anyOf=[few, closed]) == {"maximum": 3}


def test_beside_a_reference_to_a_schema_what_draft_7_passes_over_is_no_constraint(tmp_path: Path) -> None:
    defs = {"definitions": {"percent": {"type": "integer", "maximum": 100}}}
    schema = {"$ref": "#/definitions/percent", "minimum": 5}
    assert constraints(schema, tmp_path, **defs, **{"$schema": "http://json-schema.org/draft-07/schema#"}) is None


def test_a_foreign_key_has_its_targets_type_and_no_constraint_of_its_own(tmp_path: Path) -> None:
    sourcebook.build(_copied("linked", tmp_path))

    def fields(table: str) -> Any:
        schema = json.loads((tmp_path / f"linked/build/current/tableschema/{table}.json").read_text())
        return {field["name"]: (field["type"], field.get("constraints")) for field in schema["fields"]}

    required = {"required": True}
    assert fields("walks") == {"day": ("date", required), "to": ("string", None), "from": ("string", None)}
    assert fields("walks_past")["_parent"] == ("date", required)
    assert fields("walks_past")["_value"] == ("string", None)
    assert fields("days_meals")["_parent"] == ("date", required)
    assert fields("days_meals_guests")["_parent"] == ("string", required)
    assert fields("places")["seen"] == ("date", None)
    assert sourcebook.verify(tmp_path / "linked").differences == ()


def _copied(name: str, folder: Path) -> Path:
    for path in (BOOKS / name).rglob("*"):
        if path.is_file():
            (folder / name / path.relative_to(BOOKS / name)).parent.mkdir(parents=True, exist_ok=True)
            (folder / name / path.relative_to(BOOKS / name)).write_bytes(path.read_bytes())
    return folder / name


@pytest.mark.parametrize(
    ("pattern", "fit", "unfit"),
    [
        ("^[a-z0-9-]+$", ["a-0"], ["A", "", "a b"]),
        ("b", ["abc", "b", "\nb\n"], ["a"]),
        ("^a|b$", ["ax", "xb"], ["xa", "bx"]),
        (r"^\S+(?: \S+)*$", ["a b"], ["a ", " a", "a\u3000b"]),
        (r"^\d{4}-\d{2}$", ["2024-01"], ["２０２４-01", "24-01"]),
        (r"^CVE-\d+\/x\.y$", ["CVE-1/x.y"], ["CVE-1/xzy"]),
        (r"^[\w.+-]+@[^@\s]+$", ["a.b@c"], ["a@", "a b@c"]),
        (r"^\u00e9*?$", ["éé"], ["e"]),
        (r"[\]\-[^]", ["[", "]", "-", "^"], ["a"]),
        ("^$", [""], ["a"]),
    ],
)
def test_a_pattern_means_the_same_to_a_reader_of_table_schemas(pattern: str, fit: list[str], unfit: list[str]) -> None:
    whole = table_pattern(pattern)
    assert whole is not None
    assert [text for text in (*fit, *unfit) if re.match(f"^{whole}$", text)] == fit


@pytest.mark.parametrize(
    "pattern", [r"(?!a)", r"\p{L}", r"\bx", r"(a)\1", "(^a$)", "a{,3}", "[]a]", "(", r"\x4", "a^b"]
)
def test_a_pattern_that_readers_might_take_otherwise_is_left_out(pattern: str) -> None:
    assert table_pattern(pattern) is None
