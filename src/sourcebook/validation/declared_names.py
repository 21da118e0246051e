# SPDX-License-Identifier: Apache-2.0
"""Whether a schema speaks of a property by its name, wherever in it that is said of the value itself."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sourcebook.validation.schemas import Schema


def declares(schema: Schema, name: str) -> bool:
    """Whether ``schema`` names the property: what it may be, or that it is needed. Patterns of names do not count."""
    waiting, seen = [schema], set()
    while waiting:
        here = waiting.pop()
        contents = here.contents
        if not isinstance(contents, dict) or id(contents) in seen:
            continue
        seen.add(id(contents))
        if name in contents.get("properties", ()) or name in contents.get("required", ()):
            return True
        waiting += _about_the_same(here, contents)
    return False


def _about_the_same(schema: Schema, contents: dict[str, Any]) -> Iterator[Schema]:
    """The schemas that hold for the same value: branches and what references lead to."""
    inner: list[Any] = [contents.get(keyword) for keyword in ("if", "then", "else", "not")]
    for keyword in ("allOf", "anyOf", "oneOf"):
        inner += contents.get(keyword, ())
    for keyword in ("dependentSchemas", "dependencies"):
        inner += contents.get(keyword, {}).values()
    yield from (schema.inside(one) for one in inner if isinstance(one, dict))
    for keyword in ("$ref", "$dynamicRef", "$recursiveRef"):
        if isinstance(contents.get(keyword), str):
            try:
                yield schema.lookup(contents[keyword])
            except LookupError:  # it is told of, or its target depends on the way there
                continue
