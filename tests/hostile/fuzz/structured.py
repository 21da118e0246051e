# SPDX-License-Identifier: Apache-2.0
"""Inputs of the right structure with odd content, by hypothesis: values, schemas, descriptors, records, addresses."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any
from urllib.parse import quote

import yaml
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import seed as seeded
from hypothesis import strategies as st

from tests.hostile.fuzz.mutants import VALUES
from tests.hostile.fuzz.targets import Target

_BATCH = 200  # inputs that hypothesis makes at a time

_NAMES = st.one_of(
    st.sampled_from(["id", "name", "owner", "length", "boats", "x", "", "rowid", "_key", "a.b", "ID"]),
    st.text(max_size=8),
)
_SCALARS = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False, allow_infinity=False), st.text(max_size=12),
    st.sampled_from([one for one in VALUES if not isinstance(one, dict | list)]), st.dates().map(str),
)  # fmt: skip
_JSON = st.recursive(
    _SCALARS, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(_NAMES, inner, max_size=4), max_leaves=12
)


def _schemas() -> st.SearchStrategy[Any]:
    """JSON Schemas, right for the most part: of the keywords that tables are planned by, and of those that judge."""
    types = st.sampled_from(["string", "integer", "number", "boolean", "array", "object", "null"])
    leaf = st.one_of(
        st.booleans(),
        st.fixed_dictionaries({"type": types | st.lists(types, max_size=3, unique=True)}),
        st.fixed_dictionaries({"enum": st.lists(_SCALARS, max_size=3)}),
        st.fixed_dictionaries({"const": _JSON}),
        st.fixed_dictionaries({"$ref": st.sampled_from(["#", "#/$defs/a", "#/properties/x", "#a"])}),
        st.fixed_dictionaries({"type": st.just("string")}, optional={
            "format": st.sampled_from(["date", "uri", "email", "date-time", "x"]), "maxLength": st.integers(-1, 9),
            "pattern": st.sampled_from(["^a", "(a+)+$", "\\p{L}", "[", "(?=a)b", "\\d{1,4000}"]),
        }),
    )  # fmt: skip

    def within(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
        some, named = st.lists(inner, max_size=3), st.dictionaries(_NAMES, inner, max_size=4)
        return st.fixed_dictionaries({}, optional={
            "type": types, "properties": named, "items": inner, "prefixItems": some, "additionalProperties": inner,
            "patternProperties": named, "required": st.lists(_NAMES, max_size=2), "anyOf": some, "oneOf": some,
            "allOf": some, "not": inner, "if": inner, "then": inner, "else": inner, "$defs": named,
            "uniqueItems": st.booleans(), "minItems": st.integers(-1, 3), "unevaluatedProperties": inner,
            "$id": st.sampled_from(["x", "#", "http://x.example/s"]), "title": st.text(max_size=5),
            "$anchor": st.just("a"),
        })  # fmt: skip

    return st.recursive(leaf, within, max_leaves=10)


def _descriptors() -> st.SearchStrategy[Any]:
    block = st.fixed_dictionaries(
        {"records": st.sampled_from(["data/jetties/*.yaml", "data/owners.yaml", "data/**", "*", "x"])},
        optional={
            "layout": st.sampled_from(["file", "list", "map", "documents", "front-matter", "x"]),
            "key": st.sampled_from(["id", "name", "{stem}", "{parent}-{id}", "{", "a.b", ""]),
            "schema": st.sampled_from(["schemas/jetty.schema.json", "schemas/x.json", "../x", "/etc/x"]),
            "at": _JSON, "references": st.dictionaries(_NAMES, _NAMES | _JSON, max_size=2), "label": _NAMES | _JSON,
            "rename": st.dictionaries(_NAMES, _NAMES, max_size=2), "undeclared": _SCALARS, "role": _JSON,
            "facets": _JSON, "page": _JSON, "select": _JSON, "except": _JSON, "body": _NAMES,
            "key_replace": _JSON,
        },
    )  # fmt: skip
    resource = st.fixed_dictionaries(
        {"name": st.sampled_from(["jetties", "owners", "x", "X", "search", "-"]), "path": st.just("build/csv/x.csv"),
         "schema": st.just("build/tableschema/x.json"), "sourcebook": block},
        optional={"title": _SCALARS, "description": _SCALARS},
    )  # fmt: skip
    settings_of_book = st.fixed_dictionaries(
        {}, optional={"limits": _JSON, "ignore": _JSON, "rules": _JSON, "formats": _JSON, "corrections": _JSON}
    )
    return st.fixed_dictionaries(
        {"name": st.sampled_from(["shore", "x", "-", "a b"]), "resources": st.lists(resource, min_size=1, max_size=3)},
        optional={"sourcebook": settings_of_book, "licenses": _JSON, "sources": _JSON, "created": _SCALARS},
    )


def _addresses() -> st.SearchStrategy[bytes]:
    first = st.sampled_from(
        ["", "search", "map", "timeline", "network", "questions/x", "people", "claims", "places.csv", "events.json"]
    )
    names = st.sampled_from(
        ["q", "page", "size", "sort", "form", "from", "to", "zoom", "x", "y", "around", "depth", "collection", "bbox"]
    )
    values = st.one_of(
        st.text(max_size=12), st.integers().map(str), st.sampled_from(["nan", "1e400", "-1", "a,b", "2020-02-31"])
    )
    pairs = st.lists(st.tuples(names | _NAMES, values), max_size=5)
    return st.builds(lambda path, said: f"/{path}?{'&'.join(_pair(*one) for one in said)}".encode(), first, pairs)


def _pair(name: str, value: str) -> str:
    return f"{quote(name, safe='', errors='replace')}={quote(value, safe='', errors='replace')}"


def _json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode("utf-8", "surrogatepass")


def _yaml(value: Any) -> bytes:
    return yaml.dump(
        value, Dumper=getattr(yaml, "CSafeDumper", yaml.SafeDumper), allow_unicode=True, sort_keys=False
    ).encode("utf-8", "surrogatepass")


_RECORD = st.fixed_dictionaries(
    {"id": st.sampled_from(["north", "south", "a"]) | _SCALARS},
    optional={
        "name": _SCALARS,
        "length": _SCALARS,
        "owner": st.sampled_from(["reed", "ash"]) | _JSON,
        "boats": st.lists(_JSON, max_size=3),
    },
)
_FOUND = st.dictionaries(_NAMES, _JSON, max_size=4)
_OF_TARGETS: Mapping[str, st.SearchStrategy[bytes]] = {
    "yaml": _JSON.map(_yaml) | _JSON.map(_json),
    "json": _JSON.map(_json),
    "json-lines": st.lists(_JSON.map(_json), max_size=4).map(b"\n".join),
    "front-matter": st.builds(lambda value, text: b"---\n" + _yaml(value) + b"---\n" + text.encode(), _JSON, st.text()),
    "descriptor": _descriptors().map(_yaml),
    "schema": _schemas().map(_json),
    "baseline": st.builds(lambda some: _json({"findings": some}), _JSON),
    "book": st.one_of(
        _schemas().map(lambda one: b"schemas/jetty.schema.json\n" + _json(one)),
        _RECORD.map(lambda one: b"data/jetties/north.yaml\n" + _yaml(one)),
        _descriptors().map(lambda one: b"datapackage.yaml\n" + _yaml(one)),
    ),
    "record": st.dictionaries(_NAMES, _JSON, max_size=5).map(lambda one: b"typed/x\n" + _yaml(one)),
    "adopt": st.lists(_FOUND, max_size=4).map(lambda one: b"found/a.yaml\n" + _yaml(one)),
    "page": _addresses(),
}


def structured(target: Target, seed: str, count: int) -> Iterator[bytes]:
    """So many inputs for a target, always the same ones for the same seed; any text where it has no structure."""
    strategy = _OF_TARGETS.get(target.name, st.binary(max_size=60) | st.text(max_size=60).map(str.encode))
    return islice(_endless(strategy, f"{target.name} {seed}"), count)


def _endless(strategy: st.SearchStrategy[bytes], seed: str) -> Iterator[bytes]:
    number = 0
    while True:
        number += 1
        yield from _batch(strategy, f"{seed} {number}")


def _batch(strategy: st.SearchStrategy[bytes], seed: str) -> list[bytes]:
    found: list[bytes] = []

    @seeded(seed)
    @settings(
        max_examples=_BATCH,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(strategy)
    def gather(data: bytes) -> None:
        found.append(data)

    gather()
    return found
