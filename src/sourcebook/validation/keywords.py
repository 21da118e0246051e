# SPDX-License-Identifier: Apache-2.0
"""The keywords of JSON Schema, and properties of schemas that are nearly one of them."""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from typing import Any

Path = tuple[str | int, ...]

DIALECTS = frozenset(
    {
        "http://json-schema.org/draft-03/schema",
        "http://json-schema.org/draft-04/schema",
        "http://json-schema.org/draft-06/schema",
        "http://json-schema.org/draft-07/schema",
        "https://json-schema.org/draft/2019-09/schema",
        "https://json-schema.org/draft/2020-12/schema",
    }
)
_KEYWORDS = (
    "$anchor $comment $defs $dynamicAnchor $dynamicRef $id $recursiveAnchor $recursiveRef $ref $schema $vocabulary "
    "additionalItems additionalProperties allOf anyOf const contains contentEncoding contentMediaType contentSchema "
    "default definitions dependencies dependentRequired dependentSchemas deprecated description disallow divisibleBy "
    "else enum examples exclusiveMaximum exclusiveMinimum extends format id if items maxContains maxItems maxLength "
    "maxProperties maximum minContains minItems minLength minProperties minimum multipleOf not oneOf pattern "
    "patternProperties prefixItems properties propertyNames readOnly required then title type unevaluatedItems "
    "unevaluatedProperties uniqueItems writeOnly"
)
KEYWORDS = frozenset(_KEYWORDS.split())  # of all dialects

# Where schemas stand in a schema: as the value, in a list (of ``items`` either), or in a mapping by name.
_ONE = (
    *("additionalItems", "additionalProperties", "contains", "contentSchema", "else", "if", "items", "not"),
    *("propertyNames", "then", "unevaluatedItems", "unevaluatedProperties"),
)
_LISTED = ("allOf", "anyOf", "items", "oneOf", "prefixItems")
_NAMED = ("$defs", "definitions", "dependencies", "dependentSchemas", "patternProperties", "properties")

# What other tools read in schemas, though it is nearly a keyword.
_OF_OTHERS = frozenset({"comment", "comments", "example", "enumNames", "label", "defaultSnippets"})
_NEAR = 0.8


def near_keywords(schema: Any, path: Path = ()) -> Iterator[tuple[Path, str]]:
    """The path of each property of a schema, and of those in it, that is nearly a keyword; with a hint."""
    if not isinstance(schema, dict):
        return
    for name in schema:
        if name not in KEYWORDS and name not in _OF_OTHERS and not name.startswith("x-"):
            unused = {word.casefold(): word for word in KEYWORDS if word not in schema}
            near = difflib.get_close_matches(name.casefold(), unused, n=1, cutoff=_NEAR)
            if near:
                yield (*path, name), f"did you mean {unused[near[0]]!r}?"
    for where, inner in _inside(schema):
        yield from near_keywords(inner, (*path, *where))


def _inside(schema: dict[str, Any]) -> Iterator[tuple[Path, Any]]:
    for name, value in schema.items():
        if name in _ONE and isinstance(value, dict):
            yield (name,), value
        elif name in _LISTED and isinstance(value, list):
            yield from (((name, index), item) for index, item in enumerate(value))
        elif name in _NAMED and isinstance(value, dict):
            yield from (((name, key), item) for key, item in value.items())
