# SPDX-License-Identifier: Apache-2.0
"""What a schema leaves open, filled with the shape that the records have there."""

from __future__ import annotations

from dataclasses import replace
from functools import reduce

from sourcebook.tables.merge import either
from sourcebook.tables.shape import Json, List, Object, Scalar, Shape, Unknown


def filled(declared: Shape, seen: Shape) -> Shape:
    """A ``declared`` shape with what it says nothing of as it was ``seen`` in the records, and marked as undeclared.

    What is declared stays, to the letter: a property keeps its type though the records have one type only.
    """
    if declared.note.references:
        return declared  # a reference is a single value, whatever stands there
    match declared, seen:
        case ((Unknown() | Json(why="free-form")), _):
            return replace(_marked(seen), note=replace(_marked(seen).note.over(declared.note), undeclared=True))
        case Object(), Object():
            return _filled_object(declared, seen)
        case List(items=items), List(items=seen_items):
            return replace(declared, items=filled(items, seen_items))
    return declared


def _filled_object(declared: Object, seen: Object) -> Shape:
    free = not declared.properties and declared.rest is None
    if free and declared.open:  # a mapping of anything: columns, or a map, as its keys are names or data
        return replace(_marked(seen), note=replace(declared.note, undeclared=True))
    properties = {
        name: filled(shape, seen.properties[name]) if name in seen.properties else shape
        for name, shape in declared.properties.items()
    }
    others = {name: shape for name, shape in seen.properties.items() if name not in properties}
    rest = declared.rest
    if rest is not None:
        found = [*others.values(), *([seen.rest] if seen.rest is not None else [])]
        rest = filled(rest, reduce(either, found)) if found else rest
    elif declared.open:
        properties |= {name: _marked(shape) for name, shape in others.items()}
        rest = _marked(seen.rest) if seen.rest is not None else None
    # What only a condition declared is certain where the records have a mapping there.
    return replace(declared, properties=properties, rest=rest, certain=True)


def _marked(shape: Shape) -> Shape:
    note = replace(shape.note, undeclared=True)
    match shape:
        case Object(properties=properties, rest=rest):
            inner = {name: _marked(value) for name, value in properties.items()}
            return replace(shape, properties=inner, rest=rest and _marked(rest), required=frozenset(), note=note)
        case List(items=items):
            return replace(shape, items=_marked(items), note=note)
        case Scalar():
            return replace(shape, note=replace(note, choices=(), references=()))
    return replace(shape, note=note)
