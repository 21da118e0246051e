# SPDX-License-Identifier: Apache-2.0
"""What tables promise where records are published that depart from their schema: all that no finding is about."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

import sourcebook
from sourcebook.tables.departures import meets, spots
from sourcebook.validation.schemas import check
from sourcebook.validation.violation import missing_name

SCHEMA: dict[str, Any] = {
    "type": "object",
    "required": ["id", "name", "kind", "opened"],
    "properties": {
        "id": {"type": "string"},
        "name": {"type": "string", "minLength": 1},
        "kind": {"enum": ["halt", "junction"]},
        "opened": {"type": "string", "format": "date"},
        "lines": {"type": "array", "items": {"required": ["line"], "properties": {"line": {"enum": ["a", "b"]}}}},
    },
}
GOOD = {"id": "ash", "name": "Ash", "kind": "halt", "opened": "1901-02-03", "lines": [{"line": "a"}]}


def made(folder: Path, records: list[dict[str, Any]], *, rules: str = "", baseline: bool = False) -> Path:
    """A book of ``records``, with another collection that has the same ones without a mistake."""
    (folder / "data").mkdir(parents=True, exist_ok=True)
    (folder / "schemas").mkdir(exist_ok=True)
    (folder / "schemas/s.json").write_text(json.dumps(SCHEMA))
    (folder / "data/stations.json").write_text(json.dumps([GOOD, *records]))
    (folder / "data/others.json").write_text(json.dumps([GOOD]))
    resources = "".join(
        f"""  - name: {name}
    path: build/csv/{name}.csv
    schema: build/tableschema/{name}.json
    sourcebook: {{records: data/{name}.json, schema: schemas/s.json, layout: list, key: id{levels}}}
