# SPDX-License-Identifier: Apache-2.0
"""Small odd books: what they hold is published whole and verified, or refused with a finding at its place."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

import sourcebook


def write(folder: Path, collections: Mapping[str, Mapping[str, Any]], files: Mapping[str, Any], **settings: Any) -> Path:
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


@pytest.mark.parametrize("name", WHOLE)
def test_what_is_odd_is_published_whole(name: str, tmp_path: Path) -> None:
    folder = write(tmp_path, *WHOLE[name])
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
