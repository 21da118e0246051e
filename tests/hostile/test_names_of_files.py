# SPDX-License-Identifier: Apache-2.0
"""What is called as no file can be: told at its line, and no failure of the machine."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import sourcebook
from sourcebook.finding import Finding

LONG = "k" * 300
LONG_IN_BYTES = "é" * 130
DEEP = "/".join(["k" * 200] * 30)


def checked(folder: Path, name: str = "kites", records: str = "data/*.yaml", schema: str = "") -> list[Finding]:
    (folder / "data").mkdir(exist_ok=True)
    (folder / "data/a.yaml").write_text("colour: red\n")
    said = f"records: {records}" + (f", schema: {schema}" if schema else "")
    (folder / "datapackage.yaml").write_text(
        f"name: kites\nresources:\n- name: {name}\n  path: build/csv/{name}.csv\n"
        f"  schema: build/tableschema/{name}.json\n  sourcebook: {{{said}}}\n"
    )
    return [one for one in sourcebook.check(folder).findings if one.level == "error"]


@pytest.mark.parametrize("name", [LONG, LONG_IN_BYTES, DEEP])
@pytest.mark.parametrize("where", ["data/{}/*.yaml", "data/{}.yaml", "'**/{}/*.yaml'", "[data/*.yaml, '{}/x.yaml']"])
def test_a_pattern_that_no_file_can_be_called(where: str, name: str, tmp_path: Path) -> None:
    found = checked(tmp_path, records=where.format(name))
    assert [(one.rule, one.line) for one in found] == [("descriptor", 6)]
    assert ("or fewer are allowed" if name == DEEP else "no file can be called so") in found[0].message


@pytest.mark.parametrize(
    "path", [f"schemas/{LONG}.json", f"{LONG}.json", f"schemas/{DEEP}.json", f"{LONG_IN_BYTES}.json"]
)
def test_a_schema_that_no_file_can_be_called(path: str, tmp_path: Path) -> None:
    found = checked(tmp_path, schema=path)
    assert [(one.rule, one.line) for one in found] == [("descriptor", 6)]


@pytest.mark.parametrize("name", ["con", "nul", "aux", "prn", "com1", "lpt9"])
def test_names_of_devices(name: str, tmp_path: Path) -> None:
    """A reader on Windows could not unpack the archive."""
    found = checked(tmp_path, name=name)
    assert [(one.rule, one.line, one.hint) for one in found] == [("descriptor", 3, f"name: {name}-table")]


@pytest.mark.parametrize("name", ["console", "com", "lpt", "comx", "auxiliary"])
def test_names_that_are_nearly_those(name: str, tmp_path: Path) -> None:
    assert checked(tmp_path, name=name) == []


@pytest.mark.parametrize("name", ["..", "a/b", "/etc", "con.", " ", "a\\b"])
def test_names_that_are_paths(name: str, tmp_path: Path) -> None:
    assert {one.rule for one in checked(tmp_path, name=f"'{name}'")} == {"descriptor"}


@pytest.mark.parametrize("stem", ["k" * 250, "é" * 125, ".hidden", "-rf", "a b", "con"])
def test_the_longest_names_of_records_are_published(stem: str, tmp_path: Path) -> None:
    checked(tmp_path)
    (tmp_path / f"data/{stem}.yaml").write_text("colour: green\n")
    built = sourcebook.build(tmp_path)
    assert built.release is not None
    assert built.records == 2


def test_a_property_of_300_letters_has_files_of_its_own(tmp_path: Path) -> None:
    checked(tmp_path, schema="schema.json")
    items = {"type": "object", "properties": {"n": {"type": "integer"}}}
    properties = {"colour": {"type": "string"}, LONG: {"type": "array", "items": items}}
    (tmp_path / "schema.json").write_text(json.dumps({"type": "object", "properties": properties}))
    (tmp_path / "data/b.yaml").write_text(f"{LONG}:\n- n: 1\n")
    built = sourcebook.build(tmp_path)
    assert built.release is not None
    assert max(len(path.name) for path in (built.release / "csv").iterdir()) < 200
