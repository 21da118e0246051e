# SPDX-License-Identifier: Apache-2.0
"""How records lie in files, and what names them: ways with steps for each, documents selected, keys by templates."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

import sourcebook
from sourcebook.records.propose import proposed_key
from tests.toolkit.test_odd_books import write

COUNTRIES = """
europe:
  fr: {name: France}
  de: {name: Germany}
asia:
  jp: {name: Japan}
  de: {name: Elsewhere}
"""
MENU = """
title: Menu
categories:
- name: soups
  items: [{id: a, n: 1}, {id: b, n: 2}]
- name: none
- name: empty
  items:
- name: cakes
  items: [{id: c, n: 3}]
"""
STREAM = """
kind: head
title: All towns
---
id: elm
kind: town
---
id: oak
kind: town
note: x
---
id: r1
kind: river
---
id: end
"""
DOCUMENTS = {"records": "data/stream.yaml", "layout": "documents"}
LINES = {"layout": "list", "records": "data/repos.yaml"}
REPOS = """
- {owner: ann, name: apples, n: 1}
- {owner: ann, name: pears, n: 1}
- {owner: bob, name: apples, n: 2}
- {owner: bob, name: pears, n: 2}
"""


def rows(folder: Path, query: str) -> list[Any]:
    """What a query gives of the release of a book, which is checked against its files."""
    built = sourcebook.build(folder)
    assert built.release is not None, "\n".join(map(str, built.checked.findings))
    assert built.checked.findings == ()
    verified = sourcebook.verify(folder)
    assert verified.ok, verified
    with closing(sqlite3.connect(folder / "build/current/odd.db")) as connection:
        return connection.execute(query).fetchall()


CASES: dict[str, tuple[dict[str, Any], dict[str, Any], str, list[Any]]] = {
    "a map of maps": (
        {"countries": {"records": "data/c.yaml", "layout": "map", "at": "/*"}},
        {"data/c.yaml": COUNTRIES},
        "SELECT _key, name FROM countries",
        [
            ("europe/fr", "France"),
            ("europe/de", "Germany"),
            ("asia/jp", "Japan"),
            ("asia/de", "Elsewhere"),
        ],
    ),
    "a map of maps whose outer keys are a column": (
        {"countries": {"records": "data/c.yaml", "layout": "map", "at": "/{continent}", "key": "{key}-{continent}"}},
        {"data/c.yaml": COUNTRIES},
        "SELECT _key, continent, name FROM countries WHERE continent = 'asia'",
        [("jp-asia", "asia", "Japan"), ("de-asia", "asia", "Elsewhere")],
    ),
    "outer keys lie outside of the schema": (
        {
            "countries": {
                "records": "data/c.yaml",
                "layout": "map",
                "at": "/world/{continent}",
                "schema": "schemas/c.json",
                "facets": ["continent"],
            }
        },
        {
            "data/c.yaml": "world:\n  europe:\n    fr: {name: France}\n",
            "schemas/c.json": {"properties": {"name": {"type": "string"}}, "additionalProperties": False},
        },
        "SELECT _key, continent, name FROM countries",
        [("europe/fr", "europe", "France")],
    ),
    "outer keys that refer": (
        {
            "countries": {
                "records": "data/c.yaml",
                "layout": "map",
                "at": "/{continent}",
                "references": {"continent": "continents"},
            },
            "continents": {"records": "data/k.yaml", "layout": "map"},
        },
        {"data/c.yaml": COUNTRIES, "data/k.yaml": "europe: {n: 1}\nasia: {n: 2}\n"},
        "SELECT n, count(*) FROM countries JOIN continents ON continents._key = continent GROUP BY n",
        [(1, 2), (2, 2)],
    ),
    "three maps": (
        {"towns": {"records": "data/t.yaml", "layout": "map", "at": "/{continent}/*/towns"}},
        {"data/t.yaml": "e:\n  fr:\n    towns:\n      p: {n: 1}\n  de: {towns: {p: {n: 2}}}\n  xx: {}\n"},
        "SELECT _key, continent, n FROM towns",
        [("e/fr/p", "e", 1), ("e/de/p", "e", 2)],
    ),
    "lists in a list": (
        {"items": {"records": "data/m.yaml", "layout": "list", "at": "/categories/*/items", "key": "id"}},
        {
            "data/m.yaml": MENU.replace("title: Menu\n", "")
            .replace("name: soups\n  ", "")
            .replace("name: cakes\n  ", "")
            .replace("- name: none\n", "")
            .replace("name: empty\n  ", "")
        },
        "SELECT id, n FROM items",
        [("a", 1), ("b", 2), ("c", 3)],
    ),
    "a record at each": (
        {"facts": {"records": "data/f.yaml", "at": "/*/facts"}},
        {"data/f.yaml": "a: {facts: {n: 1}}\nb: {facts: {n: 2}}\n"},
        "SELECT _key, n FROM facts",
        [("a", 1), ("b", 2)],
    ),
    "a record for each value of a mapping": (
        {"facts": {"records": "data/*.yaml", "at": "/*", "key": "{stem}:{1}"}},
        {"data/f.yaml": "a: {n: 1}\nb: {n: 2}\n", "data/g.yaml": "a: {n: 3}\n"},
        "SELECT _key, n FROM facts",
        [("f:a", 1), ("f:b", 2), ("g:a", 3)],
    ),
    "all documents but the first": (
        {"head": {**DOCUMENTS, "select": 0, "key": "{stem}"}, "rest": {**DOCUMENTS, "except": 0, "key": "id"}},
        {"data/stream.yaml": STREAM},
        "SELECT id FROM rest ORDER BY rowid",
        [("elm",), ("oak",), ("r1",), ("end",)],
    ),
    "all documents but the first and the last": (
        {
            "ends": {**DOCUMENTS, "select": [0, -1], "key": "{kind}"},
            "rest": {**DOCUMENTS, "except": [0, -1], "key": "id"},
        },
        {"data/stream.yaml": STREAM.replace("id: end", "kind: end")},
        "SELECT id FROM rest ORDER BY rowid",
        [("elm",), ("oak",), ("r1",)],
    ),
    "documents but those of a kind": (
        {
            "towns": {**DOCUMENTS, "select": {"kind": "town"}, "except": {"note": "x"}, "key": "id"},
            "rest": {**DOCUMENTS, "except": [{"kind": "town", "note": None}, 0], "key": "id"},
            "head": {**DOCUMENTS, "select": {"id": None}, "key": "kind"},
        },
        {"data/stream.yaml": STREAM},
        "SELECT id FROM towns UNION ALL SELECT * FROM (SELECT id FROM rest ORDER BY rowid)",
        [("elm",), ("oak",), ("r1",), ("end",)],
    ),
    "a list by two properties": (
        {"repos": {**LINES, "key": "{owner}/{name}"}},
        {"data/repos.yaml": REPOS},
        "SELECT _key, n FROM repos",
        [("ann/apples", 1), ("ann/pears", 1), ("bob/apples", 2), ("bob/pears", 2)],
    ),
    "references to a key of two properties": (
        {
            "repos": {**LINES, "key": "{owner}/{name}"},
            "stars": {"layout": "list", "key": "id", "references": {"of": "repos"}},
        },
        {"data/repos.yaml": REPOS, "data/stars.yaml": "- {id: 1, of: bob/pears}\n"},
        "SELECT n FROM stars JOIN repos ON _key = of",
        [(2,)],
    ),
    "a key of the path, of a property below, and of one that is called as we call the path": (
        {
            "lines": {
                **LINES,
                "records": "data/**/*.yaml",
                "key": "{parent}-{stem}-{a.b}-{\\path}",
                "key_replace": {" ": "_"},
            }
        },
        {"data/x/one.yaml": "- {a: {b: 1}, path: p q}\n- {a: {b: 2}, path: r}\n"},
        "SELECT _key FROM lines",
        [("x-one-1-p_q",), ("x-one-2-r",)],
    ),
    "a file by a property and its name": (
        {"lines": {"records": "data/*.yaml", "key": "{stem}-{n}"}},
        {"data/a.yaml": "n: 1\n", "data/b.yaml": "n: 1\n"},
        "SELECT _key FROM lines",
        [("a-1",), ("b-1",)],
    ),
    "a map by its key and a property": (
        {"lines": {"records": "data/*.yaml", "layout": "map", "key": "{stem}/{key}"}},
        {"data/a.yaml": "x: {n: 1}\n", "data/b.yaml": "x: {n: 2}\n"},
        "SELECT _key FROM lines",
        [("a/x",), ("b/x",)],
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_a_layout_has_its_rows(case: str, tmp_path: Path) -> None:
    collections, files, query, expected = CASES[case]
    assert rows(write(tmp_path, collections, files), query) == expected


def told(tmp_path: Path, collections: dict[str, Any], files: dict[str, Any]) -> list[tuple[str, str]]:
    found = sourcebook.check(write(tmp_path, collections, files)).findings
    return [(str(one), one.hint) for one in found]


WRONG: dict[str, tuple[dict[str, Any], dict[str, Any], list[tuple[str, str]]]] = {
    "outer keys that no record has": (
        {"countries": {"records": "data/c.yaml", "layout": "map", "at": "/*", "key": "{key}"}},
        {"data/c.yaml": "europe: {fr: {n: 1}}\nasia: {jp: {n: 2}}\n"},
        [
            (
                (
                    "data/c.yaml:1:1: warning file-part-unclaimed: this key, and others like it, are in no "
                    "record, and so are not published: 'europe'"
                ),
                "give them a name in `at`, such as {kind} for *, or put {1} into the key",
            ),
        ],
    ),
    "a key above that a record has too": (
        {"countries": {"records": "data/c.yaml", "layout": "map", "at": "/{n}"}},
        {"data/c.yaml": "europe:\n  fr: {n: 1}\n"},
        [
            (
                "data/c.yaml:2:1: error layout: the record has a 'n' of its own, which is the name of a key above it",
                "give it another name in `at`",
            ),
        ],
    ),
    "a key above something that is no mapping": (
        {"countries": {"records": "data/c.yaml", "layout": "map", "at": "/{continent}"}},
        {"data/c.yaml": "europe:\n  fr: France\n"},
        [
            (
                (
                    "data/c.yaml:2:1: error layout: the record is not a mapping, so it can have no key above it "
                    "as a property"
                ),
                "write * in `at`",
            ),
        ],
    ),
    "a name for the items of a list": (
        {"items": {"records": "data/m.yaml", "layout": "list", "at": "/categories/{category}/items", "key": "id"}},
        {"data/m.yaml": "categories:\n- items: [{id: a}]\n"},
        [
            (
                "data/m.yaml:2:1: error layout: a list is here, and {category} stands for the keys of a mapping",
                "write * in `at`, which stands for every item too",
            ),
        ],
    ),
    "each of something that has none": (
        {"items": {"records": "data/m.yaml", "layout": "list", "at": "/categories/*/items", "key": "id"}},
        {"data/m.yaml": "categories: soups\n"},
        [
            (
                "data/m.yaml:1:13: error layout: a list or a mapping is expected here, each value of which is taken",
                "mend `at` in the descriptor",
            ),
        ],
    ),
    "what stands beside the lists": (
        {"items": {"records": "data/m.yaml", "layout": "list", "at": "/categories/*/items", "key": "id"}},
        {"data/m.yaml": MENU.strip()},
        [
            (
                (
                    "data/m.yaml:1:1: warning file-part-unclaimed: this part of the file is in no record, and so "
                    "is not published: 'title', 'categories/0/name', 'categories/1/name', 'categories/2/name', "
                    "'categories/3/name'"
                ),
                "make it a collection with an `at` of its own in datapackage.yaml, or remove it",
            ),
        ],
    ),
    "a document that is in no selection": (
        {"rest": {**DOCUMENTS, "except": [0, {"kind": None}], "key": "id"}},
        {"data/stream.yaml": STREAM.strip()},
        [
            (
                (
                    "data/stream.yaml:1:1: error layout: no collection selects this document, so its record would"
                    " not be published"
                ),
                "mend it, or a `select` in datapackage.yaml",
            ),
        ],
    ),
    "documents that are selected where there are none": (
        {"rest": {"records": "data/r.yaml", "layout": "map", "except": 0}},
        {"data/r.yaml": "a: {n: 1}\n"},
        [
            (
                "datapackage.yaml:11:15: error descriptor: only documents can be selected",
                "layout: documents",
            ),
        ],
    ),
    "a template of what no record has": (
        {"repos": {**LINES, "key": "{owner}/{nmae}"}},
        {"data/repos.yaml": REPOS},
        [
            (
                (
                    "datapackage.yaml:11:12: error descriptor: no record of repos has 'nmae', which is to be a part of "
                    "the key"
                ),
                "did you mean 'name'?",
            ),
        ],
    ),
    "a template of what one record lacks": (
        {"repos": {**LINES, "key": "{owner}/{name}"}},
        {
            "data/repos.yaml": """
