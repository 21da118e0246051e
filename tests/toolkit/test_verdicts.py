# SPDX-License-Identifier: Apache-2.0
"""The two validators agree: what jsonschema-rs finds invalid jsonschema explains, and nothing else.

jsonschema-rs has the verdict, so a disagreement would not publish a wrong record; it would leave a mistake without good
words. What they are known to judge differently is listed in ``KNOWN``.
"""

from __future__ import annotations

import copy
import json
import random
import tarfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sourcebook.parse import parse
from sourcebook.validation.reasons import Explainer
from sourcebook.validation.schemas import Schemas
from tests.conftest import ROOT

CORPORA = ROOT.parent / "shared/corpora"
URI = "https://book.invalid/s"

# Cases that the two judge differently, with the reason.
KNOWN = [
    ({"multipleOf": 0.01}, 19.99, "jsonschema divides doubles; the verdict divides decimals, and is right"),
    ({"const": 2**70}, float(2**70), "past 64 bits the verdict tells an integer from the double of its value"),
]


def judged(schema: Any, instance: Any) -> tuple[bool, bool]:
    """Whether jsonschema-rs and jsonschema find ``instance`` valid."""
    schemas = Schemas({"s": schema})
    assert schemas.problems() == []
    explainer = Explainer(schema, URI, schemas._explaining, formats=True)
    return schemas.validator("s").is_valid(instance), not explainer.violations(instance)


@pytest.mark.parametrize(("schema", "instance", "why"), KNOWN)
def test_what_is_known_to_differ_differs(schema: Any, instance: Any, why: str) -> None:
    verdict, explained = judged(schema, instance)
    assert verdict != explained, why


def test_what_is_equal_stands_in_a_list_twice() -> None:
    for instance in ([1, 1.0], [{"a": 1, "b": 2}, {"b": 2.0, "a": 1}], [[0.0], [-0.0]]):
        assert judged({"uniqueItems": True}, instance) == (False, False)


NAMES = st.sampled_from(["a", "b", "c"])
TEXTS = st.sampled_from(
    ["", "a", "ab", "2019-02-29", "2020-02-29", "x@example.org", "é", "e\u0301", "10", "https://a.example/"]
)
NUMBERS = st.sampled_from([0, 1, -1, 2, 10, 1.0, 0.5, -0.0, 2**53, 2**70, 1e300])
SCALARS = st.none() | st.booleans() | TEXTS | NUMBERS
INSTANCES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=3),
    max_leaves=6,
)
TYPES = st.sampled_from(["string", "integer", "number", "boolean", "null", "array", "object"])


def schemas() -> st.SearchStrategy[Any]:
    single = st.one_of(
        st.booleans(),
        st.builds(lambda kind: {"type": kind}, TYPES),
        st.builds(lambda kinds: {"type": sorted(kinds)}, st.sets(TYPES, min_size=1, max_size=3)),
        st.builds(lambda values: {"enum": values}, st.lists(SCALARS, min_size=1, max_size=3, unique_by=repr)),
        st.builds(lambda value: {"const": value}, INSTANCES),
        st.builds(lambda key, n: {key: n}, st.sampled_from(["minimum", "exclusiveMaximum"]), st.integers(-2, 11)),
        st.builds(lambda n: {"multipleOf": n}, st.sampled_from([1, 2, 0.5])),
        st.builds(lambda key, n: {key: n}, st.sampled_from(["minLength", "maxLength", "minItems"]), st.integers(0, 3)),
        st.builds(lambda form: {"format": form}, st.sampled_from(["date", "email", "uri", "uuid", "ipv4"])),
        st.builds(lambda p: {"pattern": p}, st.sampled_from(["^a", "b$", "^\\p{L}*$", "^[0-9-]+$"])),
        st.just({"uniqueItems": True}),
        st.builds(lambda names: {"required": sorted(names)}, st.sets(NAMES, max_size=2)),
    )

    def deeper(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
        return st.one_of(
            st.builds(lambda p, more: {"properties": p, **more}, st.dictionaries(NAMES, inner, max_size=3), EXTRAS),
            st.builds(lambda p: {"patternProperties": {"^[ab]$": p}, "additionalProperties": False}, inner),
            st.builds(lambda i: {"items": i}, inner),
            st.builds(lambda a, b: {"prefixItems": [a], "items": b}, inner, inner),
            st.builds(lambda i: {"contains": i}, inner),
            st.builds(lambda i: {"not": i}, inner),
            st.builds(lambda i: {"propertyNames": i}, inner),
            st.builds(lambda key, a, b: {key: [a, b]}, st.sampled_from(["allOf", "anyOf", "oneOf"]), inner, inner),
            st.builds(lambda a, b, c: {"if": a, "then": b, "else": c}, inner, inner, inner),
            st.builds(lambda name, i: {"dependentSchemas": {name: i}}, NAMES, inner),
            st.builds(
                lambda a, p: {"allOf": [a], "properties": {"b": p}, "unevaluatedProperties": False}, inner, inner
            ),
        )

    return st.recursive(single, deeper, max_leaves=5)


EXTRAS = st.sampled_from([{}, {"additionalProperties": False}, {"required": ["a"]}, {"minProperties": 2}])


@pytest.mark.slow
@given(schema=schemas(), instance=INSTANCES)
@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_both_judge_generated_cases_alike(schema: Any, instance: Any) -> None:
    verdict, explained = judged(schema, instance)
    assert verdict == explained


@pytest.mark.slow
@pytest.mark.skipif(not CORPORA.is_dir(), reason="the corpora are not at hand here")
@pytest.mark.parametrize(
    ("name", "schema", "pattern"),
    [
        ("pypa-advisories", "osv.schema.json", "vulns/**/*.yaml"),
        ("sigma-rules", "sigma-detection-rule-schema.json", "rules/**/*.yml"),
    ],
)
def test_both_judge_records_and_their_mutants_alike(name: str, schema: str, pattern: str, tmp_path: Path) -> None:
    with tarfile.open(CORPORA / f"{name}.tar.xz") as archive:
        archive.extractall(tmp_path, filter="data")
    folder = tmp_path / name
    contents = json.loads((folder / schema).read_text("utf-8"))
    known = Schemas({schema: contents})
    validator = known.validator(schema)
    uri = contents.get("$id", f"https://book.invalid/{schema}")
    explainer = Explainer(contents, uri, known._explaining, formats=True)
    chance = random.Random(7)
    paths = chance.sample(sorted(folder.glob(pattern)), 60)
    invalid = 0
    for path in paths:
        record = parse(path.read_bytes(), path.name).documents[0].value
        for mutant in [record, *(mutated(record, chance) for _ in range(5))]:
            valid = validator.is_valid(mutant)
            assert valid == (not explainer.violations(mutant)), (path, mutant)
            invalid += not valid
    assert invalid > len(paths)


def mutated(record: Any, chance: random.Random) -> Any:
    """A copy of a record in which one value is another, or is not there."""
    whole = copy.deepcopy(record)
    places = list(_places(whole))
    holder, key = chance.choice(places)
    if chance.random() < 0.3:
        del holder[key]
    else:
        holder[key] = chance.choice([None, True, 7, 1.5, "", "x", "2020-13-01", [], {}, ["x"], {"x": 1}])
    return whole


def _places(value: Any) -> Any:
    entries = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in entries:
        yield value, key
        yield from _places(item)
