# SPDX-License-Identifier: Apache-2.0
"""What a schema declares of the value at a path: every subschema that may be about it, by references and branches.

Of alternatives, those are left out that the properties of the value at hand contradict.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from sourcebook.book import Book, Collection, Target, join, targets
from sourcebook.edit.selecting import equal
from sourcebook.parse import Path
from sourcebook.validation.schemas import Schema
from sourcebook.validation.verdict import matches

_MOST = 400  # subschemas that are looked at for one value


def parts(schema: Schema, value: Any = None, trail: tuple[int, ...] = ()) -> Iterator[Schema]:
    """A schema with all that is said together with it, or in one case: by ``$ref``, ``allOf``, ``oneOf`` and the like.

    Of alternatives, those whose fixed properties ``value`` has otherwise are left out.
    """
    contents = schema.contents
    if not isinstance(contents, dict) or id(contents) in trail or len(trail) > _MOST:
        return
    trail = (*trail, id(contents))
    yield schema
    reference = contents.get("$ref")
    if isinstance(reference, str):
        with suppress(LookupError, ValueError):  # which is told as a finding of the schema
            yield from parts(schema.lookup(reference), value, trail)
    for keyword in ("allOf", "anyOf", "oneOf"):
        for one in contents.get(keyword, ()):
            branch = schema.inside(one)
            if keyword == "allOf" or _may_be(branch, value, trail):
                yield from parts(branch, value, trail)
    for keyword in ("then", "else"):
        if keyword in contents:
            yield from parts(schema.inside(contents[keyword]), value, trail)
    dependent = {**contents.get("dependencies", {}), **contents.get("dependentSchemas", {})}
    for name, one in dependent.items():
        if isinstance(one, dict) and isinstance(value, dict) and name in value:
            yield from parts(schema.inside(one), value, trail)


def _may_be(branch: Schema, value: Any, trail: tuple[int, ...]) -> bool:
    """Whether ``value`` may be what an alternative describes, as far as fixed properties say."""
    if not isinstance(value, dict):
        return True
    for one in parts(branch, None, trail):
        for name, declared in one.contents.get("properties", {}).items():
            fixed = _choices(declared) if isinstance(declared, dict) else None
            if fixed and value.get(name) is not None and not any(equal(value[name], choice) for choice in fixed):
                return False
    return True


def _choices(contents: Mapping[str, Any]) -> list[Any]:
    if "const" in contents:
        return [contents["const"]]
    found = contents.get("enum", [])
    return found if isinstance(found, list) else []


def _inside(schema: Schema, step: str | int) -> Iterator[Schema]:
    """The subschemas of a schema's own that are about the property, or the item, of that name or number."""
    contents = schema.contents
    if isinstance(step, int):
        given = contents.get("prefixItems", contents.get("items"))
        if isinstance(given, list) and step < len(given):
            yield schema.inside(given[step])
        elif isinstance(contents.get("items"), dict):
            yield schema.inside(contents["items"])
        elif isinstance(contents.get("additionalItems"), dict):
            yield schema.inside(contents["additionalItems"])
        return
    declared = contents.get("properties", {})
    patterns = contents.get("patternProperties", {})
    found = [declared[step]] if step in declared else []
    found += [one for pattern, one in patterns.items() if matches(pattern, step)]
    others = contents.get("additionalProperties", contents.get("unevaluatedProperties"))
    if not found and isinstance(others, dict):
        found.append(others)
    yield from map(schema.inside, found)


@dataclass(frozen=True)
class Declared:
    """Everything that is said of one value."""

    schemas: tuple[Schema, ...] = ()

    @property
    def said(self) -> tuple[Mapping[str, Any], ...]:
        """The subschemas as they are written."""
        return tuple(schema.contents for schema in self.schemas)

    def first(self, keyword: str, default: Any = None) -> Any:
        """What the first of them says by a keyword."""
        return next((said[keyword] for said in self.said if keyword in said), default)

    @property
    def types(self) -> tuple[str, ...]:
        """The types that a value may have; none where nothing is said of that."""
        found: list[str] = []
        for said in self.said:
            declared = said.get("type", [])
            found += [declared] if isinstance(declared, str) else declared
            if "type" not in said:
                found += [_type_of(choice) for choice in _choices(said)]
                found += ["object"] if "properties" in said else []
        return tuple(dict.fromkeys(found))

    @property
    def choices(self) -> list[Any]:
        """The values that are named; none where it may have others."""
        found: list[Any] = []
        for said in self.said:
            found += [one for one in _choices(said) if not any(equal(one, other) for other in found)]
        return found

    @property
    def names(self) -> list[str]:
        """The names of properties, in the order in which they are declared."""
        return list(dict.fromkeys(name for said in self.said for name in said.get("properties", {})))

    @property
    def targets(self) -> tuple[Target, ...]:
        """What a reference there leads to, as the schema says."""
        found: list[Target] = []
        for said in self.said:
            try:
                found += targets(said.get("x-references", ()))
            except ValueError:
                continue  # a finding of the schema
        return tuple(dict.fromkeys(found))


def _type_of(value: Any) -> str:
    for kind, name in ((bool, "boolean"), (str, "string"), (int, "integer"), (dict, "object"), (list, "array")):
        if isinstance(value, kind):
            return name
    return "null" if value is None else "number"


NOTHING = Declared()


def schema_of(book: Book, collection: Collection) -> Schema | None:
    """The schema of a collection; None where it has none that is one."""
    if collection.schema is None or collection.schema not in book.schemas.valid:
        return None
    return book.schemas.schema(collection.schema)


def declared(book: Book, collection: Collection, path: Path = (), value: Any = None) -> Declared:
    """What the schema of a collection says of the value at ``path`` in a record ``value``; nothing without a schema."""
    return declared_in(schema_of(book, collection), path, value)


def declared_in(schema: Schema | None, path: Path = (), value: Any = None) -> Declared:
    """What a schema says of the value at ``path`` in a ``value`` that it is about."""
    if schema is None:
        return NOTHING
    here: Sequence[Schema] = _spread((schema,), value)
    for step in path:
        value = _step(value, step)
        here = _spread([inner for one in here for inner in _inside(one, step)], value)
    return Declared(tuple(here))


def _spread(schemas: Iterable[Schema], value: Any) -> list[Schema]:
    found = {id(part.contents): part for one in schemas for part in parts(one, value)}
    return list(found.values())[:_MOST]


def _step(value: Any, step: str | int) -> Any:
    try:
        return value[step]
    except (LookupError, TypeError):
        return None


def targets_at(book: Book, collection: Collection, path: Path, value: Any = None) -> tuple[Target, ...]:
    """What a reference at ``path`` leads to, as the descriptor says or else the schema."""
    text = ""
    for step in path:
        text = f"{text}[]" if isinstance(step, int) else join(text, step)
    own = collection.references.get(text) or collection.references.get(f"{text}[]", ())
    if own:
        return own
    found = declared(book, collection, path, value)
    return found.targets


def order_of(book: Book, collection: Collection, depth: int = 0) -> Any:
    """The order of the properties of mappings, by their paths in a document: ``depth`` steps of these lead to it."""

    def order(path: Path) -> list[str]:
        return declared(book, collection, path[depth:]).names

    return order
