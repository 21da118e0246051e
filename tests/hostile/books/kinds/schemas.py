# SPDX-License-Identifier: Apache-2.0
"""JSON Schemas: doubled by references, with themselves inside, with ways out, with patterns that never end."""

from __future__ import annotations

import copy
import json
from random import Random
from typing import Any

from tests.hostile.books.kinds import hostile_values
from tests.hostile.books.model import RECORD, SCHEMA, Case, Kind, book

schemas = Kind("schemas")
_SHOW = (("schema", "show", "--book", "BOOK", "--format", "json"),)
_FULL: dict[str, Any] = {
    **SCHEMA,
    "$id": "https://example.org/light",
    "title": "A light",
    "additionalProperties": False,
    "$defs": {"keeper": {"type": "object", "properties": {"who": {"type": "string"}, "since": {"type": "integer"}}}},
    "allOf": [{"if": {"properties": {"height": {"const": 3}}}, "then": {"required": ["lit"]}}],
    "x-sourcebook": {"label": "name"},
    "properties": {
        **SCHEMA["properties"],
        "keepers": {"type": "array", "items": {"$ref": "#/$defs/keeper"}, "uniqueItems": True},
        "near": {"type": "string", "x-references": "lights"},
        "colour": {
            "anyOf": [{"enum": ["red", "white"]}, {"type": "object", "properties": {"code": {"pattern": "^#"}}}]
        },
    },
}


def _doubling(keyword: str, depth: int, leaf: Any, width: int = 2) -> dict[str, Any]:
    """A schema in which each definition applies the next one twice."""
    each = {f"d{n}": {keyword: [{"$ref": f"#/$defs/d{n + 1}"}] * width} for n in range(depth)}
    return {"$defs": {**each, f"d{depth}": leaf}, "$ref": "#/$defs/d0"}


@schemas
def doubled(random: Random) -> Case:
    """Alternatives that double with each reference, of a whole record."""
    keyword = random.choice(("anyOf", "allOf", "oneOf"))
    leaf = random.choice(
        ({"type": "object", "properties": {"name": {"type": "string"}}}, {"type": "string"}, {"type": "object"})
    )
    return book(RECORD, _doubling(keyword, random.choice((4, 12, 18, 40)), leaf, random.choice((2, 3))), commands=_SHOW)


@schemas
def doubled_property(random: Random) -> Case:
    """The same of one property, or of the properties of properties."""
    depth = random.choice((4, 14, 25, 60))
    keyword = random.choice(
        (
            "properties",
            "items",
            "allOf",
            "anyOf",
            "oneOf",
            "if",
            "dependentSchemas",
            "not",
            "patternProperties",
            "prefixItems",
            "propertyNames",
            "contains",
        )
    )

    def at(n: int) -> Any:
        ref = {"$ref": f"#/$defs/d{n}"}
        if keyword in ("properties", "dependentSchemas", "patternProperties"):
            return {keyword: {"a": ref, "b": ref}}
        if keyword == "if":
            return {"if": ref, "then": ref, "else": ref}
        return {keyword: [ref, ref] if keyword in ("allOf", "anyOf", "oneOf", "prefixItems") else ref}

    definitions = {f"d{n}": at(n + 1) for n in range(depth)}
    schema = {
        "type": "object",
        "properties": {"name": {"$ref": "#/$defs/d0"}},
        "$defs": {**definitions, f"d{depth}": {"type": "string"}},
    }
    return book(RECORD, schema, commands=_SHOW)


@schemas
def doubled_different(random: Random) -> Case:
    """Alternatives that double, each branch with a property of its own."""
    depth = random.choice((6, 16, 22))
    definitions = {
        f"d{n}": {
            "anyOf": [
                {"properties": {f"a{n}": {"$ref": f"#/$defs/d{n + 1}"}}},
                {"properties": {f"b{n}": {"$ref": f"#/$defs/d{n + 1}"}}},
            ]
        }
        for n in range(depth)
    }
    return book(
        RECORD, {"$defs": {**definitions, f"d{depth}": {"type": "string"}}, "$ref": "#/$defs/d0"}, commands=_SHOW
    )


