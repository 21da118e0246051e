# SPDX-License-Identifier: Apache-2.0
"""From schema to tables: the rules on small examples, and records put together again from their tables alone."""

from __future__ import annotations

import ast
import sqlite3
from collections import defaultdict
from decimal import Decimal
from functools import cache
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sourcebook.compile.database import Loading, complete
from sourcebook.compile.gather import Gathered
from sourcebook.compile.work import Work
from sourcebook.tables import Plan, Rows, Wanted, collisions, flatten, plan_collection, projected, rebuild, shape_of
from sourcebook.tables.encoding import as_text
from sourcebook.tables.links import Index, Reference, references, written_in
from sourcebook.tables.rowcode import Flat, Unfit, flat_rows, row_code, row_source
from sourcebook.validation.schemas import Schemas, check


def plan(schema: dict[str, Any], **wanted: Any) -> Plan:
    settings = {"name": "t", "title": "", "description": "", "key": "id", "label": None, **wanted}
    return plan_collection(Wanted(**settings), shape_of(Schemas({"s": schema}).schema("s")))


def columns(schema: dict[str, Any], table: int = 0) -> dict[str, str]:
    return {column.name: column.encoding for column in plan(schema).tables[table].columns}


def one(schema: dict[str, Any]) -> dict[str, str]:
    """Columns of a closed object with an id and one property ``a``."""
    found = columns(
        {"type": "object", "properties": {"id": {"type": "string"}, "a": schema}, "additionalProperties": False}
    )
    del found["id"]
    return found


@pytest.mark.parametrize(
    ("schema", "expected"),
    [
        ({"type": "string"}, {"a": "text"}),
        ({"type": "integer"}, {"a": "integer"}),
        ({"type": "number"}, {"a": "number"}),
        ({"type": ["integer", "number"]}, {"a": "number"}),
        ({"type": "boolean"}, {"a": "boolean"}),
        ({"type": ["string", "null"]}, {"a": "text"}),
        ({"type": ["string", "integer"]}, {"a": "any"}),
        ({"type": ["string", "boolean"]}, {"a": "any"}),
        ({"enum": ["x", "y"]}, {"a": "text"}),
        ({"const": 3}, {"a": "integer"}),
        ({}, {"a": "json"}),
        (True, {"a": "json"}),
        ({"type": "object"}, {"a": "json"}),
        ({"type": "array"}, {"a": "json"}),
        ({"type": "array", "items": {"type": "array", "items": {"type": "string"}}}, {"a": "json"}),
        ({"type": ["string", "object"], "properties": {"b": {"type": "string"}}}, {"a": "json"}),
        (
            {"type": "object", "properties": {"b": {"type": "string"}, "c": {"type": "integer"}}},
            {"a_b": "text", "a_c": "integer", "_a_other": "json"},
        ),
        (
            {"type": "object", "properties": {"b": {"type": "string"}}, "additionalProperties": False},
            {"a_b": "text"},
        ),
        ({"oneOf": [{"type": "string"}, {"type": "integer"}]}, {"a": "any"}),
        ({"anyOf": [{"type": "integer"}, {"type": "null"}]}, {"a": "integer"}),
        ({"allOf": [{"type": "string"}, {"minLength": 1}]}, {"a": "text"}),
        ({"oneOf": [{"type": "string"}, {"type": "object", "properties": {"b": {}}}]}, {"a": "json"}),
        (
            {
                "oneOf": [
                    {"properties": {"b": {"type": "string"}}, "additionalProperties": False},
                    {"properties": {"c": {"type": "integer"}}, "additionalProperties": False},
                ]
            },
            {"a_b": "text", "a_c": "integer"},
        ),
        (
            {
                "type": "object",
                "properties": {"b": {"type": "string"}},
                "additionalProperties": False,
                "if": {"properties": {"b": {"const": "x"}}},
                "then": {"required": ["b"], "properties": {"b": {"enum": ["x"]}}},
            },
            {"a_b": "text"},
        ),
    ],
    ids=str,
)
def test_columns_of_a_property(schema: Any, expected: dict[str, str]) -> None:
    assert one(schema) == expected


