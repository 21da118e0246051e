# SPDX-License-Identifier: Apache-2.0
"""Random schemas with references in random places: none is dropped, by the word of another implementation.

``jsonschema-rs`` collects annotations as the standard says: where it finds ``x-references`` in a record, a reference is
to be checked, there and nowhere else.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

import sourcebook
from sourcebook.book import targets
from sourcebook.book.descriptor import collection_of
from sourcebook.finding import pointer
from sourcebook.tables import Wanted, plan_collection, shape_of
from sourcebook.tables.conditional_references import judged
from sourcebook.tables.reference_paths import is_key, leaves, references, written_in
from sourcebook.validation.annotations import annotations_of
from sourcebook.validation.references import problems
from sourcebook.validation.schemas import Schemas

Spot = tuple[tuple[str | int, ...], bool]
VALUES = ["ash", "bay", "elm", "fir", "oak", "yew"]
NAMES = ["a", "b", "x-1", "x-2", "kind", "more"]

TARGETS = st.sampled_from(
    ["people", "places", "people.name", ["people", "towns.name"], ["people.id", "people.aliases[]"]]
)
TEXTS = st.just({"type": "string"})
LINKS = st.builds(lambda target: {"type": "string", "x-references": target}, TARGETS)
BARE = st.builds(lambda target: {"x-references": target}, TARGETS)
LEAVES = st.one_of(TEXTS, LINKS, LINKS, BARE, st.just({"$ref": "#/$defs/link"}), st.just({"$ref": "#/$defs/tree"}))


def _object(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Mappings, with what else may be said of their properties."""
    more = st.fixed_dictionaries(
        {},
        optional={
            "additionalProperties": st.one_of(inner, st.just(False)),
            "unevaluatedProperties": st.one_of(inner, st.just(False)),
            "patternProperties": st.builds(lambda one: {"^x-": one}, inner),
            "propertyNames": st.builds(lambda target: {"x-references": target}, TARGETS),
            "dependentSchemas": st.builds(lambda one: {"a": {"properties": {"b": one}}}, inner),
            "oneOf": st.builds(
                lambda one, two, three: [
                    {"properties": {"kind": {"const": "ash"}, "a": one}, "required": ["kind"]},
                    {"properties": {"kind": {"const": "elm"}, "a": two, "b": three}, "required": ["kind"]},
                    {"properties": {"kind": {"enum": ["bay", "oak"]}}},
                ],
                inner,
                inner,
                inner,
            ),
            "if": st.just({"properties": {"kind": {"const": "ash"}}, "required": ["kind"]}),
            "then": st.builds(lambda one: {"properties": {"b": one}}, inner),
            "else": st.builds(lambda one: {"properties": {"b": one}}, inner),
            "anyOf": st.builds(
                lambda one, two: [{"required": ["a"], "properties": {"a": one}}, {"properties": {"b": two}}],
                inner,
                inner,
            ),
        },
    )
    declared = st.dictionaries(st.sampled_from(["a", "b", "kind"]), inner, max_size=3)
    return st.builds(lambda names, said: {"type": "object", "properties": names, **said}, declared, more)


def _schemas(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    lists = st.builds(lambda items: {"type": "array", "items": items}, inner)
    return st.one_of(
        lists,
        lists,
        st.builds(lambda target, items: {"type": "array", "items": items, "x-references": target}, TARGETS, TEXTS),
        st.builds(lambda one, two: {"type": "array", "prefixItems": [one], "items": two}, inner, inner),
        st.builds(lambda one: {"type": "array", "prefixItems": [{}], "unevaluatedItems": one}, inner),
        st.builds(lambda one: {"type": "object", "additionalProperties": one}, inner),
        st.builds(lambda one: {"type": "object", "patternProperties": {"": one}, "propertyNames": one}, LINKS),
        st.builds(
            lambda one, two: {"oneOf": [{"type": "string", **one}, {"type": "array", "items": two}]}, BARE, inner
        ),
        st.builds(lambda one, two: {"allOf": [one, two]}, inner, BARE),
        _object(inner),
        _object(inner),
    )


SCHEMAS = st.recursive(LEAVES, _schemas, max_leaves=8)
JSON = st.recursive(
    st.sampled_from(VALUES),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.sampled_from([*NAMES, *VALUES]), inner, max_size=4)
    ),
    max_leaves=8,
)