@schemas
def alternatives(random: Random) -> Case:
    """Very many alternatives, alike or not, in one keyword."""
    keyword, count = random.choice(("oneOf", "anyOf", "allOf")), random.choice((50, 10_000))
    branch = random.choice(
        (
            lambda n: {"const": n},
            lambda n: {"properties": {f"p{n}": {"type": "string"}}},
            lambda n: {"required": [f"p{n}"]},
            lambda n: {"type": "object", "properties": {"name": {"const": n}}},
            lambda _: {"type": "object"},
        )
    )
    several = {keyword: [branch(n) for n in range(count)]}
    schema = several if random.random() < 0.5 else {"type": "object", "properties": {"name": several}}
    return book(RECORD, schema, commands=_SHOW)


@schemas
def recursion(random: Random) -> Case:
    """A schema that applies itself to the same value, or to what is inside, with data as deep as may be."""
    schema: Any = random.choice(
        (
            {"$ref": "#"},
            {"allOf": [{"$ref": "#"}]},
            {"$defs": {"a": {"$ref": "#/$defs/b"}, "b": {"$ref": "#/$defs/a"}}, "$ref": "#/$defs/a"},
            {"anyOf": [{"$ref": "#"}, {"type": "object"}]},
            {"not": {"$ref": "#"}},
            {"if": {"$ref": "#"}, "then": {"$ref": "#"}},
            {"type": "object", "properties": {"x": {"$ref": "#"}}},
            {"type": "object", "additionalProperties": {"$ref": "#"}},
            {
                "type": ["object", "array", "string", "number"],
                "items": {"$ref": "#"},
                "properties": {"x": {"$ref": "#"}, "y": {"$ref": "#"}},
            },
            {"$dynamicAnchor": "n", "type": "object", "properties": {"x": {"$dynamicRef": "#n"}}},
            {
                "$recursiveAnchor": True,
                "$schema": "https://json-schema.org/draft/2019-09/schema",
                "properties": {"x": {"$recursiveRef": "#"}},
            },
            {"oneOf": [{"$ref": "#/oneOf/1"}, {"$ref": "#/oneOf/0"}]},
        )
    )
    depth = random.choice((1, 20, 60))
    return book(b"name: a\nx: " + b"{x: " * depth + b"{}" + b"}" * depth + b"\n", schema, commands=_SHOW)


@schemas
def ways_out(random: Random) -> Case:
    """References to the network, to files outside of the book, to what is no file."""
    reference = random.choice(
        (
            "http://127.0.0.1:1/x.json",
            "https://example.org/x",
            "file:///etc/passwd",
            "../../beside/secret.json",
            "/etc/passwd",
            "../datapackage.yaml",
            "../../../../etc/hostname",
            "//example.org/x",
            "..",
            ".",
            "%2e%2e/%2e%2e/beside/secret.json",
            "data:application/json,{}",
            "urn:x:y",
            "http://[",
            "http://a b",
            "ftp://x/y",
            "\x1b[2J",
            "#/" + "a/" * 5_000,
            "#" + "x" * 100_000,
            "a" * 300 + ".json",
            "a/" * 3_000 + "x.json",
        )
    )
    keyword = random.choice(("$ref", "$dynamicRef", "$id", "$schema", "id", "$anchor", "$recursiveRef", "$vocabulary"))
    where = {keyword: reference}
    return book(
        RECORD, where if random.random() < 0.5 else {"type": "object", "properties": {"name": where}}, commands=_SHOW
    )


@schemas
def backtracking(random: Random) -> Case:
    """Patterns that try all ways of taking a text apart."""
    pattern = random.choice(
        (
            "^(a+)+$",
            "^(a|a)*$",
            "^(a|aa)+$",
            "(x+x+)+y",
            "(?!z)(x+x+)+y",
            "^(.*a){20}$",
            "(.*)(.*)(.*)\\1\\2b",
            "^(([a-z])+.)+[A-Z]([a-z])+$",
            "(?=(a+)+b)a",
            "(a*)*" * 10,
            "^(?:a?){60}a{60}$",
        )
    )
    text = random.choice(("a" * 40 + "!", "x" * 5_000, "a" * 100_000 + "!", "x" * 100_000))
    keyword = random.choice(("pattern", "patternProperties", "propertyNames"))
    one: Any = (
        {"pattern": pattern} if keyword != "patternProperties" else {"patternProperties": {pattern: {"type": "string"}}}
    )
    if keyword == "pattern":
        return book(b"name: " + text.encode() + b"\n", {"type": "object", "properties": {"name": one}})
    return book(
        {"low.json": json.dumps({"name": {text: 1}}).encode()},
        {"type": "object", "properties": {"name": one if keyword == "patternProperties" else {"propertyNames": one}}},
        records="data/lights/*",
    )


