# SPDX-License-Identifier: Apache-2.0
"""Books that nobody wrote: random schemas, and records that fit them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from hypothesis import strategies as st

from sourcebook.exact import dumps

Kind = tuple[dict[str, Any], st.SearchStrategy[Any]]
"""A schema of a single value, and values that fit it."""

TEXTS = st.sampled_from(
    [
        "a",
        "b",
        "7",
        "07",
        "7.0",
        "1e3",
        "true",
        "false",
        "null",
        "a, b",
        "a/b",
        "~",
        "%41",
        "$null",
        "+1",
        " a",
        "Å",
        "²",
    ]
)
DATES = st.dates().map(str)
INTEGERS = st.one_of(st.integers(-3, 12), st.sampled_from([10**9, -(2**53), 2**53]))
NUMBERS = st.one_of(INTEGERS, st.sampled_from([0.5, 1.0, -0.25, 99.5, 100.0, 1e22, 1e-7, 0.1]))
DATE = {"type": "string", "format": "date"}

_KINDS: list[Kind] = [
    ({"type": "string"}, st.one_of(TEXTS, st.just(""))),
    ({"type": "string", "minLength": 1}, TEXTS),
    ({"type": "string", "pattern": "^[a-c]+$"}, st.sampled_from(["a", "abc", "cc"])),
    ({"type": "string", "pattern": "b|^a.*"}, st.sampled_from(["a", "xby", "a\nz"])),
    ({"type": "string", "pattern": r"^\S+(?: \S+)*$"}, st.sampled_from(["a", "b c"])),
    ({"enum": ["a", "b"]}, st.sampled_from(["a", "b"])),
    ({"enum": ["a", "", None]}, st.sampled_from(["a", "", None])),
    ({"enum": ["a", 1, 2.5, True]}, st.sampled_from(["a", 1, 2.5, True])),
    (DATE, DATES),
    ({"type": "integer"}, INTEGERS),
    ({"type": "integer", "minimum": 0, "exclusiveMaximum": 10}, st.integers(0, 9)),
    ({"type": "integer", "minimum": -1.5, "maximum": 1.5}, st.integers(-1, 1)),
    ({"type": "integer", "enum": [1, 2, 3.0]}, st.sampled_from([1, 2, 3, 3.0])),
    ({"type": "number"}, NUMBERS),
    ({"type": "number", "minimum": 0.1, "maximum": 99.5}, st.sampled_from([0.1, 1, 2.0, 99.5])),
    ({"type": "number", "exclusiveMinimum": 0, "maximum": 2**60}, st.sampled_from([0.1, 1, 2**60])),
    ({"type": "number", "enum": [0.1, 1, 2.5]}, st.sampled_from([0.1, 1, 1.0, 2.5])),
    ({"type": "boolean"}, st.booleans()),
    ({"const": True}, st.just(True)),
    ({"type": ["string", "integer"], "pattern": "^a", "minimum": 5}, st.sampled_from(["a", "ab", 5, 2**70])),
    ({"type": ["string", "number"]}, st.one_of(TEXTS, NUMBERS)),
    ({"type": ["number", "boolean"]}, st.one_of(NUMBERS, st.booleans())),
    ({"oneOf": [DATE, {"const": False}]}, st.one_of(DATES, st.just(False))),
]
_KINDS += [({"anyOf": [schema, {"type": "null"}]}, st.one_of(values, st.none())) for schema, values in _KINDS]
KINDS = st.sampled_from(_KINDS)

KEYS: list[Kind] = [
    ({"type": "string"}, TEXTS),
    (DATE, DATES),
    ({"type": "integer"}, st.integers(-2, 20)),
    ({"type": ["string", "integer"]}, st.one_of(st.sampled_from(["a", "b", "x/y"]), st.integers(0, 30))),
    ({"type": "string", "pattern": "^[a-z]+$"}, st.sampled_from(["a", "b", "c", "d"])),
    ({}, st.sampled_from(["a", "b", 3])),
]
NAMES = st.sampled_from(["a", "b", "a__b", "price", "price__gt", "_x", "a b", "Å", "c.d"])


@st.composite
def books(draw: st.DrawFn) -> dict[str, Any]:
    """The files of a book of two collections, by path; the second refers to the first."""
    parts, keys = draw(_records(st.just({})))
    named = [{**part, "name": f"part {number}"} for number, part in enumerate(parts["records"])]
    parts["schema"]["properties"]["name"] = {"type": "string"}
    parts["records"] = named
    items, _ = draw(_records(_references(keys, [one["name"] for one in named])))
    references = items.pop("references")
    files: dict[str, Any] = {}
    resources = []
    for name, made in (("parts", parts), ("items", items)):
        files[f"schemas/{name}.json"] = made["schema"]
        files[f"data/{name}.json"] = made["records"]
        settings = {"records": f"data/{name}.json", "layout": "list", "key": "id", "schema": f"schemas/{name}.json"}
        settings |= {"references": references} if name == "items" and references else {}
        resource = {"path": f"build/csv/{name}.csv", "schema": f"build/tableschema/{name}.json"}
        resources.append({"name": name, **resource, "sourcebook": settings})
    rules = draw(st.sampled_from([{}, {}, {"schema": "warning"}]))
    files["datapackage.yaml"] = {"name": "made", "sourcebook": {"rules": rules}, "resources": resources}
    return files


def write(files: dict[str, Any], folder: Path) -> Path:
    """Write a book's files into a new folder."""
    for path, contents in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(dumps(contents, indent=1), encoding="utf-8")
    return folder


