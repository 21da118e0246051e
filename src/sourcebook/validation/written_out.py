# SPDX-License-Identifier: Apache-2.0
"""How large schemas are once their references are written out: a few lines can mean more than any machine can walk.

A reference inside what it leads to is not written out again, as tables are planned too.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

from sourcebook.validation.schemas import Schema, SchemaProblem, Schemas

MOST = 20_000
"""Schemas that one may be, written out."""

DEEPEST = 100
"""Levels of it, a reference being one."""

_PLACE = tuple[str | int, ...]
_ONE = (
    *("additionalItems", "additionalProperties", "contains", "else", "if", "items", "not", "propertyNames", "then"),
    *("unevaluatedItems", "unevaluatedProperties"),
)
_LISTED = ("allOf", "anyOf", "items", "oneOf", "prefixItems")
_NAMED = ("dependencies", "dependentSchemas", "patternProperties", "properties")


def problems(schemas: Schemas) -> Iterator[SchemaProblem]:
    """The schemas that are too large or too deep once they are written out, each at the reference that makes it so."""
    for file in schemas.valid:
        found = _measured(schemas.schema(file))
        if found:
            place, message = found
            hint = "let it refer to itself, or say less of what is deep inside"
            yield SchemaProblem(file, place, "invalid", message, hint)


def _measured(schema: Schema) -> tuple[_PLACE, str] | None:
    """Where a schema is too much, and in what; None where it is not."""
    begun: Counter[_PLACE] = Counter()  # schemas, by the reference in the file that led to them
    waiting: list[tuple[Schema, _PLACE, bool, frozenset[str], int]] = [(schema, (), False, frozenset(), 0)]
    count = 0
    while waiting:
        one, place, left, trail, depth = waiting.pop()
        if not isinstance(one.contents, dict):
            continue
        begun[place if left else ()] += 1
        if depth > DEEPEST:
            return place, f"the schema is more than {DEEPEST} levels deep once its references are written out"
        count += 1
        if count > MOST:
            return begun.most_common(1)[0][0], f"the schema is more than {MOST:,} schemas once it is written out"
        for step, inner in _inside(one.contents):
            waiting.append((one.inside(inner), place if left else (*place, *step), left, trail, depth + 1))
        for keyword in ("$ref", "$dynamicRef", "$recursiveRef"):
            target = _target(one, keyword)
            if target is not None and target.uri not in trail:
                here = place if left else (*place, keyword)
                waiting.append((target, here, True, trail | {target.uri}, depth + 1))
    return None


def _target(schema: Schema, keyword: str) -> Schema | None:
    reference = schema.contents.get(keyword)
    if not isinstance(reference, str):
        return None
    try:
        return schema.lookup(reference)
    except LookupError:  # a lost reference, which is told as such
        return None


def _inside(contents: Any) -> Iterator[tuple[_PLACE, dict[str, Any]]]:
    for keyword in _ONE:
        if isinstance(contents.get(keyword), dict):
            yield (keyword,), contents[keyword]
    for keyword in _LISTED:
        if isinstance(contents.get(keyword), list):
            yield from (((keyword, n), one) for n, one in enumerate(contents[keyword]) if isinstance(one, dict))
    for keyword in _NAMED:
        if isinstance(contents.get(keyword), dict):
            yield from (((keyword, name), one) for name, one in contents[keyword].items() if isinstance(one, dict))
