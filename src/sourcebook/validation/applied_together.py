# SPDX-License-Identifier: Apache-2.0
"""What schemas that are applied to one value make of it together: which of its parts they speak of, and whether it may
be meant as theirs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from sourcebook.exact import same
from sourcebook.validation.schemas import Schema
from sourcebook.validation.verdict import matches

_Judge = Callable[[Any], Callable[[Any], bool]]


def in_place(schema: Schema) -> Iterator[Schema]:
    """The schemas that references of ``schema`` lead to, which are applied to the same value."""
    for keyword in ("$ref", "$dynamicRef", "$recursiveRef"):
        reference = schema.contents.get(keyword)
        if isinstance(reference, str):
            try:
                yield schema.lookup(reference)
            except LookupError:  # a dynamic anchor; a $ref was found to lead somewhere
                continue


def evaluated(schema: Schema, value: Any, judge: _Judge) -> set[Any]:
    """The names of a mapping, or the numbers of a list, that some schema but ``unevaluated...`` here speaks of."""
    return _evaluated(schema, value, judge, frozenset(), top=True)


def _evaluated(schema: Schema, value: Any, judge: _Judge, inside: frozenset[int], *, top: bool = False) -> set[Any]:
    contents = schema.contents
    if not isinstance(contents, dict) or id(contents) in inside:
        return set()
    inside |= {id(contents)}
    found = _names(contents, value, top) if isinstance(value, dict) else _numbers(contents, value, judge, top)
    others = [*in_place(schema), *(schema.inside(one) for one in contents.get("allOf", ()))]
    for keyword in ("anyOf", "oneOf"):
        others += [schema.inside(one) for one in contents.get(keyword, ()) if _fits(one, value, judge)]
    if "if" in contents:
        ways = ("if", "then") if _fits(contents["if"], value, judge) else ("else",)
        others += [schema.inside(contents[way]) for way in ways if way in contents]
    for name, one in {**contents.get("dependencies", {}), **contents.get("dependentSchemas", {})}.items():
        others += [schema.inside(one)] if isinstance(one, dict) and isinstance(value, dict) and name in value else []
    for other in others:
        found |= _evaluated(other, value, judge, inside)
    return found


def _fits(contents: Any, value: Any, judge: _Judge) -> bool:
    return contents if isinstance(contents, bool) else judge(contents)(value)


def _names(contents: dict[str, Any], value: dict[str, Any], top: bool) -> set[Any]:
    if "additionalProperties" in contents or ("unevaluatedProperties" in contents and not top):
        return set(value)
    patterns = contents.get("patternProperties", {})
    declared = contents.get("properties", {})
    return {name for name in value if name in declared or any(matches(pattern, name) for pattern in patterns)}


def _numbers(contents: dict[str, Any], value: Any, judge: _Judge, top: bool) -> set[Any]:
    if not isinstance(value, list):
        return set()
    items = contents.get("items")
    prefix = contents.get("prefixItems", items if isinstance(items, list) else ())
    whole = isinstance(items, dict | bool) or "additionalItems" in contents
    if whole or ("unevaluatedItems" in contents and not top):
        return set(range(len(value)))
    found = set(range(min(len(prefix), len(value))))
    if "contains" in contents:
        found |= {number for number, item in enumerate(value) if _fits(contents["contains"], item, judge)}
    return found


def suits(schema: Schema, value: Any, inside: frozenset[int] = frozenset()) -> bool:
    """Whether ``value`` may be meant as a value of ``schema``: its type and what is fixed do not speak against it."""
    contents = schema.contents
    if not isinstance(contents, dict):
        return contents is not False
    if id(contents) in inside:
        return True
    inside |= {id(contents)}
    if "type" in contents and not _of_type(contents["type"], value):
        return False
    if not _may_be(contents, value):
        return False
    if isinstance(value, dict):
        for name, one in contents.get("properties", {}).items():
            if name in value and isinstance(one, dict) and not _may_be(one, value[name]):
                return False
    others = [*in_place(schema), *(schema.inside(one) for one in contents.get("allOf", ()))]
    return all(suits(other, value, inside) for other in others)


def _may_be(contents: dict[str, Any], value: Any) -> bool:
    fixed = [contents["const"]] if "const" in contents else contents.get("enum", [value])
    return any(same(value, one) for one in fixed)


_KINDS: dict[str, Callable[[Any], bool]] = {
    "null": lambda value: value is None,
    "boolean": lambda value: isinstance(value, bool),
    "string": lambda value: isinstance(value, str),
    "object": lambda value: isinstance(value, dict),
    "array": lambda value: isinstance(value, list),
}


def _of_type(types: Any, value: Any) -> bool:
    listed = types if isinstance(types, list) else [types]
    return any(_KINDS[one](value) if one in _KINDS else _is_number(value) for one in listed)


def _is_number(value: Any) -> bool:
    return not isinstance(value, bool | str | dict | list) and value is not None