def test_what_a_condition_asks_is_not_asked_of_every_record() -> None:
    schema = {
        "properties": {"id": {"type": "string"}, "a": {"type": "boolean"}},
        "if": {"properties": {"id": {"const": "x"}}},
        "then": {"required": ["a"], "properties": {"a": {"const": True}}},
    }
    column = plan(schema).tables[0].column("a")
    assert (column.required, column.note.choices) == (False, ())


@pytest.mark.parametrize("keyword", ["dependencies", "dependentSchemas"])
def test_what_depends_on_another_property_is_not_asked_of_every_record(keyword: str) -> None:
    then = {"properties": {"b": {"type": "integer"}}, "required": ["b"]}
    schema = {"properties": {"id": {"type": "string"}, "a": {"type": "boolean"}}, keyword: {"a": then}}
    column = plan(schema).tables[0].column("b")
    assert (column.encoding, column.required) == ("integer", False)
    names = {"dependencies": {"a": ["c"]}}
    assert "c" not in columns({**schema, **names})


def test_lists_and_maps_are_tables() -> None:
    schema = {
        "properties": {
            "id": {"type": "integer"},
            "tags": {"type": "array", "items": {"type": "string"}},
            "names": {"type": "object", "additionalProperties": {"type": "string"}},
            "roles": {
                "type": "array",
                "items": {
                    "type": "object",
                    "properties": {
                        "title": {"type": "string"},
                        "years": {"type": "array", "items": {"type": "integer"}},
                    },
                    "additionalProperties": False,
                },
            },
        }
    }
    found = {t.name: ([c.name for c in t.columns], t.primary_key, t.parent) for t in plan(schema).tables}
    assert found == {
        "t": (["id", "_other"], ("id",), None),
        "t_tags": (["_parent", "_position", "_value"], ("_parent", "_position"), "t"),
        "t_names": (["_parent", "_name", "_value"], ("_parent", "_name"), "t"),
        "t_roles": (["_parent", "_position", "title", "_key"], ("_key",), "t"),
        "t_roles_years": (["_parent", "_position", "_value"], ("_parent", "_position"), "t_roles"),
    }
    assert [t.columns[0].encoding for t in plan(schema).tables[1:]] == ["integer", "integer", "integer", "text"]