@st.composite
def fitting(draw: st.DrawFn, schema: Any, whole: dict[str, Any], depth: int = 0) -> Any:
    """A value that most often fits a schema of these."""
    if depth > 6 or not isinstance(schema, dict):
        return draw(st.sampled_from(VALUES))
    if "$ref" in schema:
        return draw(fitting(whole["$defs"][schema["$ref"].rpartition("/")[2]], whole, depth + 1))
    if "allOf" in schema:
        return draw(fitting(schema["allOf"][0], whole, depth))
    if "oneOf" in schema and "type" not in schema:
        return draw(fitting(draw(st.sampled_from(schema["oneOf"])), whole, depth))
    if schema.get("type") == "array":
        first = schema.get("prefixItems", [])
        items = [draw(fitting(one, whole, depth + 1)) for one in first]
        rest = schema.get("items", schema.get("unevaluatedItems", {}))
        return items + [draw(fitting(rest, whole, depth + 1)) for _ in range(draw(st.integers(0, 2)))]
    if schema.get("type") != "object":
        return draw(st.sampled_from(VALUES)) if schema.get("type") else draw(st.one_of(st.sampled_from(VALUES), JSON))
    value = {}
    branch = draw(st.sampled_from([*schema.get("oneOf", [{}]), *schema.get("anyOf", []), *_ways(schema)]))
    for name in draw(st.lists(st.sampled_from([*NAMES, *VALUES]), unique=True, max_size=4)):
        said = branch.get("properties", {}).get(name) or schema.get("properties", {}).get(name)
        others = schema.get("patternProperties", {})
        said = said or (next(iter(others.values())) if others and (name[0] == "x" or "" in others) else None)
        closed = "additionalProperties" if "additionalProperties" in schema else "unevaluatedProperties"
        if said is None and schema.get(closed) is False:
            continue
        value[name] = draw(fitting(said or schema.get(closed, {}), whole, depth + 1))
    for name, said in branch.get("properties", {}).items():
        if name == "kind":
            value[name] = said.get("const", said.get("enum", ["bay"])[0])
    return value


def _ways(schema: dict[str, Any]) -> list[Any]:
    return [schema[way] for way in ("then", "else") if way in schema]


def record_schema(first: Any, second: Any) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": {"id": {"type": "string"}, "p": first, "q": second},
        "required": ["id"],
        "$defs": {
            "link": {"type": "string", "x-references": "people"},
            "tree": {
                "type": "object",
                "additionalProperties": False,
                "properties": {
                    "who": {"type": "string", "x-references": "people"},
                    "one": {"$ref": "#/$defs/tree"},
                    "many": {"type": "array", "items": {"$ref": "#/$defs/tree"}},
                },
            },
        },
    }


def expected(schema: Any, record: Any) -> set[Spot] | None:
    """Where references stand in a record, by the annotations of another implementation; None where it does not fit."""
    evaluation = jsonschema_rs.validator_for(schema).evaluate(record)
    if not evaluation.valid:
        return None
    found: set[Spot] = set()
    for one in evaluation.annotations():
        said, where = one["annotations"], one["instanceLocation"]
        if not isinstance(said, dict) or "x-references" not in said:
            continue
        path, value = _led(record, where)
        if one["schemaLocation"].endswith("/propertyNames"):
            found |= {((*path, name), True) for name in value}
        else:
            found |= {(leaf, False) for leaf, _ in leaves(value, path)}
    return found


def _led(value: Any, where: str) -> tuple[tuple[str | int, ...], Any]:
    path: tuple[str | int, ...] = ()
    for part in where.split("/")[1:]:
        name: str | int = int(part) if isinstance(value, list) else part.replace("~1", "/").replace("~0", "~")
        value, path = value[name], (*path, name)
    return path, value


def checked(schema: Any, record: Any) -> Iterator[Spot]:
    """Where references are checked in a record: of columns, and by looking at it."""
    schemas = Schemas({"schemas/s.json": schema})
    here = schemas.schema("schemas/s.json")
    plan = plan_collection(Wanted("notes", "", "", "id", None), shape_of(here))
    settings = {"records": "data/notes.json", "layout": "list", "key": "id", "schema": "schemas/s.json"}
    collection = collection_of({"name": "notes", "sourcebook": settings}, ())
    for one in references(plan):
        for path, value in written_in(record, one):
            yield from ((path if is_key(one.steps) else leaf, is_key(one.steps)) for leaf, _ in leaves(value, path))
    looked = judged(plan, collection, annotations_of(here, "x-references", targets, schemas.parts.judge))
    yield from ((one.path, one.at_key) for one in (looked.written(record) if looked else ()))