@schemas
def patterns(random: Random) -> Case:
    """Patterns that are none, that are large once they are compiled, that no engine has."""
    pattern = random.choice(
        (
            "(",
            "[",
            "*",
            "\\",
            "(?P<x>a)",
            "(?i)a",
            "\\p{L}{99999}",
            "a{99999}{99999}",
            "(((((a{99}){99}){99}){99}){99})",
            "\\1",
            "(?<=a+)b",
            "\\u{110000}",
            "\\c",
            "[z-a]",
            "(?:" * 5_000,
            "a|" * 100_000,
            "[\\s\\S]{1000000}",
            "\ud800",
            "\0",
            "(?#",
            "\\p{Nothing}",
            "a{4294967296}",
        )
    )
    where: Any = {"pattern": pattern} if random.random() < 0.7 else {"patternProperties": {pattern: True}}
    return book(RECORD, {"type": "object", "properties": {"name": where}}, commands=_SHOW)


@schemas
def unique(random: Random) -> Case:
    """Lists of many different values, each of which is to be unlike all others."""
    count = random.choice((100, 2_000))
    item = random.choice((b"{a: %d, b: [%d]}", b"[%d, [%d]]", b"%d%d", b'"%d-%d"'))
    items = b", ".join(item % (n, n) for n in range(count))
    return book(
        b"name: a\nx: [" + items + b"]\n",
        {"type": "object", "properties": {"x": {"type": "array", "uniqueItems": True}}},
    )


@schemas
def wide(random: Random) -> Case:
    """A schema of very many properties, or requirements, or choices."""
    count = random.choice((500, 2_100, 20_000))
    names = [f"p{n}" for n in range(count)]
    schema = random.choice(
        (
            {"properties": {name: {"type": "string"} for name in names}},
            {"required": names},
            {"properties": {"name": {"enum": names}}},
            {"dependentRequired": dict.fromkeys(names[:200], names[:50])},
            {
                "properties": {
                    name: {"type": "array", "items": {"type": "object", "properties": {"x": {}}}}
                    for name in names[:1_000]
                }
            },
        )
    )
    return book(RECORD, {"type": "object", **schema}, commands=_SHOW)


@schemas
def deep(random: Random) -> Case:
    """A schema that is nested as deep as may be, or deeper."""
    depth = random.choice((20, 60, 300, 5_000))
    kind = random.choice(
        (
            '{"properties":{"a":%s}}',
            '{"items":%s}',
            '{"allOf":[%s]}',
            '{"anyOf":[%s]}',
            '{"not":%s}',
            '{"additionalProperties":%s}',
            '{"type":"array","items":%s}',
            '{"type":"object","properties":{"a":%s}}',
        )
    )
    before, after = kind.split("%s")
    return book(RECORD, (before * depth + '{"type":"string"}' + after * depth).encode(), commands=_SHOW)


@schemas
def chain(random: Random) -> Case:
    """References from one definition to the next, very many, in one file or several."""
    count = random.choice((50, 3_000))
    if random.random() < 0.5:
        definitions = {f"d{n}": {"$ref": f"#/$defs/d{n + 1}"} for n in range(count)}
        return book(RECORD, {"$defs": {**definitions, f"d{count}": SCHEMA}, "$ref": "#/$defs/d0"}, commands=_SHOW)
    count = min(count, 800)
    more = {f"schemas/c{n}.json": json.dumps({"$ref": f"c{n + 1}.json"}).encode() for n in range(count)}
    return book(RECORD, {"$ref": "c0.json"}, more={**more, f"schemas/c{count}.json": b"{}"}, commands=_SHOW)