def test_one_thing_or_a_list_of_such_is_a_table() -> None:
    schema = {
        "properties": {"id": {}, "a": {"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]}}
    }
    rows, misfits = flatten(plan(schema), "k", {"id": "k", "a": "x"})
    assert (rows[1], misfits) == ([["k", 0, "x"]], [])


def test_other_recursion_is_json() -> None:
    schema = {
        "properties": {"id": {"type": "string"}, "child": {"$ref": "#/$defs/node"}},
        "$defs": {
            "node": {"type": "object", "properties": {"next": {"$ref": "#/$defs/node"}, "x": {"type": "integer"}}}
        },
    }
    assert columns(schema) == {
        "id": "text",
        "child_next": "json",
        "child_x": "integer",
        "_child_other": "json",
        "_other": "json",
    }
    assert dict(plan(schema).json_columns)["t.child_next"] == "recursive"


COMMENT = {
    "type": "object",
    "properties": {
        "text": {"type": "string"},
        "tags": {"type": "array", "items": {"type": "string", "x-references": "t.id"}},
        "thread": {
            "type": "object",
            "properties": {"replies": {"type": "array", "items": {"$ref": "#/$defs/comment"}}},
        },
        "by": {"type": "string", "x-references": "t.id"},
    },
    "additionalProperties": False,
}
THREADS = {
    "properties": {"id": {"type": "string"}, "comments": {"items": {"$ref": "#/$defs/comment"}}},
    "$defs": {"comment": COMMENT},
    "additionalProperties": False,
}


def test_a_list_of_objects_that_contains_itself_is_one_table_linked_to_itself(tmp_path: Path) -> None:
    made = plan(THREADS)
    assert [table.name for table in made.tables] == ["t", "t_comments", "t_comments_tags"]
    assert [c.name for c in made.tables[1].columns][:4] == ["_parent", "_position", "text", "_within"]
    deepest = {"text": "d", "tags": ["k"]}
    reply = {"text": "b", "thread": {"replies": [{"text": "c"}, deepest]}}
    document = {"id": "k", "comments": [{"text": "a", "thread": {"replies": [reply]}}, {"text": "e"}]}
    rows, misfits = flatten(made, "k", document)
    assert misfits == []
    assert [(row[2], row[3], row[-1]) for row in rows[1]] == [
        ("a", None, "k/comments/0"),
        ("b", "k/comments/0", "k/comments/0/thread_replies/0"),
        ("c", "k/comments/0/thread_replies/0", "k/comments/0/thread_replies/0/thread_replies/0"),
        ("d", "k/comments/0/thread_replies/0", "k/comments/0/thread_replies/0/thread_replies/1"),
        ("e", None, "k/comments/1"),
    ]
    assert _round_trip(THREADS, [document], tmp_path / "t.db") == [document]


def test_references_are_found_however_deep_a_record_nests_in_itself() -> None:
    tags, reference = sorted(references(plan(THREADS)), key=lambda one: one.path, reverse=True)
    tagged = {"id": "k", "comments": [{"thread": {"replies": [{"tags": ["x", "y"]}]}}]}
    assert [value for _, value in written_in(tagged, tags)] == ["x", "y"]
    inner = {"by": "c", "thread": {"replies": [{"by": "d"}]}}
    document = {"id": "k", "comments": [{"by": "a"}, {"thread": {"replies": [{"by": "b"}, inner]}}]}
    assert [(path[-1], value) for path, value in written_in(document, reference)] == [
        ("by", "a"),
        ("by", "b"),
        ("by", "c"),
        ("by", "d"),
    ]


def test_a_child_row_has_a_readable_key() -> None:
    schema = {
        "properties": {"id": {}, "m": {"additionalProperties": {"properties": {"l": {"items": {"type": "string"}}}}}}
    }
    schema["properties"]["m"]["type"] = "object"
    rows, _ = flatten(plan(schema), "k", {"id": "k", "m": {"a/b": {"l": ["x"]}}})
    assert rows[1] == [["k", "a/b", None, "k/m/a~1b"]]
    assert rows[2] == [["k/m/a~1b", 0, "x"]]


@pytest.mark.parametrize(
    ("value", "encoding", "why"),
    [
        (2**63, "integer", "64-bit"),
        ("x", "integer", "integers"),
        (1, "text", "text"),
        (True, "number", "numbers"),
        (1, "boolean", "true and false"),
    ],
)
def test_values_that_do_not_fit_are_told(value: Any, encoding: str, why: str) -> None:
    kinds = {"text": "string"}
    schema = {"properties": {"id": {"type": "string"}, "a": {"type": kinds.get(encoding, encoding)}}}
    rows, (misfit,) = flatten(plan(schema), "k", {"id": "k", "a": value})
    assert why in misfit.why
    assert rows[0][0][1] is None


def test_names_that_sqlite_takes_for_one_are_told() -> None:
    schema = {"properties": {"id": {}, "Tag": {"type": "string"}, "tag": {"type": "string"}}}
    assert [(one, other) for _, one, other in collisions([plan(schema)])] == [
        ("column t.tag (from tag)", "column t.Tag (from Tag)")
    ]
    assert not list(collisions([plan(schema, rename={"tag": "tag_2"})]))


HOSTILE = ["rowid", 'a"b', "a]b", "a b", "select", "🍎", "_rowid_", "a'b", "%s", "a.b", "a[]b"]


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_names_work(name: str, tmp_path: Path) -> None:
    properties = {"id": {"type": "string"}, name: {"type": "string"}, f"{name} list": {"items": {"type": "string"}}}
    value = {"id": "k", name: "x", f"{name} list": ["y"]}
    assert _round_trip({"properties": properties}, [value], tmp_path / "t.db") == [value]


def test_more_properties_than_a_table_has_columns_are_json(tmp_path: Path) -> None:
    def mapping(count: int) -> dict[str, Any]:
        return _object({f"p{number}": {"type": "integer"} for number in range(count)}, True)

    schema = _object({"id": {"type": "string"}, "wide": mapping(1_500), "narrow": mapping(900), "a": mapping(2)}, True)
    made = plan(schema)
    assert len(made.tables[0].columns) == 1 + 1 + 900 + 2
    assert made.tables[0].column("wide").encoding == "json"
    assert "1,900 columns" in dict(made.json_columns)["t.wide"]
    document = {"id": "k", "wide": {"p7": 1}, "narrow": {"p899": 2}, "a": {"p1": 3}}
    assert _round_trip(schema, [document], tmp_path / "t.db") == [document]
    flat = _object({"id": {"type": "string"}, **mapping(3_000)["properties"]}, True)
    assert plan(flat).tables[0].columns[-1].name == "_other"
    document = {"id": "k", "p0": 1, "p2999": 2}
    assert _round_trip(flat, [document], tmp_path / "t.db") == [document]
    nested = {"properties": {"id": {"type": "string"}, "list": {"items": flat}}}
    assert len(plan(nested).tables[1].columns) < 2_000


def test_a_mapping_can_be_renamed() -> None:
    schema = {"properties": {"id": {}, "A": mapping_of("b"), "a": mapping_of("b")}}
    assert len(list(collisions([plan(schema)]))) == 2
    renamed = plan(schema, rename={"a": "small"})
    assert not list(collisions([renamed]))
    assert {"small_b", "_small_other"} <= {column.name for column in renamed.tables[0].columns}


def mapping_of(name: str) -> dict[str, Any]:
    return {"type": "object", "properties": {name: {"type": "string"}}}


# --- the property: a record rebuilt from its tables differs from its document by the declared losses ---------

NAMES = st.sampled_from(["a", "b", "c", "A b", "x.y", "_z", "é", "1"])
SCALARS = st.sampled_from(["string", "integer", "number", "boolean"])


# Records that references lead to: by their key, by another unique field, and to one of two collections.
TARGETS = {"u": {"uk1": "Una", "uk2": "Dua"}, "w": {"wk1": "Wan", "wk2": "Wun"}}
REFERENCES = st.sampled_from(["u", "u.name", ["u", "w.id"]])
WRITTEN = {"u": ["uk1", "uk2"], "u.name": ["Una", "Dua"], "u w.id": ["uk1", "uk2", "wk1", "wk2"]}


@cache  # to make a strategy takes longer than to draw from it
def schemas() -> st.SearchStrategy[Any]:
    scalar = st.one_of(
        st.builds(lambda kind: {"type": kind}, SCALARS),
        st.builds(
            lambda kinds: {"type": sorted(kinds)},
            st.sets(st.sampled_from(["string", "integer", "number", "boolean", "null"]), min_size=1),
        ),
        st.just({"enum": ["p", "q", 3]}),
        st.just({}),
        st.builds(lambda target: {"type": "string", "x-references": target}, REFERENCES),
        st.just({"type": "array", "items": {"$ref": "#/$defs/node"}}),
        st.just({"$ref": "#/$defs/node"}),
    )

    def deeper(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
        closed = st.booleans()
        return st.one_of(
            st.builds(lambda items: {"type": "array", "items": items}, inner),
            st.builds(lambda values: {"type": "object", "additionalProperties": values}, inner),
            st.builds(_object, st.dictionaries(NAMES, inner, max_size=3), closed),
            st.builds(lambda a, b: {"oneOf": [a, b]}, inner, inner),
            st.builds(lambda a, b: {"anyOf": [a, {"type": "array", "items": b}]}, inner, inner),
            st.builds(lambda a: {"allOf": [a, {"description": "x"}]}, inner),
        )

    return st.recursive(scalar, deeper, max_leaves=6)


def _object(properties: dict[str, Any], closed: bool) -> dict[str, Any]:
    return {"type": "object", "properties": properties} | ({"additionalProperties": False} if closed else {})


NUMBERS = st.one_of(st.integers(-(2**63), 2**63 - 1), st.floats(allow_nan=False, allow_infinity=False))
TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=5)


def values(schema: Any, draw: Any, node: Any = None, depth: int = 3) -> Any:
    """A value for ``schema``, mostly valid, with nulls and empties where they may lose themselves.

    ``node`` is what ``#/$defs/node`` means; ``depth`` bounds how often it is drawn inside itself.
    """

    def inner(schema: Any, deeper: int = 0) -> Any:
        return values(schema, draw, node, depth - deeper)

    if "$ref" in schema:
        return inner(node, 1) if depth else {}
    if "x-references" in schema:
        targets = schema["x-references"]
        return draw(st.sampled_from(WRITTEN[targets if isinstance(targets, str) else " ".join(targets)]))
    if "oneOf" in schema or "anyOf" in schema:
        return inner(draw(st.sampled_from(schema.get("oneOf") or schema["anyOf"])))
    if "allOf" in schema:
        return inner(schema["allOf"][0])
    if "enum" in schema:
        return draw(st.sampled_from(schema["enum"]))
    if not schema:
        return draw(
            st.recursive(
                st.none() | st.booleans() | NUMBERS | TEXTS,
                lambda s: st.lists(s, max_size=2) | st.dictionaries(TEXTS, s, max_size=2),
                max_leaves=3,
            )
        )
    kind = draw(st.sampled_from([schema["type"]] if isinstance(schema["type"], str) else schema["type"]))
    if kind == "array":
        return [inner(schema["items"]) for _ in range(draw(st.integers(0, 3 if depth > 1 else 1)))]
    if kind == "object" and "properties" not in schema:
        return {key: inner(schema["additionalProperties"]) for key in draw(st.sets(TEXTS, max_size=3))}
    if kind == "object":
        chosen = [name for name in schema["properties"] if draw(st.booleans())]
        found = {name: inner(schema["properties"][name]) for name in chosen}
        return (
            found
            if "additionalProperties" in schema or draw(st.booleans())
            else {**found, "undeclared": [1, {"x": None}]}
        )
    simple = {"string": TEXTS, "integer": st.integers(-(2**63), 2**63 - 1), "number": NUMBERS, "boolean": st.booleans()}
    return draw(simple.get(kind, st.none()))


def _round_trip(schema: dict[str, Any], documents: list[Any], path: Path) -> list[Any]:
    named = {"properties": {"id": {"type": "string"}, "name": {"type": "string"}}, "additionalProperties": False}
    made = plan(schema)
    plans = {"t": made, **{name: plan(named, name=name) for name in TARGETS}}
    assert not list(collisions(plans.values()))
    records = [("t", document["id"], document) for document in documents]
    for collection, names in TARGETS.items():
        records += [(collection, key, {"id": key, "name": name}) for key, name in names.items()]
    path.unlink(missing_ok=True)
    index = Index(plans)
    for collection, key, document in records:
        index.add(collection, [key], [[document.get(field)] for field in index.fields(collection)])
    work = Flattened(plans, records)
    with Loading(path, plans, cast("Work", work)) as loading:
        for number, (_, key, _) in enumerate(records):
            loading.add(number, [(key, "f.yaml", (), 1, 0)])
        loading.finish(index)
    complete(path, cast("Gathered", SimpleNamespace(plans=plans, spelled=defaultdict(frozenset))), [])
    connection = sqlite3.connect(path)
    try:
        connection.execute("DROP TABLE _records")  # the kept documents are withheld
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
        rows = Rows(made, lambda name: [_as_written(made, name, row) for row in _rows(connection, name)])
        return [rebuild(rows, row) for row in rows.roots]
    finally:
        connection.close()


class Flattened:
    """What is asked of `Work` for a database: each record is a chunk of its own."""

    def __init__(self, plans: dict[str, Plan], records: list[tuple[str, str, Any]]) -> None:
        self.book = SimpleNamespace(collections=())
        self.plans = plans
        self.records = records
        self.chunks = [[SimpleNamespace(collection=SimpleNamespace(name=name))] for name, _, _ in records]
        self.kept = [SimpleNamespace(size=1)] * len(records)

    def numbers(self, collection: str) -> list[int]:
        return [number for number, (name, _, _) in enumerate(self.records) if name == collection]

    def rows(self, number: int, table: int) -> list[Any]:
        name, key, document = self.records[number]
        return flat_rows(self.plans[name], flatten(self.plans[name], key, document)[0])[table]

    def texts(self, _number: int) -> list[str]:
        return ["{}"]


def _rows(connection: sqlite3.Connection, name: str) -> list[Any]:
    quoted = name.replace('"', '""')
    return connection.execute(f'SELECT * FROM "{quoted}" ORDER BY rowid').fetchall()


def _as_written(made: Plan, name: str, row: list[Any]) -> list[Any]:
    """A row with its references by name as records write them: the columns hold keys."""
    table = next(table for table in made.tables if table.name == name)
    by_name = [c.foreign is not None and c.foreign.field == "name" for c in table.columns]
    return [TARGETS["u"][value] if by and value is not None else value for by, value in zip(by_name, row, strict=True)]


@pytest.mark.slow
@given(data=st.data())
@settings(
    max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture]
)
def test_a_record_is_rebuilt_from_its_tables_alone(data: Any, tmp_path: Path) -> None:
    properties = data.draw(st.dictionaries(NAMES.filter(lambda name: name != "A b"), schemas(), max_size=3))
    kids = {"kids": {"type": "array", "items": {"$ref": "#/$defs/node"}}}
    node = _object({**data.draw(st.dictionaries(NAMES, schemas(), max_size=2)), **kids}, data.draw(st.booleans()))
    schema = {"type": "object", "properties": {"id": {"type": "string"}, **properties}, "additionalProperties": False}
    schema["$defs"] = {"node": node}
    made = plan(schema)
    if list(collisions([made])):
        return  # told as findings, and never compiled
    documents = []
    for number in range(2):
        document = {name: values(sub, data.draw, node) for name, sub in properties.items()}
        documents.append({"id": f"k{number}", **document})
    if any(value not in _known(one) for d in documents for one in references(made) for _, value in written_in(d, one)):
        return  # a text where one alternative has a reference: told as a dangling one
    for document in documents:
        code_agrees(made, document)
    rebuilt = _round_trip(schema, documents, tmp_path / "t.db")
    assert rebuilt == [projected(made, document) for document in documents]
    for document, found in zip(documents, rebuilt, strict=True):
        told = flatten(made, document["id"], document)[1]
        if not told and not check(document, schema):
            assert _less(found, document), (found, document)


def _known(reference: Reference) -> list[Any]:
    """What a reference may be written as, and what is no reference but free-form, and told by another rule."""
    return WRITTEN[" ".join(f"{t.collection}.{t.field}" if t.field else t.collection for t in reference.targets)]


def _less(found: Any, document: Any) -> bool:
    """Whether ``found`` is ``document`` less nulls and empties, and no value is another: losses are omissions."""
    if isinstance(document, dict) and isinstance(found, dict):
        missing = [document[key] for key in document if key not in found]
        return all(map(_lost, missing)) and all(key in document and _less(found[key], document[key]) for key in found)
    if isinstance(found, list) and not isinstance(document, list):
        return len(found) == 1 and _less(found[0], document)
    if isinstance(found, list):
        return len(found) == len(document) and all(map(_less, found, document))
    return found in (document, as_text(document)) or (found in (None, {}) and _lost(document))


def _lost(value: Any) -> bool:
    """Whether a value may be left out: nothing is in it, however deep."""
    inner = value.values() if isinstance(value, dict) else () if value == [] else None
    return value is None if inner is None else all(map(_lost, inner))


# --- generated code: it does what flatten does, or says that it cannot ---------------------------------------------


def code_agrees(made: Plan, document: Any) -> bool:
    """Hold the code of a plan against ``flatten``; whether the code took the document."""
    rows, misfits = flatten(made, "k", document)
    found: Flat = [[] for _ in made.tables]
    try:
        row_code(made)("k", document, found)
    except Unfit:
        return False
    assert (repr(found), misfits) == (repr(flat_rows(made, rows)), [])
    return True


@cache
def anything() -> st.SearchStrategy[Any]:
    """Plain data of any kind, with the names that schemas have."""
    single = st.none() | st.booleans() | NUMBERS | TEXTS | st.just(2**63) | st.just(Decimal("0.10000000000000000001"))
    return st.recursive(
        single, lambda inner: st.lists(inner, max_size=2) | st.dictionaries(NAMES, inner, max_size=3), max_leaves=6
    )


@pytest.mark.slow
@given(data=st.data())
@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_code_agrees_with_flatten_on_whatever_stands_in_a_record(data: Any) -> None:
    properties = data.draw(st.dictionaries(NAMES, schemas(), max_size=3))
    node = _object(data.draw(st.dictionaries(NAMES, schemas(), max_size=2)), data.draw(st.booleans()))
    schema = {**_object({"id": {"type": "string"}, **properties}, data.draw(st.booleans())), "$defs": {"node": node}}
    made = plan(schema)
    document = {name: data.draw(anything()) for name in properties if data.draw(st.booleans())}
    for one in (document, {**document, "id": "k", "undeclared": 1}, data.draw(anything())):
        code_agrees(made, one)


WHOLE = _object(
    {
        "id": {"type": "string"},
        "count": {"type": "integer"},
        "size": {"type": "number"},
        "open": {"type": "boolean"},
        "place": _object({"north": {"type": "number"}}, True),
        "tags": {"type": "array", "items": {"type": "string"}},
        "names": {"type": "object", "additionalProperties": {"type": "string"}},
        "parts": {"items": _object({"name": {"type": "string"}, "uses": {"items": {"type": "integer"}}}, False)},
    },
    False,
)


@pytest.mark.parametrize(
    "more",
    [
        {},
        {"id": None, "tags": None, "place": None},
        {"count": 3.0, "size": 3, "open": False, "place": {}},
        {"names": {"a/b": "x", "~": "y"}, "parts": [{"name": "p", "uses": [1, None], "else": [{}]}, None]},
        {"undeclared": {"x": 1}},
    ],
    ids=str,
)
def test_code_takes_what_fits(more: dict[str, Any]) -> None:
    assert code_agrees(plan(WHOLE), {"id": "k", "count": 1, "open": True, "tags": ["t"], **more})


@pytest.mark.parametrize(
    "odd",
    [
        *(
            {"id": 1},
            {"count": 2**63},
            {"count": 1.5},
            {"count": True},
            {"size": "1"},
            {"open": 1},
            {"place": {"x": 1}},
        ),
        *({"tags": "t"}, {"tags": [1]}, {"names": ["x"]}, {"parts": {}}, {"parts": [1]}, {"place": 3}, []),
    ],
    ids=str,
)
def test_code_leaves_to_flatten_what_does_not_fit(odd: Any) -> None:
    made = plan(WHOLE)
    assert not code_agrees(made, odd)
    assert flatten(made, "k", odd)[1]


@pytest.mark.parametrize("kind", ["integer", "number", "boolean", ["string", "number"]], ids=str)
def test_a_reference_that_no_key_can_be_is_left_to_the_rules(kind: Any) -> None:
    made = plan(_object({"id": {"type": "string"}, "to": {"type": kind, "x-references": "t.id"}}, True))
    for value in (1.0, True):
        assert not code_agrees(made, {"id": "k", "to": value})


NASTY = [
    "'",
    '"',
    "\\",
    "\n",
    "'" * 3,
    "{key}",
    '"; raise Unfit #',
    "__import__('os')",
    "%s",
    "{",
    "None",
    "",
]


@pytest.mark.parametrize("name", NASTY, ids=ascii)
def test_no_name_becomes_code(name: str) -> None:
    inner = _object({name: {"type": "string"}, "list": {"items": _object({name: {"type": "integer"}}, True)}}, True)
    listed = {"items": _object({"id": {"type": "string"}, "below": {"items": inner}}, True)}
    made = plan(_object({"id": {"type": "string"}, name: listed, f"{name}.": inner}, False))
    document = {"id": "k", name: [{"id": "x", "below": [{name: "y", "list": [{name: 1}]}]}], f"{name}.": {name: "z"}}
    assert code_agrees(made, document)
    calls = [node.func for node in ast.walk(ast.parse(row_source(made))) if isinstance(node, ast.Call)]
    plain = {"frozenset", "type", "str", "enumerate", "dumps", "integer", "escaped"}
    plain |= {f"{kind}_{number}" for kind in ("table", "get") for number in range(10)}
    assert {call.id for call in calls if isinstance(call, ast.Name)} <= plain
    assert {call.attr for call in calls if isinstance(call, ast.Attribute)} <= {"keys", "items", "get"}
