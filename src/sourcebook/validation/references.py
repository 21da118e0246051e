# SPDX-License-Identifier: Apache-2.0
"""The keyword ``x-references``: which collections a value may name a record of; and schemas that say so in vain.

JSON Schema passes over it, so nothing is told apart by it: of two branches that the same values fit, none says whether
its reference is meant.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from sourcebook.exact import dumps
from sourcebook.validation.annotations import Annotations
from sourcebook.validation.applied_together import in_place
from sourcebook.validation.keywords import inside
from sourcebook.validation.schema_nodes import Graph
from sourcebook.validation.schemas import Schema, SchemaProblem, Schemas

KEYWORD = "x-references"

_Path = tuple[str | int, ...]
_FORM = f"{KEYWORD} names a field, such as people.id, or a list of such"
_APART = (
    "tell the branches apart by a value that each of them fixes (const), or list all targets where any may be meant"
)


def problems(schemas: Schemas) -> Iterator[SchemaProblem]:
    """What is wrong with the references in the schemas that are valid by themselves."""
    if schemas.parts.mention(KEYWORD):
        checked = _Checked(schemas)
        for path in schemas.valid:
            for where, kind, message, hint in checked.problems(schemas.schema(path), ()):
                yield SchemaProblem(path, where, kind, message, hint)


_Problem = tuple[_Path, str, str, str]


class _Checked:
    def __init__(self, schemas: Schemas) -> None:
        self._judge = schemas.parts.judge
        self._graph = Graph(KEYWORD, _raw)
        for path in schemas.valid:
            self._add(schemas.schema(path))
        self._graph.mark()

    def _add(self, schema: Schema) -> None:
        if isinstance(schema.contents, dict):
            self._graph.node(schema)
            for _, inner in inside(schema.contents):
                self._add(schema.inside(inner))

    def problems(self, schema: Schema, path: _Path) -> Iterator[_Problem]:
        contents = schema.contents
        if not isinstance(contents, dict):
            return
        if KEYWORD in contents:
            yield from _own(schema, path)
        for keyword in ("not", "contentSchema"):
            if isinstance(contents.get(keyword), dict) and self._said(schema.inside(contents[keyword])):
                message = f"{KEYWORD} says nothing under `{keyword}`, where no value of a record is described"
                yield (*path, keyword), "unclear", message, "say it beside, of what a value that fits refers to"
        for keyword in ("anyOf", "oneOf"):
            branches = [schema.inside(one) for one in contents.get(keyword, ())]
            yield from self._branches(keyword, branches, (*path, keyword))
        for where, inner in inside(contents):
            yield from self.problems(schema.inside(inner), (*path, *where))

    def _said(self, schema: Schema) -> Mapping[tuple[str, ...], frozenset[Any]]:
        """What is said in a schema, by place."""
        found: dict[tuple[str, ...], frozenset[Any]] = {}
        for place in Annotations(self._graph.node(schema), self._judge).places():
            found[place.steps] = found.get(place.steps, frozenset()) | {*place.options}
        return found

    def _branches(self, keyword: str, branches: list[Schema], path: _Path) -> Iterator[_Problem]:
        said = [self._said(branch) for branch in branches]
        for number, here in enumerate(branches):
            for other in range(number):
                if said[number] == said[other]:
                    continue
                within, around = implies(here, branches[other]), implies(branches[other], here)
                vain = (within and said[number]) or (around and said[other])
                shared = any(said[other].get(place, options) != options for place, options in said[number].items())
                if (within and around) or (keyword == "oneOf" and vain) or ((within or around) and shared):
                    which = f"branches {other + 1} and {number + 1} of `{keyword}`"
                    why = (
                        "a value that fits one of them fits the other"
                        if within and around
                        else _one(within, number, other)
                    )
                    message = f"{which} say different things of what is referred to, and {why}"
                    yield (*path, number), "unclear", message, _APART
                    break


def _one(within: bool, number: int, other: int) -> str:
    first, second = (number, other) if within else (other, number)
    return f"every value that fits branch {first + 1} fits branch {second + 1}"


def _raw(value: Any) -> tuple[str, ...]:
    return tuple(dumps(one) for one in (value if isinstance(value, list) else [value]))


def _own(schema: Schema, path: _Path) -> Iterator[_Problem]:
    said = schema.contents[KEYWORD]
    listed = said if isinstance(said, list) and said else [said]
    if not all(map(_is_target, listed)):
        yield (*path, KEYWORD), "invalid", _FORM, f"{KEYWORD}: people.id"
    elif _has_properties(schema, frozenset()):
        message = f"{KEYWORD} stands on a mapping with properties of its own, so it does not say which of them refers"
        yield (*path, KEYWORD), "unclear", message, "write it beside the type of the property that is a reference"


def _is_target(said: Any) -> bool:
    if isinstance(said, dict):
        return said.keys() <= {"to", "as"} and said.get("as", "text") == "text" and isinstance(said.get("to"), str)
    return isinstance(said, str) and bool(said)


def _has_properties(schema: Schema, seen: frozenset[int]) -> bool:
    contents = schema.contents
    if not isinstance(contents, dict) or id(contents) in seen:
        return False
    others = [*in_place(schema), *(schema.inside(one) for one in contents.get("allOf", ()))]
    return bool(contents.get("properties")) or any(_has_properties(one, seen | {id(contents)}) for one in others)


# --- whether one schema implies another -----------------------------------------------------------------------------

_WORDS = frozenset(
    (
        *("$anchor", "$comment", "$defs", "$id", "$schema", "contentEncoding", "contentMediaType", "default"),
        *("definitions", "deprecated", "description", "examples", "id", "readOnly", "title", "writeOnly"),
    )
)


def implies(one: Schema, other: Schema, depth: int = 0) -> bool:
    """Whether every value that fits ``one`` plainly fits ``other`` too; where that is not plain, it does not."""
    one, other = _followed(one), _followed(other)
    if other.contents is True or one.contents is False:
        return True
    if not isinstance(other.contents, dict) or depth > _DEEP:
        return False
    mine = one.contents if isinstance(one.contents, dict) else {}
    return all(
        _implied(one, mine, other, keyword, depth + 1)
        for keyword in other.contents
        if keyword not in _WORDS and not keyword.startswith("x-")
    )


_DEEP = 20


def _implied(one: Schema, mine: Mapping[str, Any], other: Schema, keyword: str, depth: int) -> bool:
    """Whether values that fit ``one`` plainly fit what ``keyword`` of ``other`` asks."""
    asked = other.contents[keyword]
    if keyword in mine and _bare(mine[keyword]) == _bare(asked):
        return True
    if keyword == "required":
        return {*asked} <= {*mine.get("required", ())}
    if keyword in ("const", "enum"):
        fixed = _fixed(mine)
        return fixed is not None and {*fixed} <= {*(_fixed(other.contents) or ())}
    if keyword == "type":
        types = {*mine["type"]} if isinstance(mine.get("type"), list) else {mine.get("type")}
        allowed = {*asked} if isinstance(asked, list) else {asked}
        return types <= (allowed | {"integer"} if "number" in allowed else allowed)
    if keyword == "properties":
        named = mine.get("properties", {})
        return all(implies(one.inside(named.get(p, True)), other.inside(sub), depth) for p, sub in asked.items())
    if keyword in ("items", "additionalProperties") and isinstance(asked, dict):
        return implies(one.inside(mine.get(keyword, True)), other.inside(asked), depth)
    return keyword == "allOf" and all(implies(one, other.inside(sub), depth) for sub in asked)


def _fixed(contents: Mapping[str, Any]) -> list[str] | None:
    if "const" in contents:
        return [dumps(contents["const"])]
    return [dumps(value) for value in contents["enum"]] if "enum" in contents else None


def _followed(schema: Schema) -> Schema:
    """What a schema that is only a reference leads to."""
    for _ in range(_DEEP):
        contents = schema.contents
        if not isinstance(contents, dict) or "$ref" not in contents:
            break
        if any(name not in _WORDS and not name.startswith("x-") for name in contents if name != "$ref"):
            break
        led = list(in_place(schema))
        if not led:
            break
        schema = led[0]
    return schema


def _bare(value: Any) -> Any:
    """A value of a keyword without the words in it that ask nothing."""
    if isinstance(value, dict):
        return {n: _bare(v) for n, v in value.items() if n not in ("title", "description") and not n.startswith("x-")}
    return [_bare(item) for item in value] if isinstance(value, list) else value
