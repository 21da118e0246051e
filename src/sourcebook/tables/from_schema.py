# SPDX-License-Identifier: Apache-2.0
"""JSON Schema to shape: what a value may be, as far as tables care.

Branches of ``allOf``, ``oneOf``, ``anyOf``, ``then`` and ``else`` are merged into one shape; references are followed;
recursion and shapes without a common form become ``Json``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from decimal import Decimal
from functools import reduce
from typing import TYPE_CHECKING, Any, NamedTuple

from sourcebook.book import Visibility, targets
from sourcebook.tables.merge import both, conditionally, either, in_one_case
from sourcebook.tables.shape import Again, Json, List, Note, Object, Scalar, Shape, Unknown
from sourcebook.validation.schemas import Schema

if TYPE_CHECKING:
    from sourcebook.validation.masks import Mask


class Seen(NamedTuple):
    """What is public of the values at a place: ``mask`` is that of the place, None where all is."""

    visibility: Visibility
    mask: Mask | None

    @property
    def never(self) -> bool:
        """Whether no value there is."""
        return self.visibility.never(self.mask)

    @property
    def always(self) -> bool:
        """Whether every value there is, though perhaps not all in it."""
        return not self.visibility.kept(self.mask)

    def at(self, mask: Mask | None) -> Seen | None:
        """The same of another place; None where all is public."""
        return self._replace(mask=mask) if mask else None


def shape_of(schema: Schema, trail: tuple[str, ...] = (), seen: Seen | None = None) -> Shape:
    """The shape of the values that ``schema`` describes. Every ``$ref`` in it must lead somewhere.

    ``trail`` names the references that led here; one of them again is recursion. With ``seen``, it is that of the
    public forms of these values, and says nothing of what is in none of them.
    """
    contents = schema.contents
    if not isinstance(contents, dict):
        return Unknown()
    own = _own(schema, trail, seen)
    # Until draft 7, what stands beside a $ref is not asked.
    together = [in_one_case(own) if "$ref" in contents else own]
    if isinstance(contents.get("$ref"), str):
        together.append(_referred(schema, contents["$ref"], trail, seen))
    dynamic = [contents.get(keyword) for keyword in ("$dynamicRef", "$recursiveRef")]
    together += [in_one_case(_referred(schema, one, trail, seen)) for one in dynamic if isinstance(one, str)]
    together += _branches(schema, contents.get("allOf", ()), trail, seen)
    for keyword in ("anyOf", "oneOf"):
        if contents.get(keyword):
            together.append(_one_of(_branches(schema, contents[keyword], trail, seen)))
    if "if" in contents:
        ways = [shape_of(schema.inside(contents.get(way, True)), trail, seen) for way in ("then", "else")]
        together.append(reduce(either, ways))
    dependent = {**contents.get("dependencies", {}), **contents.get("dependentSchemas", {})}
    schemas = [one for one in dependent.values() if isinstance(one, dict)]  # a list only names other properties
    together += [either(branch, Unknown()) for branch in _branches(schema, schemas, trail, seen)]
    return _of_items(reduce(both, together))


def _of_items(shape: Shape) -> Shape:
    """A shape with the references of a list or a map said of its items, for which they are meant."""
    references = shape.note.references
    if not references:
        return shape
    said: Shape = Unknown(Note().leading(references, conditional=shape.note.conditional))
    bare = shape.note.leading((), conditional=False)
    match shape:
        case List(items=items):
            return replace(shape, items=_of_items(both(items, said)), note=bare)
        case Object(properties=properties, rest=rest) if not properties and rest is not None:
            return replace(shape, rest=_of_items(both(rest, said)), note=bare)
    return shape


def with_text(shape: Shape, name: str, description: str) -> Shape:
    """The shape with a text of that ``name``, where it does not say itself what this is."""
    if isinstance(shape, Unknown):
        shape = Object(note=shape.note)
    if not isinstance(shape, Object) or name in shape.properties:
        return shape
    text = Scalar(frozenset({"string"}), note=Note(description=description))
    return replace(shape, properties={**shape.properties, name: text}, required=shape.required | {name})


def _referred(schema: Schema, reference: str, trail: tuple[str, ...], seen: Seen | None) -> Shape:
    try:
        target = schema.lookup(reference)
    except LookupError:  # a dynamic anchor, whose target depends on the way there; a $ref was found to lead somewhere
        return Json("recursive")
    if target.uri in trail:
        return Again(target.uri)
    shape = shape_of(target, (*trail, target.uri), seen)
    return replace(shape, names=shape.names | {target.uri}) if isinstance(shape, Object | List) else shape


def _branches(schema: Schema, branches: Iterable[Any], trail: tuple[str, ...], seen: Seen | None = None) -> list[Shape]:
    return [shape_of(schema.inside(branch), trail, seen) for branch in branches]


_AT_ONCE = 64  # alternatives: each adds to what all before it allow, which would be read anew for every one


def _one_of(shapes: list[Shape]) -> Shape:
    """The shape of values that one of several describes."""
    while len(shapes) > _AT_ONCE:
        shapes = [reduce(either, shapes[begin : begin + _AT_ONCE]) for begin in range(0, len(shapes), _AT_ONCE)]
    return reduce(either, shapes)


def _own(schema: Schema, trail: tuple[str, ...], seen: Seen | None) -> Shape:
    """The shape that the schema's own keywords give, branches and references aside."""
    contents = schema.contents
    note = _note(contents)
    shapes: list[Shape] = []
    types = _types(contents)
    scalars = frozenset(types) & {"string", "integer", "number", "boolean", "null"}
    if scalars:
        shapes.append(Scalar(scalars))
    if "object" in types:
        shapes.append(_object(schema, trail, seen))
    if "array" in types:
        shapes.append(List(_items(schema, trail, seen)))
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
    if isinstance(contents.get("additionalProperties"), dict) and contents["additionalProperties"]:
        return ["object"]
    return ["array"] if "items" in contents or "prefixItems" in contents else []


