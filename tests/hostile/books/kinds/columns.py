# SPDX-License-Identifier: Apache-2.0
"""Names of tables and columns as schemas and records give them, and keys of records that a database finds odd."""

from __future__ import annotations

import json
from random import Random
from typing import Any

from tests.hostile.books.kinds import hostile_values
from tests.hostile.books.model import RECORD, Case, Kind, book, descriptor, resource

columns = Kind("columns")
_ODD = (
    '"',
    "]",
    "[",
    "`",
    "'",
    "rowid",
    "oid",
    "_rowid_",
    "ROWID",
    "sqlite_x",
    "id",
    "ID",
    "select",
    "order",
    "a b",
    " a",
    "a ",
    "é",
    "e\u0301",
    "\U0001f9a9",
    "a.b",
    "a[]",
    "[]",
    "a/b",
    "~",
    "a~1b",
    "$ref",
    "-",
    "--",
    ";",
    "a;b",
    '"; DROP TABLE lights; --',
    "\x1b[2J",
    "\u202e",
    "\0",
    "a\0b",
    "\ud800",
    "\n",
    "%",
    "_",
    "_key",
    "_table",
    "lights",
    "lights_keepers",
    "lights_fts",
    "rank",
    "docsize",
    "position",
    "_position",
    "parent",
    "value",
    "json",
    "_json",
    "__proto__",
    "a" * 300,
    "1",
    "0",
    "NULL",
    "true",
    "column name",
    ":p",
    "?",
    "@x",
    "#",
    "*",
    "lights_id",
    "A",
    "a",
    "number",
    "extra",
    "other",
)
_SHOW = (
    ("schema", "show", "--book", "BOOK", "--format", "json"),
    ("where", "lights", "low", "name", "--book", "BOOK", "--format", "json"),
)


@columns
def declared(random: Random) -> Case:
    """Properties with odd names, of any type."""
    shapes: tuple[Any, ...] = (
        {"type": "string"},
        {"type": "array", "items": {"type": "string"}},
        {"type": "object", "properties": {"a": {"type": "string"}}},
        {"type": "array", "items": {"type": "object", "properties": {random.choice(_ODD): {}}}},
        {},
        {"type": ["integer", "null"]},
    )
    named = {name: random.choice(shapes) for name in random.sample(_ODD, 5)}
    record = {"name": "a", **{name: _value(shape) for name, shape in named.items()}}
    schema = {"type": "object", "properties": {"name": {"type": "string"}, **named}}
    return book(
        {"low.json": json.dumps(record).encode()},
        schema,
        records="data/lights/*",
        commands=_SHOW,
        facets=random.choice((None, [next(iter(named))])),
    )


@columns
def undeclared(random: Random) -> Case:
    """The same where no schema speaks of them, and tables are planned from the records."""
    record = {
        "name": "a",
        **{name: random.choice(("x", 1, ["x"], {"a": "x"}, [{"a": 1}], None)) for name in random.sample(_ODD, 6)},
    }
    if random.random() < 0.5:
        return book(
            {"low.json": json.dumps(record).encode()}, records="data/lights/*", undeclared="tables", commands=_SHOW
        )
    return book(
        {"low.json": json.dumps(record).encode()}, records="data/lights/*", schema=None, commands=_SHOW, adopt=True
    )


@columns
def renamed(random: Random) -> Case:
    """Columns renamed to odd names, or to each other."""
    rename = {random.choice(("name", "height", "keepers", "nothing", "id")): random.choice(_ODD) for _ in range(2)}
    return book(said=descriptor(resource(rename=rename)), commands=_SHOW)


@columns
def colliding(random: Random) -> Case:
    """Names that are one once they are written as columns: by case, by what joins them, by what is made besides."""
    several = random.choice(
        (
            ("a", "A"),
            ("a.b", "a_b"),
            ("é", "É"),
            ("a-b", "a_b"),
            ("keepers_who", "keepers"),
            ("id", "Id"),
            ("lights_id", "id"),
            ("a b", "a_b"),
            ("position", "lights_key"),
        )
    )
    schema = {
        "type": "object",
        "properties": {
            **{name: {"type": "string"} for name in several},
            "a": {"type": "object", "properties": {"b": {"type": "string"}}},
            "keepers": {
                "type": "array",
                "items": {"type": "object", "properties": {name: {"type": "string"} for name in several}},
            },
        },
    }
    return book(RECORD, schema, commands=_SHOW)


@columns
def very_many(random: Random) -> Case:
    """More columns or tables than a database has."""
    count = random.choice((1_999, 2_001, 5_000))
    one: Any = random.choice(
        (
            {"type": "string"},
            {"type": "array", "items": {"type": "string"}},
            {"type": "object", "properties": {f"b{n}": {"type": "string"} for n in range(10)}},
        )
    )
    if one["type"] == "array":
        count //= 5
    return book(RECORD, {"type": "object", "properties": {f"p{n}": one for n in range(count)}}, commands=_SHOW[:1])