@schemas
def contradictions(random: Random) -> Case:
    """Keywords that cannot be met, or that say the same in other words, together."""
    several = [
        {"type": "string"},
        {"type": "object"},
        {"const": 1},
        {"enum": []},
        {"not": {}},
        False,
        True,
        {"minimum": 5, "maximum": 1},
        {"type": []},
        {"required": ["name", "name"]},
        {"items": False},
        {"type": ["null"]},
        {"unevaluatedProperties": False},
        {"minProperties": 2**63},
        {"multipleOf": 0},
        {"multipleOf": 1e-300},
        {"maxLength": -1},
        {"contains": True, "minContains": 10**20},
    ]
    keyword = random.choice(("allOf", "anyOf", "oneOf"))
    return book(RECORD, {keyword: random.sample(several, 4)}, commands=_SHOW)


@schemas
def changed_once(random: Random) -> Case:
    """A full schema with a hostile value in one place."""
    return book(RECORD, hostile_values.changed(random, copy.deepcopy(_FULL)), commands=_SHOW)


@schemas
def changed_often(random: Random) -> Case:
    """A full schema with hostile values in several places, by any of the drafts."""
    draft = random.choice(
        (
            "http://json-schema.org/draft-04/schema#",
            "http://json-schema.org/draft-07/schema#",
            "https://json-schema.org/draft/2019-09/schema",
            "https://json-schema.org/draft/2020-12/schema",
            "http://json-schema.org/draft-03/schema#",
            "http://json-schema.org/draft-06/schema",
        )
    )
    return book(
        RECORD,
        {"$schema": draft, **_as_mapping(hostile_values.changed(random, copy.deepcopy(_FULL), 4))},
        commands=_SHOW,
    )


@schemas
def keyword_with_anything(random: Random) -> Case:
    """One keyword with a hostile value."""
    words = (
        "type",
        "properties",
        "items",
        "required",
        "enum",
        "const",
        "pattern",
        "format",
        "$ref",
        "$id",
        "$defs",
        "if",
        "allOf",
        "oneOf",
        "dependencies",
        "x-references",
        "x-sourcebook",
        "title",
        "description",
        "examples",
        "default",
        "deprecated",
        "minimum",
        "maxLength",
        "additionalProperties",
        "propertyNames",
        "$anchor",
        "$dynamicRef",
        "contentSchema",
        "prefixItems",
        "unevaluatedItems",
        "extends",
        "divisibleBy",
        "disallow",
    )
    where = {random.choice(words): hostile_values.value(random)}
    return book(
        RECORD,
        {"type": "object", "properties": {"name": where}} if random.random() < 0.6 else {"type": "object", **where},
        commands=_SHOW,
    )


@schemas
def not_a_schema(random: Random) -> Case:
    """A schema file that is empty, broken, huge, or something else."""
    return book(
        RECORD,
        random.choice(
            (
                b"",
                b"[]",
                b"null",
                b"true",
                b"false",
                b"1",
                b'"a"',
                b"{",
                b"\xff",
                b"{}{}",
                b'{"a":' * 50_000,
                b"[" * 100_000,
                b'{"type": "object", "type": "string"}',
                b" " * 3_000_000,
                b'{"$defs": {' + b",".join(b'"d%d": {}' % n for n in range(50_000)) + b"}}",
            )
        ),
        commands=_SHOW,
    )


@schemas
def by_yaml(random: Random) -> Case:
    """A schema in YAML with aliases that double, or that are themselves."""
    levels = random.choice((5, 12, 30))
    lines = ["type: object", "$defs:", "  a0: &a0 {type: string}"]
    lines += [f"  a{n}: &a{n} {{anyOf: [*a{n - 1}, *a{n - 1}]}}" for n in range(1, levels)]
    lines += [f"properties: {{name: *a{levels - 1}}}"]
    return book(
        RECORD, schema="schemas/lights.yaml", more={"schemas/lights.yaml": "\n".join(lines).encode()}, commands=_SHOW
    )


def _as_mapping(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {"x": value}
