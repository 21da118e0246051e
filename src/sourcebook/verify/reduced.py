# SPDX-License-Identifier: Apache-2.0
"""What of a record is public, found by another way than a build's: from each value upward, and not from the schema.

For each value of a record every schema that may be applied to it is looked up, and every path of the descriptor tried.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sourcebook.book import Book, steps
from sourcebook.records.model import Record
from sourcebook.validation.schemas import Schema
from sourcebook.validation.verdict import matches

_KEYWORD = "x-visibility"
_Ways = frozenset[tuple[str, ...]]
_OUT = object()


class Reduced:
    """Reduces records of a book to what is public of them on the day of the build."""

    def __init__(self, book: Book) -> None:
        self._book = book
        self._day = book.visibility.day
        self._record: Any = None
        self._laid: dict[tuple[str, ...], Any] = {}

    def record(self, record: Record) -> tuple[bool, Any]:
        """Whether anything of a record is public, and what."""
        collection = self._book.by_name[record.collection]
        self._laid = {() if path == "." else steps(path): said for path, said in collection.visibility.items()}
        self._record = record.value
        schemas = [self._book.schemas.schema(collection.schema)] if collection.schema else []
        if not self._laid and not self._book.schemas.parts.mention(_KEYWORD):
            return True, record.value
        value = self._value(record.value, schemas, frozenset([()]), ())
        return value is not _OUT, None if value is _OUT else value

    def _value(
        self, value: Any, given: list[Schema], ways: _Ways, above: tuple[tuple[list[Schema], _Ways], ...]
    ) -> Any:
        schemas = _together(given)
        ways = _inside_of_itself(schemas, ways, above)
        if not isinstance(value, list):  # one, where a list of such may stand
            schemas = _together([*schemas, *(one for schema in schemas for one in _items(schema, None))])
            ways = _inside_of_itself(schemas, ways | {(*way, "[]") for way in ways}, above)
        if any(map(self._keeps_back, self._said(schemas, ways))):
            return _OUT
        above = (*above, (schemas, ways))
        if isinstance(value, dict):
            below = {
                name: self._value(
                    one,
                    [inner for schema in schemas for inner in _named(schema, name)],
                    frozenset((*way, step) for way in ways for step in (name, "{}")),
                    above,
                )
                for name, one in value.items()
            }
            return {name: one for name, one in below.items() if one is not _OUT}
        if isinstance(value, list):
            items = [
                self._value(
                    one,
                    [*schemas, *(inner for schema in schemas for inner in _items(schema, index))],
                    ways | {(*way, "[]") for way in ways},
                    above,
                )
                for index, one in enumerate(value)
            ]
            return [one for one in items if one is not _OUT]
        return value

    def _said(self, schemas: list[Schema], ways: _Ways) -> Iterator[Any]:
        yield from (schema.contents[_KEYWORD] for schema in schemas if _KEYWORD in schema.contents)
        yield from (said for way, said in self._laid.items() if way in ways)

    def _keeps_back(self, said: Any) -> bool:
        if said == "public":
            return False
        until = said.get("embargoed") if isinstance(said, dict) else None
        if isinstance(until, str):
            return self._day < until
        if not isinstance(until, dict):
            return True
        days = list(_at(self._record, steps(until["until"])))
        return not days or not all(isinstance(day, str) and len(day) == 10 and day <= self._day for day in days)


def _at(value: Any, way: tuple[str, ...]) -> Iterator[Any]:
    if not way:
        if value is not None:
            yield value
    elif way[0] == "[]":
        for one in value if isinstance(value, list) else ():
            yield from _at(one, way[1:])
    elif isinstance(value, dict):
        for name, one in value.items():
            if way[0] in (name, "{}"):
                yield from _at(one, way[1:])


def _together(schemas: list[Schema]) -> list[Schema]:
    """Schemas with all that may be applied to the same value as they are, each once."""
    found: dict[int, Schema] = {}
    waiting = list(schemas)
    for schema in waiting:  # which grows
        contents = schema.contents
        if not isinstance(contents, dict) or id(contents) in found:
            continue
        found[id(contents)] = schema
        for keyword in ("$ref", "$dynamicRef", "$recursiveRef"):
            if isinstance(contents.get(keyword), str):
                try:
                    waiting.append(schema.lookup(contents[keyword]))
                except LookupError:
                    continue
        for keyword in ("allOf", "anyOf", "oneOf"):
            waiting += map(schema.inside, contents.get(keyword, ()))
        ways = ("if", "then", "else") if "if" in contents else ()
        waiting += [schema.inside(contents[one]) for one in ways if one in contents]
        for keyword in ("dependencies", "dependentSchemas"):
            waiting += map(schema.inside, contents.get(keyword, {}).values())
    return list(found.values())


def _inside_of_itself(schemas: list[Schema], ways: _Ways, above: tuple[tuple[list[Schema], _Ways], ...]) -> _Ways:
    """The ways to a value, with those to all that it is inside of and that the same schema is referred to for."""
    for others, their in above:
        if _again(schemas, others):
            ways |= their
    return ways


def _again(schemas: list[Schema], others: list[Schema]) -> bool:
    """Whether a schema that a reference leads to is applied both here and there."""

    def referred(several: list[Schema]) -> set[int]:
        found = set()
        for schema in several:
            for keyword in ("$ref", "$dynamicRef", "$recursiveRef"):
                if isinstance(schema.contents.get(keyword), str):
                    try:
                        found.add(id(schema.lookup(schema.contents[keyword]).contents))
                    except LookupError:
                        continue
        return found

    return bool(referred(schemas) & {id(schema.contents) for schema in others})


def _named(schema: Schema, name: str) -> Iterator[Schema]:
    contents = schema.contents
    declared = contents.get("properties", {})
    patterns = [one for pattern, one in contents.get("patternProperties", {}).items() if matches(pattern, name)]
    found = [*([declared[name]] if name in declared else []), *patterns]
    if name not in declared and not patterns:
        found += [contents.get("additionalProperties"), contents.get("unevaluatedProperties")]
    yield from (schema.inside(one) for one in found if isinstance(one, dict))


def _items(schema: Schema, number: int | None) -> Iterator[Schema]:
    """The schemas of an item of a list, by its number; of all items, without one."""
    contents = schema.contents
    items = contents.get("items")
    listed = contents.get("prefixItems") or (items if isinstance(items, list) else [])
    rest = contents.get("additionalItems") if isinstance(items, list) else items
    if number is None:
        found = [*listed, rest]
    else:
        found = [listed[number] if number < len(listed) else rest]
    found += [contents.get("contains"), contents.get("unevaluatedItems")]
    yield from (schema.inside(one) for one in found if isinstance(one, dict))
