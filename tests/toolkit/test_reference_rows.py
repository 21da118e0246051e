# SPDX-License-Identifier: Apache-2.0
"""References in the tables: what is linked, to what, and that the release is what verify expects."""

from __future__ import annotations

import json
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
import yaml

import sourcebook
from sourcebook.sqlite import quote
from tests.conftest import BOOKS

# By book and file, the records that are without mistakes; by table, its columns and rows.
WHOLE: dict[str, tuple[dict[str, list[str]], dict[str, tuple[list[str], list[tuple[Any, ...]]]]]] = {
    "reference-branches": (
        {
            "notes": ["of-a-place", "of-a-place-named-as-a-person", "of-a-person", "of-nothing-here"],
            "letters": ["sealed", "open"],
            "tasks": ["visit"],
        },
        {
            "notes": (
                ["id", "kind", "about", "about_people", "about_places"],
                [
                    ("of-a-place", "place", "elm-halt", None, "elm-halt"),
                    ("of-a-place-named-as-a-person", "place", "ada", None, "ada"),
                    ("of-a-person", "person", "ada", "ada", None),
                    ("of-nothing-here", "other", "the weather", None, None),
                ],
            ),
            "letters": (
                ["id", "from", "from_people", "from_places", "to", "to_places"],
                [
                    ("sealed", "Bo Example", "bo", None, "anybody", None),
                    ("open", "elm-halt", None, "elm-halt", "elm-halt", "elm-halt"),
                ],
            ),
            "tasks_steps": (
                ["_position", "object", "object_people", "object_places"],
                [(0, "elm-halt", None, "elm-halt"), (1, "the elder", "ada", None), (2, "bo", "bo", None)],
            ),
        },
    ),
    "reference-anywhere": (
        {"rooms": ["whole"]},
        {
            "rooms_roles": (["_name", "_name_people", "_value"], [("ada", "ada", "reads"), ("bo", "bo", "writes")]),
            "rooms_pair": (["_value", "_value_people"], [("anybody", None), ("ada", "ada")]),
            "rooms": (["tree_lead"], [("ada",)]),
        },
    ),
    "reference-lists": (
        {"rooms": ["whole", "also-whole"]},
        {
            "rooms_seats": (["_parent", "_value"], [("whole", "ada"), ("whole", "bo")]),
            "rooms_roles": (["_name", "_value"], [("reads", "bo")]),
            "rooms_free": (["_value"], [("ada",)]),
            "rooms_lead": (["_parent", "_value"], [("whole", "bo"), ("also-whole", "ada"), ("also-whole", "bo")]),
            "rooms": (["id", "near"], [("whole", "ada"), ("also-whole", None)]),
        },
    ),
    "reference-as-text": (
        {"stops": ["ash", "elm"]},
        {
            "stops": (
                ["line", "line_lines", "by_name", "by_name_lines"],
                [("7", 7, "70", 7), ("8", 8, "80", 8)],
            )
        },
    ),
    "reference-in-descriptor": (
        {"notes": ["whole", "free"]},
        {
            "notes": (
                ["about", "about_people", "about_places"],
                [("elm-halt", None, "elm-halt"), ("anything", None, None)],
            ),
            "notes_roles": (["_name", "_name_people"], [("ada", "ada")]),
            "notes_steps": (
                ["object", "object_people", "object_places"],
                [("bo", "bo", None), ("anywhere", None, None)],
            ),
        },
    ),
}


@pytest.mark.parametrize("name", WHOLE)
def test_what_is_right_is_linked_and_verified(name: str, tmp_path: Path) -> None:
    kept, tables = WHOLE[name]
    folder = tmp_path / "book"
    shutil.copytree(BOOKS / name, folder)
    for file, ids in kept.items():
        path = folder / f"data/{file}.yaml"
        records = [record for record in yaml.safe_load(path.read_text("utf-8")) if record["id"] in ids]
        for record in records:
            if record["id"] == "visit":
                record["steps"] = record["steps"][:3]
        path.write_text(yaml.safe_dump(records, sort_keys=False), "utf-8")
    assert sourcebook.check(folder).findings == ()
    sourcebook.build(folder)
    with closing(sqlite3.connect(folder / f"build/current/{name}.db")) as connection:
        for table, (columns, rows) in tables.items():
            query = f"SELECT {', '.join(map(quote, columns))} FROM {quote(table)} ORDER BY rowid"
            assert connection.execute(query).fetchall() == rows, table
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
    assert sourcebook.verify(folder).differences == ()


