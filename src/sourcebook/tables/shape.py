# SPDX-License-Identifier: Apache-2.0
"""JSON Schema to shape: what a value may be, as far as tables care.

Branches of ``allOf``, ``oneOf``, ``anyOf``, ``then`` and ``else`` are merged into one shape; references are followed;
recursion and shapes without a common form become ``Json``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import reduce
from typing import Any

from sourcebook.validation.schemas import Schema


@dataclass(frozen=True, slots=True)
class Note:
    """What a schema says about a value for its readers: the data dictionary's entry."""

    title: str = ""
    description: str = ""
    format: str = ""
    choices: tuple[Any, ...] = ()
    pattern: str = ""
    min_length: int = 0
    minimum: float | None = None
    maximum: float | None = None
    references: tuple[str, ...] = ()
    deprecated: bool = False
    examples: tuple[Any, ...] = ()

    @property
    def told(self) -> str:
        """What the data dictionary says in words: whether it is deprecated, the description, an example."""
        shown = [one for one in self.examples if one != ""]
        parts = ["Deprecated."] if self.deprecated else []
        parts += [self.description] if self.description else []
        parts += [f"For example: {shown[0]}"] if shown else []
        return " ".join(parts)

    def over(self, other: Note) -> Note:
        """This note, with what it leaves open taken from ``other``."""
        return Note(*(getattr(self, name) or getattr(other, name) for name in self.__slots__))

    def loosened(self) -> Note:
        """The words alone, without what they say a value must be."""
        return Note(
            title=self.title,
            description=self.description,
            references=self.references,
            deprecated=self.deprecated,
            examples=self.examples,
        )


@dataclass(frozen=True, slots=True)
class Unknown:
    """Nothing is said about the type: neutral where branches meet, free-form where nothing else is said."""

    note: Note = Note()


@dataclass(frozen=True, slots=True)
class Scalar:
    """A single value of one of ``types``: string, integer, number, boolean, null."""

    types: frozenset[str]
    note: Note = Note()


@dataclass(frozen=True, slots=True)
class Object:
    """A mapping: declared properties, whether it may hold others (``open``), and the shape of those (``rest``).

    It is not ``certain`` where only a condition or an alternative says so, and the value may be anything else as well.
    ``names`` are the references by which it was reached.
    """

    properties: Mapping[str, Shape] = field(default_factory=dict)
    required: frozenset[str] = frozenset()
    open: bool = True
    rest: Shape | None = None
    certain: bool = True
    names: frozenset[str] = frozenset()
    note: Note = Note()


@dataclass(frozen=True, slots=True)
class List:
    """A list of ``items``; with ``single`` one item may stand there without a list."""

    items: Shape
    single: bool = False
    note: Note = Note()


@dataclass(frozen=True, slots=True)
class Json:
    """Anything: kept as JSON. ``why`` says what no table can hold about it."""

    why: str = "free-form"
    note: Note = Note()


@dataclass(frozen=True, slots=True)
class Again:
    """A value of the shape that was reached by the reference ``name``, inside which it stands: recursion."""

    name: str
    note: Note = Note()


Shape = Unknown | Scalar | Object | List | Json | Again


def shape_of(schema: Schema, trail: tuple[str, ...] = ()) -> Shape:
    """The shape of the values that ``schema`` describes. Every ``$ref`` in it must lead somewhere.

    ``trail`` names the references that led here; one of them again is recursion.
    """
    contents = schema.contents
    if not isinstance(contents, dict):
        return Unknown()
    together = [_own(schema, trail)]
    references = [contents.get(keyword) for keyword in ("$ref", "$dynamicRef", "$recursiveRef")]
    together += [_referred(schema, reference, trail) for reference in references if isinstance(reference, str)]
    together += _branches(schema, contents.get("allOf", ()), trail)
    for keyword in ("anyOf", "oneOf"):
        if contents.get(keyword):
            together.append(reduce(either, _branches(schema, contents[keyword], trail)))
    if "if" in contents:
        ways = [shape_of(schema.inside(contents.get(way, True)), trail) for way in ("then", "else")]
        together.append(reduce(either, ways))
    dependent = {**contents.get("dependencies", {}), **contents.get("dependentSchemas", {})}
    schemas = [one for one in dependent.values() if isinstance(one, dict)]  # a list only names other properties
    together += [either(branch, Unknown()) for branch in _branches(schema, schemas, trail)]
    return reduce(both, together)