@columns
def long_names(random: Random) -> Case:
    """Names of columns and of tables that are made of others, each long."""
    long = "a" * random.choice((100, 1_000, 30_000))
    shape: Any = {"type": "string"}
    for _ in range(random.choice((1, 8))):
        shape = {"type": random.choice(("array", "object"))} | {
            "items": {"type": "object", "properties": {long: shape}},
            "properties": {long: shape},
        }
    return book(RECORD, {"type": "object", "properties": {"name": {"type": "string"}, long: shape}}, commands=_SHOW[:1])


@columns
def keys(random: Random) -> Case:
    """Keys of records that are odd, doubled, of other types, or missing."""
    values = (*_ODD, None, 1, 1.0, "1", True, [], {}, 2**70, 1e300, "1.0", "", " ", "x/0", "a,b", "%2F", "=1+1", "~1")
    several = [{"id": value, "name": "a"} for value in random.sample(values, 6)]
    layout, data = random.choice((("list", several), ("map", {str(one["id"]): {"name": "a"} for one in several})))
    schema = {
        "type": "object",
        "properties": {
            "name": {"type": "string"},
            **(
                {"id": {}}
                if random.random() < 0.7
                else {"id": {"type": random.choice(("string", "integer", "number"))}}
            ),
        },
    }
    return book(
        {"all.json": json.dumps(data).encode()},
        schema,
        records="data/lights/*",
        layout=layout,
        key="id",
        commands=(("where", "lights", "1", "--book", "BOOK"),),
    )


@columns
def references(random: Random) -> Case:
    """References among records whose keys are odd, by fields with odd names, to themselves, in lists."""
    name = random.choice(_ODD)
    several = [
        {"id": key, name: [random.choice(("a", 1, None, key))], "near": random.choice((key, "nothing", 1, None))}
        for key in random.sample([one for one in _ODD if one], 4)
    ]
    target = random.choice(("lights", "lights.id", f"lights.{name}", f"lights.{name}[]"))
    schema = {
        "type": "object",
        "properties": {
            "id": {"type": "string"},
            name: {"type": "array", "x-references": target},
            "near": {"type": "string", "x-references": target},
        },
    }
    return book(
        {"all.json": json.dumps(several).encode()},
        schema,
        records="data/lights/*",
        layout="list",
        key="id",
        commands=(("mutate", "--book", "BOOK", "--each", "1", "--jobs", "1", "--format", "json"),),
    )


@columns
def labels(random: Random) -> Case:
    """Labels, facets, orders and roles that name what is not there, or a list, or an odd name."""
    settings = {
        name: random.choice((*_ODD, "name", "keepers", "keepers[].who", "nothing"))
        for name in random.sample(("label", "key"), 1)
    }
    page = hostile_values.changed(
        random, {"address": "lights", "summary": ["lit"], "order": ["name"], "hide": ["height"]}
    )
    role = hostile_values.changed(
        random,
        {
            "point": {"latitude": "height", "longitude": "height"},
            "statement": {"text": "name", "by": "near", "in": "lit"},
            "edge": {"from": "near", "to": "near"},
        },
    )
    return book(
        said=descriptor(
            resource(**settings, page=page, role=role, facets=[random.choice(_ODD)], aliases=[random.choice(_ODD)])
        )
    )


@columns
def coordinates(random: Random) -> Case:
    """Points and days that lie nowhere: past the poles, infinite, in the year 99999."""
    values = ("91", "-181", "1e308", "1e-320", "9" * 300, "null", "'12'", ".inf", "-0.0", "180.0000001")
    days = ("99999-01-01", "0000-00-00", "-500", "2021", "2021-13", "''", "9" * 50, "1e5")
    record = f"name: a\nheight: {random.choice(values)}\nlit: '{random.choice(days)}'\n".replace("''''", "''").encode()
    schema = {
        "type": "object",
        "properties": {
            "name": {"type": "string"},
            "height": {"type": ["number", "string", "null"]},
            "lit": {"type": ["string", "number"]},
        },
    }
    return book(
        record,
        schema,
        said=descriptor(
            resource(
                role={
                    "point": {"latitude": "height", "longitude": "height"},
                    "interval": {"earliest": "lit", "latest": "lit"},
                }
            ),
            sourcebook={"downloads": ["csv", "json", "flat", "geojson"]},
        ),
    )


def _value(shape: Any) -> Any:
    kind = shape.get("type", "string")
    return {"string": "=1+1", "array": [], "object": {}}.get(kind if isinstance(kind, str) else "integer", 1)
