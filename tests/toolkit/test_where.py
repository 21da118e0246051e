# SPDX-License-Identifier: Apache-2.0
"""Where a published value comes from: every layout, every kind of table, keys that are hard to read."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner

import sourcebook
from sourcebook.cli import main
from sourcebook.errors import UsageError
from sourcebook.where import where
from tests.places import read_back

Copy = Callable[[str], Path]

SCHEMA = {
    "type": "object",
    "properties": {
        "id": {"type": "string"},
        "size": {"type": "object", "properties": {"high": {"type": "number"}}, "additionalProperties": False},
        "tags": {"type": "array", "items": {"type": "string"}},
        "one": {"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]},
        "names": {"type": "object", "additionalProperties": {"type": "string"}},
        "parts": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {"name": {"type": "string"}, "marks": {"type": "array", "items": {"type": "string"}}},
            },
        },
        "notes": {"type": "array", "items": {"$ref": "#/$defs/note"}},
    },
    "$defs": {
        "note": {
            "type": "object",
            "properties": {
                "text": {"type": "string"},
                "answers": {"type": "array", "items": {"$ref": "#/$defs/note"}},
                "words": {"type": "array", "items": {"type": "string"}},
            },
        }
    },
}
RECORDS = """\
- id: a
  size: {high: 3}
  tags: [x, "y"]
  one: alone
  names: {"b/c": N, "~": T}
  parts:
    - name: first
      marks:
        - m0
        - m1
- id: a/parts/0
  parts: [{name: second}]
- id: a/tags
  tags: [z]
  notes:
    - text: top
      answers:
        - text: below
          words: [w]
  other: [1]