def _referred(schema: Schema, reference: str, trail: tuple[str, ...]) -> Shape:
    try:
        target = schema.lookup(reference)
    except LookupError:  # a dynamic anchor, whose target depends on the way there; a $ref was found to lead somewhere
        return Json("recursive")
    if target.uri in trail:
        return Again(target.uri)
    shape = shape_of(target, (*trail, target.uri))
    return replace(shape, names=shape.names | {target.uri}) if isinstance(shape, Object) else shape


def _branches(schema: Schema, branches: Iterable[Any], trail: tuple[str, ...]) -> list[Shape]:
    return [shape_of(schema.inside(branch), trail) for branch in branches]


def _own(schema: Schema, trail: tuple[str, ...]) -> Shape:
    """The shape that the schema's own keywords give, branches and references aside."""
    contents = schema.contents
    note = _note(contents)
    shapes: list[Shape] = []
    types = _types(contents)
    scalars = frozenset(types) & {"string", "integer", "number", "boolean", "null"}
    if scalars:
        shapes.append(Scalar(scalars))
    if "object" in types:
        shapes.append(_object(schema, trail))
    if "array" in types:
        shapes.append(List(_items(schema, trail)))
    merged: Shape = reduce(either, shapes) if shapes else Unknown()
    return replace(merged, note=note)


def _types(contents: Mapping[str, Any]) -> list[str]:
    declared = contents.get("type")
    if declared is not None:
        return [declared] if isinstance(declared, str) else list(declared)
    values = contents["enum"] if "enum" in contents else [contents["const"]] if "const" in contents else []
    if values:
        return sorted({_type_of(value) for value in values})
    if "properties" in contents or "patternProperties" in contents:
        return ["object"]
    return ["array"] if "items" in contents or "prefixItems" in contents else []


def _type_of(value: Any) -> str:
    for kind, name in ((bool, "boolean"), (str, "string"), (int, "integer"), (dict, "object"), (list, "array")):
        if isinstance(value, kind):
            return name
    return "null" if value is None else "number"


def _object(schema: Schema, trail: tuple[str, ...]) -> Shape:
    contents = schema.contents
    declared = contents.get("properties", {})
    # No path could name a property without a name, nor CSV its column: it is kept among the undeclared ones.
    properties = {name: shape_of(schema.inside(sub), trail) for name, sub in declared.items() if name}
    others = list(contents.get("patternProperties", {}).values())
    additional = contents.get("additionalProperties", contents.get("unevaluatedProperties", True))
    if isinstance(additional, dict) and additional:
        others.append(additional)
    rest = reduce(either, _branches(schema, others, trail)) if others else None
    return Object(
        properties=properties,
        required=frozenset(contents.get("required", ())),
        open=additional is not False or rest is not None or "" in declared,
        rest=rest,
    )


def _items(schema: Schema, trail: tuple[str, ...]) -> Shape:
    contents = schema.contents
    parts = list(contents.get("prefixItems", ()))
    items = contents.get("items")
    parts += items if isinstance(items, list) else [items] if isinstance(items, dict) else []
    if isinstance(contents.get("additionalItems"), dict):
        parts.append(contents["additionalItems"])
    return reduce(either, _branches(schema, parts, trail)) if parts else Unknown()


def _note(contents: Mapping[str, Any]) -> Note:
    references = contents.get("x-references", ())
    choices = contents["enum"] if "enum" in contents else [contents["const"]] if "const" in contents else []
    examples = contents.get("examples")
    return Note(
        title=str(contents.get("title", "")),
        description=str(contents.get("description", "")),
        format=str(contents.get("format", "")),
        choices=tuple(choice for choice in choices if isinstance(choice, str | int | float)),
        pattern=str(contents.get("pattern", "")),
        min_length=contents.get("minLength", 0),
        minimum=contents.get("minimum"),
        maximum=contents.get("maximum"),
        references=(references,) if isinstance(references, str) else tuple(references),
        deprecated=contents.get("deprecated") is True,
        # Draft 4 has no such keyword, so that anything may stand there.
        examples=tuple(e for e in examples if isinstance(e, str | int | float)) if isinstance(examples, list) else (),
    )


# --- merging --------------------------------------------------------------------------------------------------------