- {owner: ann, name: a}
- {owner: ann}
- {owner: ann, name: true}
- {owner: '', name: b}
""".lstrip()
        },
        [
            (
                "data/repos.yaml:2:3: error key-missing: the record has no 'name', which is part of the key of repos",
                "give it one that no other record has",
            ),
            (
                "data/repos.yaml:3:22: error key-missing: the key 'name' must be text or an integer",
                "put it in quotes if it is text",
            ),
            (
                "data/repos.yaml:4:11: error key-missing: the key 'owner' is empty",
                "give it one that no other record has",
            ),
        ],
    ),
    "a template whose keys are not unique": (
        {"repos": {**LINES, "key": "{owner}/{name}"}},
        {"data/repos.yaml": "- {owner: a/b, name: c}\n- {owner: a, name: b/c}\n"},
        [
            (
                "data/repos.yaml:2:3: error key-duplicate: the key 'a/b/c' is taken by the record at data/repos.yaml:1",
                "give one of the two another key, or remove it",
            ),
        ],
    ),
    "a list without a key": (
        {"repos": LINES},
        {"data/repos.yaml": REPOS},
        [
            (
                (
                    "datapackage.yaml:8:18: error descriptor: records in a list need a key: name the property "
                    "that is unique"
                ),
                'key: "{owner}/{name}", which are unique together',
            ),
        ],
    ),
    "lists without a key, in files of one name": (
        {"repos": {**LINES, "records": "data/*/list.yaml"}},
        {f"data/{folder}/list.yaml": "".join(f"- {{no: {n}{folder}}}\n" for n in range(300)) for folder in "abc"},
        [
            (
                (
                    "datapackage.yaml:8:18: error descriptor: records in a list need a key: name the property "
                    "that is unique"
                ),
                "key: no",
            ),
        ],
    ),
    "a list without anything unique": (
        {"repos": {**LINES, "key": "{stem}"}},
        {"data/repos.yaml": "- {n: 1}\n- {n: 1}\n"},
        [
            (
                (
                    "datapackage.yaml:11:12: error descriptor: records in a list need a key: name the property "
                    "that is unique"
                ),
                "give each record an id of its own, and say key: id; no property, and no two or three, are unique",
            ),
        ],
    ),
    "documents without a key": (
        {"events": {"records": "data/*.jsonl", "layout": "documents"}},
        {"data/e.jsonl": "".join(f'{{"no": {n}, "of": {n % 7}}}\n' for n in range(1000))},
        [
            (
                (
                    "datapackage.yaml:8:18: error descriptor: 999 records of events have the key of another in "
                    "their file, whose path makes the key"
                ),
                "key: no",
            ),
        ],
    ),
    "a key that is not unique, and two properties that are": (
        {"repos": {**LINES, "key": "name"}},
        {"data/repos.yaml": REPOS.strip()},
        [
            (
                (
                    "data/repos.yaml:3:22: error key-duplicate: the key 'apples' is taken by the record at "
                    "data/repos.yaml:1"
                ),
                (
                    'give one of the two another key, or remove it; if both are right, key: "{owner}/{name}" '
                    "tells them apart"
                ),
            ),
            (
                (
                    "data/repos.yaml:4:22: error key-duplicate: the key 'pears' is taken by the record at "
                    "data/repos.yaml:2"
                ),
                (
                    'give one of the two another key, or remove it; if both are right, key: "{owner}/{name}" '
                    "tells them apart"
                ),
            ),
        ],
    ),
    "a key that thousands share": (
        {"repos": {**LINES, "key": "of"}},
        {"data/repos.yaml": "".join(f"- {{of: {n % 50}, at: {n // 50}}}\n" for n in range(2000))},
        [
            (
                (
                    "datapackage.yaml:11:12: error descriptor: 1,950 records of repos have a key that another of "
                    "the 2,000 has"
                ),
                'key: "{of}/{at}", which are unique together',
            ),
        ],
    ),
    "one record that stands twice": (
        {"repos": {**LINES, "key": "id"}},
        {"data/repos.yaml": "- {id: a, n: 1}\n- {id: a, n: 2}\n- {id: b, n: 3}\n"},
        [
            (
                "data/repos.yaml:2:8: error key-duplicate: the key 'a' is taken by the record at data/repos.yaml:1",
                "give one of the two another key, or remove it",
            ),
        ],
    ),
}


@pytest.mark.parametrize("case", WRONG)
def test_what_is_wrong_with_a_layout_is_told_once(case: str, tmp_path: Path) -> None:
    collections, files, expected = WRONG[case]
    assert told(tmp_path, collections, files) == expected


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([{"a": 1, "b": 2}, {"a": 1, "b": 3}], "b"),
        ([{"name": "x", "z": 1}, {"name": "y", "z": 2}], "name"),
        ([{"a": 1, "b": 1, "c": 1}, {"a": 1, "b": 2, "c": 1}, {"a": 2, "b": 1, "c": 1}], '"{a}/{b}"'),
        ([{"a": x, "b": y, "c": z} for x in "12" for y in "12" for z in "12"], '"{a}/{b}/{c}"'),
        ([{"a": x, "b": y, "c": z, "d": w} for x in "12" for y in "12" for z in "12" for w in "12"], None),
        ([{"path": x, "key": y} for x in "12" for y in "12"], '"{\\path}/{\\key}"'),
        ([{"a.b": x, "c": y} for x in "12" for y in "12"], '"{a\\.b}/{c}"'),
        ([{"a": 1.5}, {"a": 2.5}], None),
        ([{"a": 1}, {"a": None}], None),
        ([1, 2], None),
        ([], None),
    ],
)
def test_a_key_is_proposed(values: list[Any], expected: str | None) -> None:
    assert proposed_key(values) == expected


def test_a_proposed_key_can_be_said(tmp_path: Path) -> None:
    files = {"data/repos.yaml": "".join(f"- {{path: p{n % 2}, key: k{n // 2}}}\n" for n in range(4))}
    folder = write(tmp_path, {"repos": {**LINES, "key": "{\\key}/{\\path}"}}, files)
    assert rows(folder, "SELECT _key FROM repos") == [("k0/p0",), ("k0/p1",), ("k1/p0",), ("k1/p1",)]
