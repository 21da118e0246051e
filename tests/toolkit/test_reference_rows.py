# SPDX-License-Identifier: Apache-2.0
"""References in the tables: what is linked, to what, and that the release is what verify expects."""

from __future__ import annotations

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