"""
        for name, levels in (("stations", f", rules: {rules}" if rules else ""), ("others", ""))
    )
    (folder / "datapackage.yaml").write_text(f"name: b\nresources:\n{resources}")
    if baseline:
        sourcebook.write_baseline(sourcebook.check(folder))
    return folder


def promises(folder: Path) -> tuple[set[str], dict[str, Any]]:
    """The columns that are never NULL, as ``table.column``, and the fields of the Table Schemas by the same name."""
    built = sourcebook.build(folder)
    assert built.release, built.findings
    assert sourcebook.verify(folder).ok
    with closing(sqlite3.connect(folder / "build/b.db")) as connection:
        tables = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        filled = {
            f"{table}.{name}"
            for table in tables
            for _, name, _, needed, _, _ in connection.execute(f"PRAGMA table_info('{table}')")
            if needed
        }
    fields = {
        f"{path.stem}.{field['name']}": field
        for path in (folder / "build/tableschema").glob("*.json")
        for field in json.loads(path.read_text())["fields"]
    }
    return filled, fields


# What is changed in a good record, and of which columns nothing is promised then.
DEPARTURES: list[tuple[dict[str, Any], set[str], set[str]]] = [
    ({"kind": "halte"}, {"kind"}, {"kind"}),
    ({"opened": "soon"}, {"opened"}, {"opened"}),
    ({"name": None}, {"name"}, set()),
    ({"name": 5}, {"name"}, set()),
    ({"names": "Elm", "name": ...}, {"name"}, set()),
    ({"opened": ...}, {"opened"}, {"opened"}),
    ({"lines": [{"line": "a"}, {"line": "z"}]}, set(), {"lines.line"}),
    ({"lines": "none"}, set(), {"lines.line"}),
]


@pytest.mark.parametrize("lowered", [True, False])
@pytest.mark.parametrize(("change", "empty", "free"), DEPARTURES, ids=lambda one: str(one)[:40])
def test_only_what_a_finding_is_about_is_relaxed(
    tmp_path: Path, change: dict[str, Any], empty: set[str], free: set[str], lowered: bool
) -> None:
    record = {key: value for key, value in (GOOD | {"id": "elm"} | change).items() if value is not ...}
    rules = "{schema: warning}" if lowered else ""
    filled, fields = promises(made(tmp_path / "b", [record], rules=rules, baseline=not lowered))
    for name in ("name", "kind", "opened"):
        assert (f"stations.{name}" in filled) is (name not in empty)
    assert {f"others.{name}" for name in ("name", "kind", "opened")} <= filled
    assert ("enum" in fields["stations.kind"].get("constraints", {})) is ("kind" not in free)
    assert (fields["stations.opened"]["type"] == "date") is ("opened" not in free)
    assert ("enum" in fields["stations_lines.line"].get("constraints", {})) is ("lines.line" not in free)
    if not lowered:
        assert fields["stations.id"]["type"] == "string"


def test_levels_are_of_one_collection(tmp_path: Path) -> None:
    folder = made(tmp_path / "b", [{"id": "elm"}], rules="{schema: warning}")
    assert {(f.level, f.rule) for f in sourcebook.check(folder).findings} == {("warning", "schema")}
    (folder / "data/others.json").write_text('[{"id": "elm"}]')
    levels = {(f.path, f.level) for f in sourcebook.check(folder).findings}
    assert levels == {("data/stations.json", "warning"), ("data/others.json", "error")}


def test_a_release_is_the_same_whatever_was_built_before(tmp_path: Path) -> None:
    """Also where the last database is at hand, of which the tables promised other things."""
    folder = made(tmp_path / "b", [GOOD | {"id": "elm", "kind": "halte"}], rules="{schema: warning}")
    assert "stations.kind" not in promises(folder)[0]
    made(folder, [GOOD | {"id": "elm", "name": ""}], rules="{schema: warning}")
    filled, _ = promises(folder)
    assert "stations.kind" in filled
    sourcebook.build(folder, clean=True)
    assert promises(folder)[0] == filled


def test_the_words_of_a_missing_property_name_it() -> None:
    for name in ("name", "it's", 'say "it\'s"', "a b", "é", "line\nbreak", "is missing"):
        (one,) = check({}, {"required": [name]})
        assert missing_name(one.message) == name
        (other,) = check({"a": 1}, {"dependentRequired": {"a": [name]}})
        assert missing_name(other.message) == name
    (odd,) = check({"name": "the property 'x' is missing"}, {"properties": {"name": {"enum": [1]}}})
    assert missing_name(odd.message) is None


def test_places_in_subjects() -> None:
    assert list(spots("stations/ash#/a~1b/0", "odd")) == [("a/b", "0")]
    assert list(spots("stations/ash#", "the property 'x' is missing")) == [("x",)]
    assert list(spots("stations/a#/b#/c", "odd")) == [("b#", "c"), ("c",)]
    assert meets("a[].b", [("a", "0", "b")])
    assert meets("a[].b", [("a", "b")])  # one thing for a list of such
    assert meets("a[].b", [("a",)])
    assert meets("a", [("a", "0", "b")])
    assert not meets("a[].b", [("a", "0", "c")])
    assert meets("names{}", [("names", "en")])
    assert not meets("a", [("b",)])


@pytest.mark.parametrize("most", [1, 2])
def test_adoption_writes_a_baseline_or_lowers_the_rule_of_one_collection(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, most: int
) -> None:
    """Of the two collections that depart from their schemas, one has two findings: too many for one that is listed."""
    monkeypatch.setattr(import_module("sourcebook.init.adopt"), "_MOST_LISTED", most)
    for name, bad in (("barns", 2), ("wells", 1), ("mills", 0)):
        (tmp_path / f"{name}.schema.json").write_text(
            json.dumps(
                {
                    "type": "object",
                    "required": ["id", name, f"{name}-b", f"{name}-c"],
                    "properties": {
                        "id": {"type": "string"},
                        name: {"type": "integer"},
                        f"{name}-b": {},
                        f"{name}-c": {},
                    },
                }
            )
        )
        more = {f"{name}-b": 1, f"{name}-c": 1}
        records = [{"id": f"{name}-{n}", name: f"odd {n}" if n < bad else n, **more} for n in range(9)]
        (tmp_path / f"{name}.json").write_text(json.dumps(records))
    made = sourcebook.init(tmp_path, adopt=True)
    assert made.checked.ok
    levels = {one.name: dict(one.levels) for one in made.checked.book.collections}
    assert levels == {"barns": {"schema": "warning"} if most == 1 else {}, "wells": {}, "mills": {}}
    assert "rules" not in made.checked.book.settings
    assert len(made.checked.known) == (1 if most == 1 else 3)
    assert any(note.startswith("barns: 2 records depart from the schema") for note in made.undecided)
    assert sourcebook.build(tmp_path).release
    assert sourcebook.verify(tmp_path).ok