def _type_of(value: Any) -> str:
    for kind, name in ((bool, "boolean"), (str, "string"), (int, "integer"), (dict, "object"), (list, "array")):
        if isinstance(value, kind):
            return name
    return "null" if value is None else "number"


def _object(schema: Schema, trail: tuple[str, ...], seen: Seen | None) -> Object:
    contents = schema.contents
    declared = contents.get("properties", {})
    mask = seen.mask.one if seen and seen.mask else None
    places = {name: seen.at(mask.named(name)) if seen and mask else None for name in declared}
    # No path could name a property without a name, nor CSV its column: it is kept among the undeclared ones.
    properties = {
        name: shape_of(schema.inside(sub), trail, places[name])
        for name, sub in declared.items()
        if name and not _never(places[name])
    }
    required = [name for name in contents.get("required", ()) if not (seen and mask) or _always(seen, mask.named(name))]
    others = [(one, _others(schema, one, seen, mask)) for one in contents.get("patternProperties", {}).values()]
    additional = contents.get("additionalProperties", contents.get("unevaluatedProperties", True))
    if isinstance(additional, dict) and additional:
        place = _others(schema, additional, seen, mask)
        others.append((additional, place))
        additional = not _never(place) and additional
    public = [shape_of(schema.inside(one), trail, place) for one, place in others if not _never(place)]
    rest = reduce(either, public) if public else None
    if rest is not None and not isinstance(additional, dict) and additional is not False:
        rest = in_one_case(rest)  # a name that no pattern matches may have any value
        if not _OF_ALL_NAMES & contents.get("patternProperties", {}).keys():
            rest = conditionally(rest)
    names = contents.get("propertyNames")
    key = shape_of(schema.inside(names), trail).note if isinstance(names, dict) else Note()
    return Object(
        properties=properties,
        required=frozenset(required),
        open=additional is not False or rest is not None or ("" in declared and not _never(places[""])),
        rest=rest,
        key=Note().leading(key.references, conditional=key.conditional),
    )


def _never(seen: Seen | None) -> bool:
    return seen is not None and seen.never


def _always(seen: Seen, mask: Mask | None) -> bool:
    place = seen.at(mask)
    return place is None or place.always


def _others(schema: Schema, contents: Any, seen: Seen | None, mask: Mask | None) -> Seen | None:
    """What is public of the properties that a schema in ``schema`` alone names."""
    if seen is None or mask is None or seen.visibility.graph is None or not isinstance(contents, dict):
        return None
    return seen.at(mask.others(schema.inside(contents), seen.visibility.graph))


_OF_ALL_NAMES = frozenset({"", "^", "$", ".", ".*", ".+", "^.", "^.*", "^.+", "^.*$", "^.+$"})  # patterns


def _items(schema: Schema, trail: tuple[str, ...], seen: Seen | None) -> Shape:
    contents = schema.contents
    parts = list(contents.get("prefixItems", ()))
    items = contents.get("items")
    parts += items if isinstance(items, list) else [items] if isinstance(items, dict) else []
    if isinstance(contents.get("additionalItems"), dict):
        parts.append(contents["additionalItems"])
    mask = seen.mask if seen else None
    places = [seen.at(mask.item(index)) if seen and mask else None for index in range(len(parts))]
    public = [(part, place) for part, place in zip(parts, places, strict=True) if not _never(place)]
    if not public:
        return Unknown()
    merged = reduce(either, [shape_of(schema.inside(part), trail, place) for part, place in public])
    # Items past those of a list of schemas may be anything, if nothing is said of them.
    return merged if isinstance(items, dict | bool) or "additionalItems" in contents else in_one_case(merged)


def _bound(value: Any) -> Any:
    return None if isinstance(value, bool) else value  # draft 4 says so of the other bound


def _note(contents: Mapping[str, Any]) -> Note:
    choices = contents["enum"] if "enum" in contents else [contents["const"]] if "const" in contents else []
    examples = contents.get("examples")
    return Note(
        title=str(contents.get("title", "")),
        description=str(contents.get("description", "")),
        format=str(contents.get("format", "")),
        choices=tuple(choice for choice in choices if isinstance(choice, str | int | float | Decimal)),
        pattern=str(contents.get("pattern", "")),
        min_length=contents.get("minLength", 0),
        minimum=contents.get("minimum"),
        maximum=contents.get("maximum"),
        above=_bound(contents.get("exclusiveMinimum")),
        below=_bound(contents.get("exclusiveMaximum")),
        references=targets(contents.get("x-references", ())),
        deprecated=contents.get("deprecated") is True,
        # Draft 4 has no such keyword, so that anything may stand there.
        examples=tuple(e for e in examples if isinstance(e, str | int | float)) if isinstance(examples, list) else (),
    )
