# SPDX-License-Identifier: Apache-2.0
"""Who refers to a record: in every form in which a reference may be written."""

from __future__ import annotations

from pathlib import Path

import pytest

from sourcebook.edit.references import referring, referring_to
from sourcebook.edit.source import source_of
from sourcebook.errors import UsageError
from tests.toolkit.edit_books import grove


def test_every_form(tmp_path: Path) -> None:
    source = source_of(grove(tmp_path))
    found = referring(source, "people", "odd-ankerlokke")
    told = [
        f"{one.record.path}:{one.line} {'/'.join(map(str, one.path))} {one.value!r} {one.target}{' key' * one.at_key}"
        for one in found
    ]
    assert told == [
        "data/trees/ash.yaml:2 planter 'odd-ankerlokke' people",
        "data/trees/ash.yaml:4 tended/0/by 'odd@example.org' people.email",
        "data/paths.yaml:2 walker 'odd-ankerlokke' people",
        "data/ponds.yaml:3 depths/odd-ankerlokke 'odd-ankerlokke' people key",
        "data/ponds.yaml:6 depths/odd-ankerlokke 'odd-ankerlokke' people key",
        "data/signs.yaml:2 by/0 'odd-ankerlokke' people",
        "data/signs.yaml:6 by/0 'odd-ankerlokke' people",
        "data/pages/walk.md:3 author 'odd-ankerlokke' people",
        "data/gates/north.json:2 keeper 'odd-ankerlokke' people",
        "data/keys.json:3 holder '7' people.number",
        "data/visits.jsonl:1 by 'odd-ankerlokke' people",
        "data/birds.yaml:3 seen_by 'odd-ankerlokke' people",
    ]
    assert [one.by_key for one in found].count(False) == 2
    both = referring_to(source, source.by_collection["people"])
    assert both["people", "odd-ankerlokke"] == found
    assert len(both["people", "isil-fener"]) == 10
    assert referring(source, "trees", "ash") == ()


def test_references_by_schemas_and_conditions(tmp_path: Path) -> None:
    root = tmp_path
    for path, text in {
        "datapackage.yaml": """\
name: harbour
title: Harbour
resources:
  - name: boats
    path: build/csv/boats.csv
    schema: build/tableschema/boats.json
    sourcebook: {records: "data/boats/*.yaml", schema: schemas/boat.json}
  - name: crews
    path: build/csv/crews.csv
    schema: build/tableschema/crews.json
    sourcebook: {records: "data/crews/*.yaml"}
  - name: notes
    path: build/csv/notes.csv
    schema: build/tableschema/notes.json
    sourcebook:
      records: data/notes/*.yaml
      references:
        about: [{to: boats, when: {kind: boat}}, {to: crews, when: {kind: crew}}]
licenses: [{name: CC0-1.0}]
""",
        "schemas/boat.json": """\
{"$schema": "https://json-schema.org/draft/2020-12/schema", "type": "object", "properties": {
  "crew": {"type": "string", "x-references": "crews"},
  "towed": {"type": "array", "items": {"type": "string", "x-references": "boats"}}}}
""",
        "data/boats/tern.yaml": "crew: tern\n",
        "data/boats/auk.yaml": "crew: tern\ntowed:\n- tern\n",
        "data/crews/tern.yaml": "size: 4\n",
        "data/notes/a.yaml": "kind: boat\nabout: tern\n",
        "data/notes/b.yaml": "kind: crew\nabout: tern\n",
    }.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text)
    source = source_of(root)
    assert {(one.record.path, one.path) for one in referring(source, "boats", "tern")} == {
        ("data/boats/auk.yaml", ("towed", 0)),
        ("data/notes/a.yaml", ("about",)),
    }
    assert {(one.record.path, one.path) for one in referring(source, "crews", "tern")} == {
        ("data/boats/tern.yaml", ("crew",)),
        ("data/boats/auk.yaml", ("crew",)),
        ("data/notes/b.yaml", ("about",)),
    }


def test_names_that_are_not_there(tmp_path: Path) -> None:
    source = source_of(grove(tmp_path))
    with pytest.raises(UsageError, match=r"there is no collection 'peple'.*people"):
        referring(source, "peple", "x")
    with pytest.raises(UsageError, match=r"people has no record 'isil-fenner'.*isil-fener"):
        referring(source, "people", "isil-fenner")