@st.composite
def _references(draw: st.DrawFn, keys: list[Any], names: list[str]) -> dict[str, Any]:
    """Properties that refer to records of ``keys`` or ``names``: each its schema, its values, its target."""
    if not keys:
        return {}
    alike = {type(key) for key in keys} == {str}
    written = [{}, {"enum": keys}, {"type": ["string", "integer"]}, *([{"type": "string"}] if alike else [])]
    if alike and all(len(key) == 10 and key[4] == key[7] == "-" for key in keys):
        written.append(DATE)
    by_key, by_name = draw(st.sampled_from(written)), draw(st.sampled_from([{"type": "string"}, {"enum": names}]))
    wanted = {
        "part": (by_key, st.sampled_from(keys), "parts"),
        "called": (by_name, st.sampled_from(names), "parts.name"),
        "uses[]": (by_key or {"type": ["string", "integer"]}, st.sampled_from(keys), "parts"),
    }
    return {name: wanted[name] for name in draw(st.sets(st.sampled_from(sorted(wanted))))}


@st.composite
def _records(draw: st.DrawFn, refer: st.SearchStrategy[dict[str, Any]]) -> tuple[dict[str, Any], list[Any]]:
    """A schema and records that fit it, with what they refer to by; and their keys."""
    key_schema, key_values = draw(st.sampled_from(KEYS))
    keys = draw(st.lists(key_values, min_size=1, max_size=5, unique_by=str))
    references = draw(refer)
    singles = draw(st.dictionaries(NAMES, KINDS, max_size=4))
    singles |= {name: (schema, values) for name, (schema, values, _) in references.items() if not name.endswith("[]")}
    item_schema, items = draw(KINDS)
    properties: dict[str, Any] = {"id": key_schema, **{name: schema for name, (schema, _) in singles.items()}}
    values: dict[str, Any] = {name: values for name, (_, values) in singles.items()}
    if draw(st.booleans()):
        inner = {"day": DATE, "tags": {"type": "array", "items": item_schema}}
        properties["days"] = {"type": "array", "items": {"properties": inner, "additionalProperties": False}}
        values["days"] = st.lists(
            st.fixed_dictionaries({"day": DATES, "tags": st.lists(items, max_size=2)}), max_size=2
        )
    if "uses[]" in references:
        schema, used, _ = references["uses[]"]
        properties["uses"] = {"type": "array", "items": schema}
        values["uses"] = st.lists(used, max_size=3)
    schema = {"type": "object", "properties": properties, "required": ["id", *draw(st.sets(_some(singles)))]}
    if draw(st.booleans()):  # two alternatives, each with something to say of what the other leaves open
        few, many = {"properties": {"n": {"type": "integer", "maximum": 3}}, "required": ["n"]}, {"required": ["m"]}
        many |= {"properties": {"m": {"type": "number", "minimum": 5}}}
        schema["anyOf"] = [few, many]
        either = st.sampled_from([{"n": 2, "m": 1}, {"n": 9, "m": 5.5}, {"m": 7}])
    else:
        either = st.just({})
    always = {name: values.pop(name) for name in schema["required"][1:]}
    rest = st.fixed_dictionaries(always, optional=values)
    records = [{"id": key, **draw(rest), **draw(either)} for key in keys]
    made = {"schema": schema, "records": records, "references": {name: one[2] for name, one in references.items()}}
    return made, keys


def _some(of: dict[str, Any]) -> st.SearchStrategy[str]:
    return st.sampled_from(sorted(of)) if of else st.nothing()
