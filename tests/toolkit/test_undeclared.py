# SPDX-License-Identifier: Apache-2.0
"""What a schema does not declare: kept as JSON, told where it is much, or planned from the records."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

import sourcebook
from sourcebook.infer import infer_schema
from sourcebook.tables import Rows, Wanted, flatten, plan_collection, projected, rebuild, shape_of
from sourcebook.tables.undeclared import filled
from sourcebook.validation.schemas import Schemas

DESCRIPTOR = """
name: pantry
title: The pantry book
licenses: [{name: CC0-1.0}]
resources:
  - name: foods
    title: Foods
    path: build/csv/foods.csv
    schema: build/tableschema/foods.json
    sourcebook:
      records: data/foods.yaml
      schema: schemas/food.schema.json
      layout: list
      key: id
"""
SCHEMA = {
    "type": "object",
    "required": ["id"],
    "properties": {
        "id": {"type": "string"},
        "notes": {},
        "origin": {"type": "object", "properties": {"town": {"type": "string"}}},
        "labels": {"type": "object", "additionalProperties": {"type": "string"}},
        "sealed": {"type": "object", "properties": {"by": {"type": "string"}}, "additionalProperties": False},
    },
}


def food(number: int) -> dict[str, Any]:
    return {
        "id": f"food-{number}",
        "notes": [f"note {number}", "kept dry"],
        "origin": {"town": "Aldermere", "shelf": number},
        "labels": {"en": f"Food {number}"},
        "sealed": {"by": "hand"},
        "nutrients": [{"name": "salt", "grams": 1}, {"name": "fat", "grams": number / 2}],
        "ripe": number % 2 == 0,
    }


def pantry(folder: Path, foods: list[dict[str, Any]], setting: str = "") -> Path:
    for name in ("data", "schemas"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    (folder / "datapackage.yaml").write_text(DESCRIPTOR + (f"      undeclared: {setting}\n" if setting else ""))
    (folder / "schemas/food.schema.json").write_text(json.dumps(SCHEMA))
    (folder / "data/foods.yaml").write_text("\n".join(f"- {json.dumps(one)}" for one in foods) + "\n")
    return folder


def rows(folder: Path, query: str) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(folder / "build/pantry.db")) as connection:
        return connection.execute(query).fetchall()


def test_undeclared_properties_are_columns_and_tables(tmp_path: Path) -> None:
    folder = pantry(tmp_path, [food(1), food(2)], "tables")
    built = sourcebook.build(folder)
    assert (built.checked.findings, built.records) == ((), 2)
    assert rows(folder, "SELECT id, origin_town, origin_shelf, ripe, _other FROM foods") == [
        ("food-1", "Aldermere", 1, 0, None),
        ("food-2", "Aldermere", 2, 1, None),
    ]
    assert rows(folder, "SELECT * FROM foods_notes ORDER BY 1, 2")[:2] == [
        ("food-1", 0, "note 1"),
        ("food-1", 1, "kept dry"),
    ]
    assert rows(folder, "SELECT name, grams FROM foods_nutrients ORDER BY _parent, _position") == [
        ("salt", 1),
        ("fat", 0.5),
        ("salt", 1),
        ("fat", 1.0),
    ]
    assert rows(folder, "SELECT _parent, _name, _value FROM foods_labels ORDER BY 1")[0] == ("food-1", "en", "Food 1")
    assert sourcebook.verify(folder).differences == ()


def test_they_are_marked_and_counted_as_unverifiable(tmp_path: Path) -> None:
    folder = pantry(tmp_path, [food(1), food(2)], "tables")
    ledger = sourcebook.build(folder).checked.ledger.as_dict()["schema"]
    assert ledger["performed"] == 2
    assert ledger["unverifiable"] > 0
    schema = json.loads((folder / "build/tableschema/foods.json").read_text())
    told = {field["name"]: field.get("description", "") for field in schema["fields"]}
    assert "does not declare" in told["origin_shelf"]
    assert "does not declare" not in told["origin_town"]


def test_another_record_brings_another_column(tmp_path: Path) -> None:
    folder = pantry(tmp_path, [food(1), food(2)], "tables")
    sourcebook.build(folder)
    pantry(folder, [food(1), {**food(2), "weight": 30}], "tables")
    assert not sourcebook.build(folder).unchanged
    assert rows(folder, "SELECT weight FROM foods") == [(None,), (30,)]
    assert sourcebook.verify(folder).ok


def test_where_much_lies_undeclared_a_warning_says_so_until_it_is_settled(tmp_path: Path) -> None:
    many = [food(number) for number in range(200)]
    (finding,) = sourcebook.check(pantry(tmp_path / "open", many)).findings
    assert (finding.rule, finding.level, finding.path, finding.line) == (
        "undeclared",
        "warning",
        "datapackage.yaml",
        12,
    )
    assert "foods._other" in finding.message
    for setting in ("json", "tables"):
        assert sourcebook.check(pantry(tmp_path / setting, many, setting)).findings == ()
    assert sourcebook.check(pantry(tmp_path / "few", many[:10])).findings == ()


def test_another_word_is_a_finding(tmp_path: Path) -> None:
    findings = sourcebook.check(pantry(tmp_path, [food(1)], "columns")).findings
    assert [finding.rule for finding in findings] == ["descriptor"]


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**40), 2**40) | st.text("abc", max_size=3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("pqrs"), inner, max_size=3),
    max_leaves=8,
)
RECORDS = st.lists(
    st.dictionaries(st.sampled_from(["a", "b", "origin", "notes", "labels"]), VALUES), min_size=1, max_size=4
)


@settings(max_examples=150, deadline=None)
@given(RECORDS)
def test_what_fits_the_schema_is_rebuilt_from_its_tables(records: list[dict[str, Any]]) -> None:
    schemas = Schemas({"s": SCHEMA})
    validator = schemas.validator("s")
    kept = [{"id": str(number), **record} for number, record in enumerate(records)]
    kept = [record for record in kept if validator.is_valid(record)]
    if not kept:
        return
    inferred = Schemas({"s": infer_schema(kept).schema}).schema("s")
    plan = plan_collection(Wanted("t", "", "", "id", None), filled(shape_of(schemas.schema("s")), shape_of(inferred)))
    for record in kept:
        taken, misfits = flatten(plan, record["id"], record)
        assert misfits == []
        found = Rows(plan, lambda name, taken=taken: taken.get([t.name for t in plan.tables].index(name), []))
        assert rebuild(found, found.roots[0]) == projected(plan, record)