"""


@pytest.fixture
def odd(tmp_path: Path) -> Path:
    """A book of things with hard keys, and a collection whose file is no YAML."""
    for folder in ("data", "schemas"):
        (tmp_path / folder).mkdir()
    (tmp_path / "datapackage.yaml").write_text(
        "name: odd\nresources:\n"
        "  - {name: things, path: build/csv/things.csv, schema: build/tableschema/things.json, sourcebook:\n"
        "      {records: data/things.yaml, schema: schemas/thing.schema.json, key: id, layout: list}}\n"
        "  - {name: broken, path: build/csv/broken.csv, schema: build/tableschema/broken.json, sourcebook:\n"
        "      {records: data/broken.yaml, schema: schemas/thing.schema.json, key: id, layout: list}}\n"
    )
    (tmp_path / "schemas/thing.schema.json").write_text(json.dumps(SCHEMA))
    (tmp_path / "data/things.yaml").write_text(RECORDS)
    (tmp_path / "data/broken.yaml").write_text("- id: [\n")
    return tmp_path


@pytest.mark.parametrize(
    ("table", "key", "column", "place"),
    [
        ("things", "a", None, "1:3"),
        ("things", "a", "id", "1:7"),
        ("things", "a", "size_high", "2:16"),
        ("things", "a", "size", "2:9"),
        ("things", "a", "tags", "3:9"),
        ("things_tags", "a/1", "_value", "3:13"),
        ("things_tags", "a/tags/1", "_value", "3:13"),
        ("things_tags", "a/1", "_position", "3:13"),
        ("things_tags", "a/tags/0", "_value", "14:10"),
        ("things_tags", "a/tags/tags/0", None, "14:10"),
        ("things_one", "a/0", "_value", "4:8"),
        ("things_names", "a/b/c", "_value", "5:18"),
        ("things_names", "a/names/b~1c", "_value", "5:18"),
        ("things_names", "a/b/c", "_name", "5:11"),
        ("things_names", "a/names/~0", "_value", "5:26"),
        ("things_parts", "a/parts/0", "name", "7:13"),
        ("things_parts", "a/parts/0", "_key", "7:7"),
        ("things_parts_marks", "a/parts/0/1", "_value", "10:11"),
        ("things_parts_marks", "a/parts/0/marks/1", "_parent", "10:11"),
        ("things", "a/parts/0", "id", "11:7"),
        ("things_parts", "a/parts/0/parts/0", "name", "12:18"),
        ("things_notes", "a/tags/notes/0/answers/0", "text", "18:17"),
        ("things_notes", "a/tags/notes/0/answers/0", "_within", "18:11"),
        ("things_notes_words", "a/tags/notes/0/answers/0/0", "_value", "19:19"),
        ("things", "a/tags", "_other", "13:3"),
    ],
)
def test_every_kind_of_cell_has_its_place(odd: Path, table: str, key: str, column: str | None, place: str) -> None:
    assert str(where(odd, table, key, column)) == f"data/things.yaml:{place}"


@pytest.mark.parametrize(
    ("table", "key", "column", "place"),
    [
        ("things_names", "a/names/b~1c", "_value", "5:18"),
        ("things_names", "a/names/b~1c", "_name", "5:11"),
        ("things_parts_marks", "a/parts/0/marks/1", "_value", "10:11"),
        ("things_parts_marks", "a/parts/0/1", "_value", "10:11"),
        ("things_parts_marks", "a/parts/0", "_value", "9:9"),  # the parent alone: the list
        ("things_parts", "a", "name", "7:5"),
        ("things_parts", "a/parts/0/parts/0", "name", "12:18"),
        ("things_notes_words", "a/tags/notes/0/answers/0/words/0", "_value", "19:19"),
        ("things", "a", "tags", "3:9"),
        ("things_tags", "a/tags/0", "_value", "3:10"),  # in a check the list's name goes first
    ],
)
def test_findings_of_sql_checks_stand_at_the_same_places(
    odd: Path, table: str, key: str, column: str, place: str
) -> None:
    (odd / "scripts/checks").mkdir(parents=True)
    sql = f"SELECT '{table}' AS _table, '{key}' AS _key, '{column}' AS _column FROM things LIMIT 1"
    (odd / "scripts/checks/one.sql").write_text(f"-- title: x\n{sql}")
    (finding,) = (one for one in sourcebook.check(odd).findings if one.rule == "checks/one")
    assert (finding.path, f"{finding.line}:{finding.column}") == ("data/things.yaml", place)


def test_null_and_absent_values_are_told_at_what_could_hold_them(odd: Path) -> None:
    located = where(odd, "things", "a/tags", "size_high")
    assert (str(located), located.written, located.pointer) == ("data/things.yaml:13:3", False, "/2/size/high")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("thing", "a"), "no table 'thing': did you mean 'things'?"),
        (("things", "b"), "no row 'b': the first row is 'a'"),
        (("things", "a/tag"), "no row 'a/tag': did you mean 'a/tags'?"),
        (("things_parts", "a/parts/3"), "no row 'a/parts/3': the first row is 'a/parts/0'"),
        (("things", "a", "size_hihg"), "no column 'size_hihg': did you mean 'size_high'?"),
        (("broken", "a"), "not all files could be read: data/broken.yaml:1:7"),
    ],
)
def test_what_is_not_there_is_a_usage_error_with_the_nearest_name(
    odd: Path, arguments: tuple[str, ...], said: str
) -> None:
    with pytest.raises(UsageError) as caught:
        where(odd, *arguments)
    assert said in str(caught.value)
    assert CliRunner().invoke(main, ["where", "--book", str(odd), *arguments]).exit_code == 2


def test_every_layout_has_its_places(book: Copy) -> None:
    folder = book("layouts")
    assert sourcebook.build(folder).release  # as pages, a map, a map below a wrapper key, several documents a file
    checked = sourcebook.check(folder)
    assert read_back(checked, folder, random.Random(1), 300) >= 5
    record = next(record for record in checked.records if record.collection == "words")
    located = where(folder, "words", record.key, "word")
    assert located.source.startswith(f"{record.key}:")
    assert (located.line, located.column) == (record.line, 1)


@pytest.mark.slow
def test_a_thousand_cells_of_the_reference_book_are_read_back(reference_book: Path) -> None:
    assert read_back(sourcebook.check(reference_book), reference_book, random.Random(2), 1000) > 100


def test_the_command_prints_the_place_and_its_line(odd: Path) -> None:
    result = CliRunner().invoke(main, ["where", "things", "a", "size_high", "--book", str(odd)])
    assert result.stdout == "data/things.yaml:2:16\n  size: {high: 3}\n"
    result = CliRunner().invoke(main, ["where", "things", "a/tags", "one", "--book", str(odd), "--format", "json"])
    assert json.loads(result.stdout)["path"] == "data/things.yaml"
    assert not (odd / "build").exists()