@st.composite
def books(draw: st.DrawFn) -> tuple[dict[str, Any], dict[str, Any], set[Spot]]:
    """A schema, a record that fits it, and where references stand there."""
    schema = record_schema(draw(SCHEMAS), draw(SCHEMAS))
    record = {"id": "one"}
    for name in draw(st.sampled_from([["p"], ["p", "q"]])):
        record[name] = draw(fitting(schema["properties"][name], schema))
    spots = expected(schema, record)
    assume(spots)
    assert spots
    return schema, record, spots


@pytest.mark.slow
@settings(max_examples=400, deadline=None, suppress_health_check=list(HealthCheck))
@given(books())
def test_references_are_checked_where_the_schema_says_and_nowhere_else(
    book: tuple[dict[str, Any], dict[str, Any], set[Spot]],
) -> None:
    schema, record, spots = book
    assume(not list(problems(Schemas({"schemas/s.json": schema}))))
    found = list(checked(schema, record))
    assert set(found) == spots


def write(folder: Path, schema: Any, record: Any) -> None:
    """A book of one record, whose targets have every value."""
    people = [{"id": one, "name": one, "aliases": [one]} for one in (*VALUES, *NAMES)]
    names = {"type": "array", "items": {"type": "string"}}
    known = {"properties": {"id": {"type": "string"}, "name": {"type": "string"}, "aliases": names}}
    resources = []
    towns = [{"id": "far", "name": "Far"}]
    for name, said, records in (
        ("people", known, people),
        ("places", known, people),
        ("towns", known, towns),
        ("notes", schema, [record]),
    ):
        for file, content in ((f"data/{name}.json", records), (f"schemas/{name}.json", said)):
            (folder / file).parent.mkdir(exist_ok=True)
            (folder / file).write_text(json.dumps(content))
        settings = {"records": f"data/{name}.json", "layout": "list", "key": "id", "schema": f"schemas/{name}.json"}
        resources.append(
            {
                "name": name,
                "path": f"build/csv/{name}.csv",
                "schema": f"build/tableschema/{name}.json",
                "sourcebook": settings,
            }
        )
    (folder / "datapackage.yaml").write_text(json.dumps({"name": "places", "resources": resources}))


def lost(record: Any, spot: Spot) -> Any:
    """The record with a reference at ``spot`` that means nothing."""
    copy = json.loads(json.dumps(record))
    path, at_key = spot
    holder = copy
    for part in path[:-1]:
        holder = holder[part]
    if at_key:
        renamed = {("nowhere" if name == path[-1] else name): value for name, value in holder.items()}
        holder.clear()
        holder.update(renamed)
    else:
        holder[path[-1]] = "nowhere"
    return copy


@pytest.mark.slow
@pytest.mark.parametrize("verified", [False, True])
def test_a_reference_that_means_nothing_is_told_wherever_it_stands(verified: bool) -> None:
    """And what is right is built, and verified."""

    @settings(max_examples=12 if verified else 60, deadline=None, suppress_health_check=list(HealthCheck))
    @given(books(), st.randoms(use_true_random=False))
    def told(book: tuple[dict[str, Any], dict[str, Any], set[Spot]], chance: Any) -> None:
        schema, record, spots = book
        assume(not list(problems(Schemas({"schemas/s.json": schema}))))
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            write(folder, schema, record)
            wrong = [one for one in sourcebook.check(folder).findings if one.level == "error"]
            assume(not any("more than one" in one.message for one in wrong))  # of people or places
            assert wrong == []
            if verified:
                sourcebook.build(folder)
                assert sourcebook.verify(folder).differences == ()
                return
            spot = chance.choice(sorted(spots, key=repr))
            broken = lost(record, spot)
            write(folder, schema, broken)
            path = (*spot[0][:-1], "nowhere") if spot[1] else spot[0]
            places = expected(schema, broken)
            assume(places is not None and (path, spot[1]) in places)
            findings = [one for one in sourcebook.check(folder).findings if one.rule == "reference"]
            assert [one.pointer for one in findings] == [pointer((0, *path))] * len(findings)
            assert findings

    told()
