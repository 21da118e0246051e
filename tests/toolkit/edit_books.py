# SPDX-License-Identifier: Apache-2.0
"""A small book with a collection of every layout, whose records refer to people: what the tests of editing edit."""

from __future__ import annotations

from pathlib import Path

DESCRIPTOR = """\
name: grove
title: Every layout
resources:
  - name: people
    path: build/csv/people.csv
    schema: build/tableschema/people.json
    sourcebook: {records: "data/people/*.yaml"}
  - name: trees
    path: build/csv/trees.csv
    schema: build/tableschema/trees.json
    sourcebook: {records: "data/trees/*.yaml", key: id, references: {planter: people, "tended[].by": people.email}}
  - name: paths
    path: build/csv/paths.csv
    schema: build/tableschema/paths.json
    sourcebook: {records: data/paths.yaml, layout: list, key: id, references: {walker: people}}
  - name: ponds
    path: build/csv/ponds.csv
    schema: build/tableschema/ponds.json
    sourcebook: {records: data/ponds.yaml, layout: map, references: {"depths{key}": people}}
  - name: signs
    path: build/csv/signs.csv
    schema: build/tableschema/signs.json
    sourcebook: {records: data/signs.yaml, layout: documents, key: code, references: {"by[]": people}}
  - name: pages
    path: build/csv/pages.csv
    schema: build/tableschema/pages.json
    sourcebook: {records: "data/pages/*.md", layout: front-matter, references: {author: people}}
  - name: gates
    path: build/csv/gates.csv
    schema: build/tableschema/gates.json
    sourcebook: {records: "data/gates/*.json", references: {keeper: people}}
  - name: keys
    path: build/csv/keys.csv
    schema: build/tableschema/keys.json
    sourcebook:
      {records: data/keys.json, layout: list, key: no, at: /all, references: {holder: {to: people.number, as: text}}}
  - name: visits
    path: build/csv/visits.csv
    schema: build/tableschema/visits.json
    sourcebook: {records: data/visits.jsonl, layout: documents, key: id, references: {by: people}}
  - name: birds
    path: build/csv/birds.csv
    schema: build/tableschema/birds.json
    sourcebook: {records: data/birds.yaml, layout: map, at: "/{kind}", key: "{key}", references: {seen_by: people}}
licenses:
  - name: CC0-1.0
"""

FILES = {
    "data/people/odd-ankerlokke.yaml": """\
# a person of this book
name: Odd Ankerløkke
number: 7
email: odd@example.org # the newest
""",
    "data/people/isil-fener.yaml": """\
name: Işıl Fener
number: 8
email: isil@example.org
""",
    "data/trees/ash.yaml": """\
id: ash
planter: odd-ankerlokke # by hand
tended:
- by: odd@example.org
  on: 2020-01-02
- by: isil@example.org
""",
    "data/trees/birch.yaml": """\
---
# slender
id: birch
planter: 'isil-fener'
""",
    "data/paths.yaml": """\
- id: long
  walker: odd-ankerlokke

# muddy
- id: short
  walker: isil-fener
""",
    "data/ponds.yaml": """\
deep:
  depths:
    odd-ankerlokke: 3
    isil-fener: 4
shallow:
  depths: {odd-ankerlokke: 1}
""",
    "data/signs.yaml": """\
code: a
by: [odd-ankerlokke, isil-fener]
---
code: b
by:
  - odd-ankerlokke
""",
    "data/pages/walk.md": """\
---
title: A walk
author: odd-ankerlokke
---
It rained.
""",
    "data/pages/rest.md": """\
---
title: A rest
author: isil-fener
---
It did not.
""",
    "data/gates/north.json": """\
{
    "keeper": "odd-ankerlokke",
    "wide": true
}
""",
    "data/gates/south.json": """\
{"keeper":"isil-fener","wide":false}\
""",
    "data/keys.json": """\
{
  "all": [
    {"no": 1, "holder": "7"},
    {"no": 2, "holder": "8"}
  ]
}
""",
    "data/visits.jsonl": """\
{"id":"v1","by":"odd-ankerlokke"}
{"id":"v2","by":"isil-fener"}
""",
    "data/birds.yaml": """\
owls:
  tawny:
    seen_by: odd-ankerlokke
waders:
  snipe:
    seen_by: isil-fener
""",
}


def grove(folder: Path, *, line_end: str = "\n", mark: bool = False) -> Path:
    """The book in a folder, with lines that end so, and a byte order mark before each text of YAML if asked for."""
    root = folder / "grove"
    for path, text in {"datapackage.yaml": DESCRIPTOR, **FILES}.items():
        there = root / path
        there.parent.mkdir(parents=True, exist_ok=True)
        begin = "\ufeff" if mark and path.startswith("data/") and path.endswith(".yaml") else ""
        end = line_end if path.startswith("data/") else "\n"
        there.write_bytes((begin + text.replace("\n", end)).encode())
    return root