def both(one: Shape, other: Shape) -> Shape:
    """The shape of values that both schemas describe at once (``allOf``, ``$ref`` with siblings)."""
    return _merged(one, other, together=True)


def either(one: Shape, other: Shape) -> Shape:
    """The shape of values that one or the other schema describes (``oneOf``, ``type`` lists, ``then`` and ``else``)."""
    return _merged(one, other, together=False)


def _merged(one: Shape, other: Shape, *, together: bool) -> Shape:
    # Alternatives keep only what they agree on; conditions that hold together add up, the outermost words first.
    note = one.note.over(other.note) if together else _common(one.note, other.note)
    match one, other:
        case Unknown(), _:
            return replace(other if together else _loosened(other), note=note)
        case _, Unknown():
            return replace(one if together else _loosened(one), note=note)
        case Scalar(), Scalar():
            return Scalar(one.types | other.types, note)
        case Scalar(types=types), (Object() | List() | Json() | Again()) if types == _NULL:
            return replace(_or_null(other), note=note)
        case ((Object() | List() | Json() | Again()), Scalar(types=types)) if types == _NULL:
            return replace(_or_null(one), note=note)
        case Again(name=name), Again(name=other_name) if name == other_name:
            return replace(one, note=note)
        case Object(), Object():
            return _objects(one, other, note, together=together)
        case List(), List():
            return List(_merged(one.items, other.items, together=together), one.single or other.single, note)
        case Object(certain=False), (Scalar() | List()):
            return replace(other, note=note) if together else Unknown(note)
        case ((Scalar() | List()), Object(certain=False)):
            return replace(one, note=note) if together else Unknown(note)
        case List(items=items), (Scalar() | Object()) as single:
            return _one_or_many(items, single, note)
        case (Scalar() | Object()) as single, List(items=items):
            return _one_or_many(items, single, note)
        case Json(why=why), _:
            return Json(why, note)
        case _, Json(why=why):
            return Json(why, note)
    return Json("recursive" if isinstance(one, Again) or isinstance(other, Again) else "no common form", note)


_NULL = frozenset({"null"})


def _or_null(shape: Shape) -> Shape:
    """A shape whose value may be null, so that nothing in it is required."""
    return replace(shape, required=frozenset()) if isinstance(shape, Object) else shape


def _common(one: Note, other: Note) -> Note:
    """What two alternatives' notes agree on; choices add up where both have them, or end where one has none."""
    choices = tuple(dict.fromkeys((*one.choices, *other.choices))) if one.choices and other.choices else ()
    agreed = {n: getattr(one, n) for n in Note.__slots__ if getattr(one, n) == getattr(other, n)}
    references = one.references or other.references
    return Note(**{**agreed, "choices": choices, "references": references})


def _loosened(shape: Shape) -> Shape:
    """A shape whose alternative says nothing, so that the value may be anything: of a mapping the names are kept.

    What it asks of its properties holds in one case only, so it is not asked.
    """
    if not isinstance(shape, Object):
        return Unknown()
    properties = {name: _words_only(value) for name, value in shape.properties.items()}
    return replace(
        shape, properties=properties, required=frozenset(), open=True, certain=False, note=shape.note.loosened()
    )


def _words_only(shape: Shape) -> Shape:
    match shape:
        case Object(properties=properties):
            inner = {name: _words_only(value) for name, value in properties.items()}
            return replace(shape, properties=inner, required=frozenset(), note=shape.note.loosened())
        case List(items=items):
            return replace(shape, items=_words_only(items), note=shape.note.loosened())
    return replace(shape, note=shape.note.loosened())


def _objects(one: Object, other: Object, note: Note, *, together: bool) -> Object:
    properties = dict(one.properties)
    for name, shape in other.properties.items():
        properties[name] = _merged(properties[name], shape, together=together) if name in properties else shape
    rests = [rest for rest in (one.rest, other.rest) if rest is not None]
    return Object(
        properties=properties,
        required=one.required | other.required if together else one.required & other.required,
        open=(one.open and other.open) if together else (one.open or other.open),
        certain=(one.certain or other.certain) if together else (one.certain and other.certain),
        names=one.names | other.names,
        rest=reduce(either, rests) if rests else None,
        note=note,
    )


def _one_or_many(items: Shape, single: Scalar | Object, note: Note) -> Shape:
    merged = either(items, single)
    return Json("no common form", note) if isinstance(merged, Json) else List(merged, True, note)
