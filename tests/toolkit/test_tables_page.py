# SPDX-License-Identifier: Apache-2.0
"""The examples of ``docs/reference/tables.md``: each schema and record gives the rows that the page shows."""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

import sourcebook
from sourcebook.exact import dumps
from sourcebook.infer import infer_schema
from sourcebook.parse import parse
from sourcebook.sqlite import quote
from tests.conftest import ROOT

SETTINGS = {"key", "layout", "references", "undeclared"}


@dataclass
class Example:
    """A schema (None: inferred), records as YAML text, and the tables that are shown: header and rows."""

    section: str
    settings: dict[str, Any]
    schema: Any
    records: str
    tables: list[tuple[str, list[str], list[list[str]]]]

    @property
    def collection(self) -> str:
        return "harvests" if "references" in self.settings else "varieties"


BLOCK = re.compile(
    r"^\#\#\ (?P<section>[^\n]+)$ | ^```(?P<kind>yaml|json)\n(?P<text>.*?)^```$ | ^`(?P<name>\w+)`:$"
    r" | (?P<table>(?:^\|[^\n]*\n)+)",
    re.MULTILINE | re.DOTALL | re.VERBOSE,
)


def examples() -> Iterator[Example]:
    section, settings, schema = "", {}, None
    example: Example | None = None
    name = ""
    for found in BLOCK.finditer((ROOT / "docs/reference/tables.md").read_text("utf-8")):
        if found["section"]:
            section, settings, schema, example = found["section"], {}, None, None
        elif found["kind"] == "json":
            schema, example = json.loads(found["text"]), None
        elif found["kind"] == "yaml":
            value = parse(found["text"].encode(), "example.yaml").documents[0].value
            if isinstance(value, dict) and value.keys() <= SETTINGS:
                settings, example = value, None
                continue
            example = Example(section, settings, schema, found["text"], [])
            settings, schema = {}, None
            yield example
        elif found["name"]:
            name = found["name"]
        elif found["table"] and example:
            rows = [_cells(line) for line in found["table"].splitlines()]
            example.tables.append((name or example.collection, rows[0], rows[2:]))
            name = ""


def _cells(line: str) -> list[str]:
    return [cell.strip() for cell in line.strip()[1:-1].split("|")]


EXAMPLES = list(examples())


def test_every_rule_has_an_example() -> None:
    sections = set(re.findall(r"^## (.+)$", (ROOT / "docs/reference/tables.md").read_text("utf-8"), re.MULTILINE))
    without = {
        "The whole record",
        "What columns do not keep",
        "Names",
        "Search",
        "Derived columns",
        "History",
        "Independent origins",
        "Views and indexes",
    }
    assert {example.section for example in EXAMPLES} == sections - without
    assert all(example.tables for example in EXAMPLES)


@pytest.mark.parametrize("example", EXAMPLES, ids=[f"{n} {one.section}" for n, one in enumerate(EXAMPLES)])
def test_an_example_gives_the_rows_that_are_shown(example: Example, tmp_path: Path) -> None:
    write(example, tmp_path)
    checked = sourcebook.check(tmp_path, aside=tmp_path)
    assert checked.ok, checked.findings
    with closing(sqlite3.connect(tmp_path / "varieties.db")) as connection:
        for table, header, rows in example.tables:
            cursor = connection.execute(f"SELECT * FROM {quote(table)} ORDER BY rowid")
            assert [column[0] for column in cursor.description] == header
            assert [["" if cell is None else str(cell) for cell in row] for row in cursor] == rows


def write(example: Example, folder: Path) -> None:
    """A book of the example; one about references has the varieties and growers that it speaks of."""
    settings = {"records": "data/example.yaml", "layout": "list", **example.settings}
    settings.setdefault("key", "number" if example.collection == "harvests" else "id")
    records = example.records
    if settings["layout"] == "list" and not isinstance(
        parse(records.encode(), "example.yaml").documents[0].value, list
    ):
        records = "- " + records.replace("\n", "\n  ").rstrip() + "\n"
    resources = [resource(example.collection, settings)]
    files = {"data/example.yaml": records}
    schema = example.schema
    if example.collection == "harvests":  # whose schema the page describes in words
        values = parse(records.encode(), "example.yaml").documents[0].value
        schema = {**infer_schema(values).schema, "additionalProperties": False}
    if schema is not None:
        settings["schema"] = "schemas/example.json"
        files["schemas/example.json"] = dumps(schema)
    if example.collection == "harvests":
        nested = "varieties.id.trade" in example.settings["references"].values()
        for name, key in (("growers", "id"), ("varieties", "id.code" if nested else "id")):
            resources.append(resource(name, {"records": f"data/{name}.yaml", "layout": "list", "key": key}))
        files["data/growers.yaml"] = "- {id: alder-farm}\n"
        files["data/varieties.yaml"] = (
            "- {id: {code: V7, trade: RL}}\n"
            if nested
            else "- {id: red-lantern, name: Red Lantern}\n- {id: early-star, name: Early Star}\n"
        )
    files["datapackage.yaml"] = dumps({"name": "varieties", "resources": resources})
    for path, text in files.items():
        (folder / path).parent.mkdir(exist_ok=True)
        (folder / path).write_text(text, "utf-8")


def resource(name: str, settings: dict[str, Any]) -> dict[str, Any]:
    return {
        "name": name,
        "path": f"build/csv/{name}.csv",
        "schema": f"build/tableschema/{name}.json",
        "sourcebook": settings,
    }
