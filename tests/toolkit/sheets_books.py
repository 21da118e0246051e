# SPDX-License-Identifier: Apache-2.0
"""A book of boats in every layout, all of the same records: what the tests of spreadsheets send out and bring back."""

from __future__ import annotations

import csv
import io
import json
import re
from pathlib import Path
from typing import Any

from sourcebook.parse import parse

LAYOUTS = ("file", "list", "map", "documents", "front-matter", "json", "json-lines")

SCHEMA: dict[str, Any] = {
    "type": "object",
    "required": ["id", "name"],
    "properties": {
        "id": {"type": "string"},
        "name": {"type": "string", "title": "Name", "description": "As painted on her."},
        "kind": {"enum": ["ferry", "lugger", "tug", None]},
        "built": {"type": "integer"},
        "length": {"type": "number"},
        "afloat": {"type": "boolean"},
        "since": {"type": "string", "format": "date"},
        "code": {"type": "string"},
        "owner": {"type": "string", "x-references": "people"},
        "notes": {"type": "string"},
        "size": {
            "type": "object",
            "properties": {"width": {"type": "number"}, "depth": {"type": "number"}},
            "additionalProperties": False,
        },
        "tags": {"type": "array", "items": {"type": "string"}},
        "crew": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {"who": {"type": "string"}, "role": {"type": "string"}, "pay": {"type": "number"}},
                "additionalProperties": False,
            },
        },
        "names": {"type": "object", "additionalProperties": {"type": "string"}},
        "extra": {"type": "object"},
        "text": {"type": "string"},
    },
}

_BOATS = {
    "heron": """\
id: heron # her key
name: The Heron
kind: ferry
built: 1931 # as her papers say
length: 21.5
afloat: true
since: "1931-05-04"
code: "007"
owner: ayla
notes: |
  She carries sheep,
  and rarely people.
size:
  width: 5
  depth: 1.0
# seen by all
tags:
  - wood
  - white
crew:
  - who: ayla
    role: master # by day
    pay: 12.5
  - {who: bo, role: hand}
names: {fi: Haikara, sv: 'Häger'}
extra:
  log: [1, 2.0, {deep: null}]
left: 1.0
""",
    "teal": """\
id: teal
name: 'The Teal: a lugger'
built: 1888
length: 9
afloat: false
owner: bo
notes: She sank. # twice
tags: [iron, "1.10"]
crew:
  - who: bo
""",
    "wren": """\
# never built
id: wren
name: "=Wren"
kind: null
code: ""
tags: []
size: {width: 2}
""",
}

DESCRIPTOR = """\
name: quay
title: Boats of a quay
version: 1.2.0
resources:
  - name: boats
    path: build/csv/boats.csv
    schema: build/tableschema/boats.json
    sourcebook: {{records: {records}, schema: schemas/boats.json, key: id{more}}}
  - name: people
    path: build/csv/people.csv
    schema: build/tableschema/people.json
    sourcebook: {{records: data/people.yaml, layout: map}}
licenses:
  - name: CC0-1.0
"""

_WHERE = {
    "file": ('"data/boats/*.yaml"', ""),
    "list": ("data/boats.yaml", ", layout: list"),
    "map": ("data/boats.yaml", ", layout: map"),
    "documents": ("data/boats.yaml", ", layout: documents"),
    "front-matter": ('"data/boats/*.md"', ", layout: front-matter, body: text"),
    "json": ("data/boats.json", ", layout: list"),
    "json-lines": ("data/boats.jsonl", ", layout: documents"),
}


def _indented(text: str, first: str, other: str) -> str:
    lines = text.splitlines(keepends=True)
    comments = [line for line in lines[:1] if line.startswith("#")]
    lines = lines[len(comments) :]
    return "".join([*comments, first + lines[0], *(other + line if line.strip() else line for line in lines[1:])])


def _files(layout: str) -> dict[str, str]:
    if layout == "file":
        return {f"data/boats/{key}.yaml": text for key, text in _BOATS.items()}
    if layout == "front-matter":
        return {f"data/boats/{key}.md": f"---\n{text}---\nOf {key}.\n" for key, text in _BOATS.items()}
    if layout == "list":
        return {"data/boats.yaml": "\n".join(_indented(text, "- ", "  ") for text in _BOATS.values())}
    if layout == "map":
        bare = {key: re.sub(r"(?m)^(# never built|id: .*)\n", "", text) for key, text in _BOATS.items()}
        return {"data/boats.yaml": "".join(f"{key}:\n{_indented(text, '  ', '  ')}" for key, text in bare.items())}
    if layout == "documents":
        return {"data/boats.yaml": "---\n".join(_BOATS.values())}
    values = list(values_of().values())
    if layout == "json":
        return {"data/boats.json": json.dumps(values, indent=2, ensure_ascii=False) + "\n"}
    return {"data/boats.jsonl": "".join(json.dumps(one, ensure_ascii=False) + "\n" for one in values)}


def values_of(layout: str = "file") -> dict[str, Any]:
    """The boats as plain data, by key."""
    found = {key: parse(text.encode(), "x.yaml").documents[0].value for key, text in _BOATS.items()}
    for value in found.values() if layout == "map" else ():
        del value["id"]
    return found


def quay(folder: Path, layout: str = "file", *, line_end: str = "\n", mark: bool = False, ended: bool = True) -> Path:
    """The book in a folder: with lines that end so, with a byte order mark, without an end of the last line."""
    root = folder / "quay"
    records, more = _WHERE[layout]
    people = "ayla: {name: Ayla Nehir, born: 1901}\nbo: {name: Bo Strand}\n"
    own = {"datapackage.yaml": DESCRIPTOR.format(records=records, more=more), "data/people.yaml": people}
    schema = SCHEMA if layout != "map" else {**SCHEMA, "required": ["name"], "properties": {**SCHEMA["properties"]}}
    if layout == "map":
        del schema["properties"]["id"]
    own["schemas/boats.json"] = json.dumps(schema)
    for path, text in own.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text, "utf-8")
    for path, text in _files(layout).items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        data = (text if ended else text.removesuffix("\n")).replace("\n", line_end).encode()
        (root / path).write_bytes((b"\xef\xbb\xbf" if mark else b"") + data)
    return root


def rows(path: Path) -> list[list[str]]:
    """The rows of a file of CSV."""
    return list(csv.reader(io.StringIO(path.read_text("utf-8-sig"), newline="")))


def write(path: Path, some: list[list[str]]) -> None:
    """Write rows as spreadsheets do."""
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file).writerows(some)


def edit(path: Path, key: str, heading: str, cell: str) -> None:
    """Write into a cell of the row whose first cell is ``key`` (of a list: and whose second is the position)."""
    some = rows(path)
    place = some[0].index(heading)
    first, _, second = key.partition("#")
    row = next(row for row in some[1:] if row[0] == first and (not second or second in row[1:3]))
    row[place] = cell
    write(path, some)