@pytest.mark.parametrize(
    ("table", "key", "column", "line"),
    [
        ("notes", "of-a-place", "about_places", 1),
        ("letters", "sealed", "from_people", 1),
        ("tasks_steps", "visit/steps/1", "object_people", 4),
    ],
)
def test_where_leads_from_the_column_of_a_target_to_what_is_written(
    table: str, key: str, column: str, line: int
) -> None:
    assert sourcebook.where(BOOKS / "reference-branches", table, key, column).line == line


def test_where_leads_from_the_column_of_a_key_to_that_key() -> None:
    found = sourcebook.where(BOOKS / "reference-anywhere", "rooms_roles", "whole/bo", "_name_people")
    assert (found.line, found.source[found.column - 1 :][:2]) == (6, "bo")


def test_a_wrong_reference_is_told_where_it_stands_and_a_right_one_is_not_made_wrong(tmp_path: Path) -> None:
    """Mutants of a book whose references depend on the record: those that dangle are found at their line."""
    folder = tmp_path / "book"
    shutil.copytree(BOOKS / "reference-in-descriptor", folder)
    path = folder / "data/notes.yaml"
    path.write_text(path.read_text("utf-8").partition("- id: lost")[0], "utf-8")
    mutated = sourcebook.mutate(folder, kinds=["dangling-reference"], each=6)
    assert {one.outcome for one in mutated.tried} == {"at its line"}


NESTED = """
- id: thread
  notes:
    - {kind: person, about: ada, below: [{kind: place, about: elm-halt, below: [{kind: person, about: bo}]}]}
    - {kind: other, about: anything}
"""


@pytest.mark.parametrize("said", ["schema", "descriptor"])
def test_what_a_record_says_holds_at_every_depth_of_a_list_that_contains_itself(tmp_path: Path, said: str) -> None:
    folder = tmp_path / "book"
    shutil.copytree(BOOKS / "reference-branches", folder)
    note: dict[str, Any] = {
        "type": "object",
        "properties": {
            "kind": {"type": "string"},
            "about": {"type": "string"},
            "below": {"type": "array", "items": {"$ref": "#/$defs/note"}},
        },
        "additionalProperties": False,
    }
    references = ""
    if said == "schema":
        note["allOf"] = [
            {
                "if": {"properties": {"kind": {"const": kind}}, "required": ["kind"]},
                "then": {"properties": {"about": {"x-references": target}}},
            }
            for kind, target in (("person", "people"), ("place", "places"))
        ]
    else:
        references = (
            ", references: {'notes[].about': [{to: people, when: {'notes[].kind': person}},"
            " {to: places, when: {'notes[].kind': place}}]}"
        )
    schema = {
        "type": "object",
        "properties": {"id": {"type": "string"}, "notes": {"type": "array", "items": {"$ref": "#/$defs/note"}}},
        "$defs": {"note": note},
    }
    (folder / "schemas/notes.json").write_text(json.dumps(schema), "utf-8")
    (folder / "data/notes.yaml").write_text(NESTED, "utf-8")
    head, _, _ = (folder / "datapackage.yaml").read_text("utf-8").partition("  - name: notes\n")
    (folder / "datapackage.yaml").write_text(
        f"{head}  - name: notes\n    path: build/csv/notes.csv\n    schema: build/tableschema/notes.json\n"
        "    sourcebook: {records: data/notes.yaml, layout: list, key: id, schema: schemas/notes.json"
        f"{references}}}\n",
        "utf-8",
    )
    for name in ("letters", "tasks"):
        (folder / f"data/{name}.yaml").unlink()
    assert sourcebook.check(folder).findings == ()
    sourcebook.build(folder)
    with closing(sqlite3.connect(folder / "build/current/reference-branches.db")) as connection:
        rows = connection.execute("SELECT about, about_people, about_places FROM notes_notes ORDER BY rowid").fetchall()
    assert rows == [
        ("ada", "ada", None),
        ("elm-halt", None, "elm-halt"),
        ("bo", "bo", None),
        ("anything", None, None),
    ]
    assert sourcebook.verify(folder).differences == ()
    path = folder / "data/notes.yaml"
    path.write_text(NESTED.replace("about: bo", "about: elm-halt"), "utf-8")
    (finding,) = sourcebook.check(folder).findings
    assert (finding.rule, finding.pointer) == ("reference", "/0/notes/0/below/0/below/0/about")
