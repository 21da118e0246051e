# SPDX-License-Identifier: Apache-2.0
"""Shapes that meet where a schema has branches: both at once, or either of the two."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import reduce

from sourcebook.tables.shape import Again, Json, List, Note, Object, Scalar, Shape, Unknown


def both(one: Shape, other: Shape) -> Shape:
    """The shape of values that both schemas describe at once (``allOf``, ``$ref`` with siblings)."""
    return _merged(one, other, together=True)


def either(one: Shape, other: Shape) -> Shape:
    """The shape of values that one or the other schema describes (``oneOf``, ``type`` lists, ``then`` and ``else``)."""
    return _merged(one, other, together=False)


def _merged(one: Shape, other: Shape, *, together: bool) -> Shape:
    # Alternatives keep only what they agree on; conditions that hold together add up, the outermost words first.
    note = one.note.over(other.note) if together else _either_note(one, other)
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
            items = _merged(one.items, other.items, together=together)
            return List(items, one.single or other.single, note, one.names | other.names)
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


def _either_note(one: Shape, other: Shape) -> Note:
    """The note of alternatives: where one of them is null, no value at all, that of the other."""
    for null, shape in ((one, other), (other, one)):
        if isinstance(null, Scalar) and null.types == _NULL and not isinstance(shape, Unknown):
            return shape.note.over(null.note)
    return _common(one.note, other.note)


def _common(one: Note, other: Note) -> Note:
    """What two alternatives' notes agree on; choices add up where both have them, or end where one has none."""
    choices = tuple(dict.fromkeys((*one.choices, *other.choices))) if one.choices and other.choices else ()
    agreed = {n: getattr(one, n) for n in Note.__slots__ if getattr(one, n) == getattr(other, n)}
    sometimes = one.sometimes or other.sometimes
    conditional = one.conditional or other.conditional or set(one.references) != set(other.references)
    references = tuple(dict.fromkeys((*one.references, *other.references)))
    note = Note(**{**agreed, "choices": choices, "sometimes": sometimes})
    return note.leading(references, conditional=conditional)


def _loosened(shape: Shape) -> Shape:
    """A shape whose alternative says nothing, so that the value may be anything: of a mapping the names are kept.

    What it asks of its properties holds in one case only, so it is not asked.
    """
    if not isinstance(shape, Object):
        return Unknown()
    properties = {name: _words_only(value) for name, value in shape.properties.items()}
    return replace(
        shape,
        properties=properties,
        required=frozenset(),
        open=True,
        certain=False,
        partly=frozenset(properties),
        rest=shape.rest and conditionally(shape.rest),
        key=shape.key.leading(shape.key.references, conditional=True),
        note=shape.note.loosened(),
    )


def in_one_case(shape: Shape) -> Shape:
    """A shape that not all values have of which the schema says so: what it asks is marked, in it and inside."""
    note = shape.note.in_one_case()
    match shape:
        case Object(properties=properties, rest=rest):
            inner = {name: in_one_case(value) for name, value in properties.items()}
            return replace(shape, properties=inner, rest=None if rest is None else in_one_case(rest), note=note)
        case List(items=items):
            return replace(shape, items=in_one_case(items), note=note)
    return replace(shape, note=note)


def conditionally(shape: Shape) -> Shape:
    """A shape whose references hold in some cases only."""
    note = shape.note.leading(shape.note.references, conditional=True)
    match shape:
        case Object(properties=properties, rest=rest, key=key):
            inner = {name: conditionally(value) for name, value in properties.items()}
            key = key.leading(key.references, conditional=True)
            return replace(shape, properties=inner, rest=rest and conditionally(rest), key=key, note=note)
        case List(items=items):
            return replace(shape, items=conditionally(items), note=note)
    return replace(shape, note=note)


def _words_only(shape: Shape) -> Shape:
    match shape:
        case Object(properties=properties):
            inner = {name: _words_only(value) for name, value in properties.items()}
            return replace(shape, properties=inner, required=frozenset(), note=shape.note.loosened())
        case List(items=items):
            return replace(shape, items=_words_only(items), note=shape.note.loosened())
    return replace(shape, note=shape.note.loosened())


def _objects(one: Object, other: Object, note: Note, *, together: bool) -> Object:
    shared = one.properties.keys() & other.properties.keys()
    if together:
        partly = (one.partly | other.partly) - (shared - (one.partly & other.partly))
        # What only some branches say of a property that is declared beside them.
        first, second = _in_some(one, shared & one.partly), _in_some(other, shared & other.partly)
    else:
        partly = one.partly | other.partly | (one.properties.keys() ^ other.properties.keys())
        first, second = one.properties, other.properties
    properties = dict(first)
    for name, shape in second.items():
        properties[name] = _merged(properties[name], shape, together=together) if name in properties else shape
    if not together:  # what one alternative does not declare may be anything there
        undeclared = [(o.properties.keys() - p.properties.keys()) for o, p in ((one, other), (other, one)) if p.open]
        properties |= {name: in_one_case(properties[name]) for names in undeclared for name in names}
    rests = [rest for rest in (one.rest, other.rest) if rest is not None]
    if not together and len(rests) == 1:
        rests = [conditionally(rests[0])]
    return Object(
        properties=properties,
        required=one.required | other.required if together else one.required & other.required,
        open=(one.open and other.open) if together else (one.open or other.open),
        certain=(one.certain or other.certain) if together else (one.certain and other.certain),
        names=one.names | other.names,
        partly=frozenset(partly),
        key=one.key.over(other.key) if together else _common(one.key, other.key),
        rest=reduce(either, rests) if rests else None,
        note=note,
    )


def _in_some(shape: Object, names: Iterable[str]) -> Mapping[str, Shape]:
    return {**shape.properties, **{name: conditionally(shape.properties[name]) for name in names}}


def _one_or_many(items: Shape, single: Scalar | Object, note: Note) -> Shape:
    merged = either(items, single)
    return Json("no common form", note) if isinstance(merged, Json) else List(merged, True, note)
