# SPDX-License-Identifier: Apache-2.0
"""Shapes with more properties than a table may have columns, or more lists than a collection may have tables.

SQLite allows 2,000 columns. What is too wide keeps its widest mappings as JSON, and after that its last properties in
the column of undeclared ones, so that nothing is lost. Of tables it allows any number, but makes each one more slowly
than the one before: to make a thousand that are searched takes a quarter of a minute. Lists past the last table are
kept as JSON too.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import islice

from sourcebook.tables.shape import Json, Object, Shape

MOST_COLUMNS = 1_900  # some are left for keys, links and what is undeclared
WHY = f"more properties than the {MOST_COLUMNS:,} columns of a table"

MOST_TABLES = 150  # of a collection; schemas that people write make a dozen
MANY = f"more lists than the {MOST_TABLES} tables of a collection"

_Way = tuple[str, ...]


def narrowed(shape: Shape) -> Shape:
    """``shape``, or where it is a mapping too wide for a table one that is not."""
    if not isinstance(shape, Object) or _width(shape) <= MOST_COLUMNS:
        return shape
    widest = sorted(_mappings(shape, ()), key=lambda found: (-found[1], len(found[0])))
    narrow = shape
    for way, _ in widest:
        narrow = _as_json(narrow, way)
        if _width(narrow) <= MOST_COLUMNS:
            return narrow
    kept = dict(islice(narrow.properties.items(), MOST_COLUMNS))
    return replace(narrow, properties=kept, open=True)


def _width(shape: Shape) -> int:
    """Columns that a value takes in the table of what it stands in; a list or map that may be a table counts as one."""
    if isinstance(shape, Object) and shape.properties and shape.certain:
        return sum(map(_width, shape.properties.values())) + shape.open
    return 1


def _mappings(shape: Object, way: _Way) -> Iterator[tuple[_Way, int]]:
    """The mappings inside, at any depth, each by the way to it, with its width."""
    for name, inner in shape.properties.items():
        if isinstance(inner, Object) and inner.properties and inner.certain:
            yield (*way, name), _width(inner)
            yield from _mappings(inner, (*way, name))


def _as_json(shape: Object, way: _Way) -> Object:
    """``shape`` with JSON where ``way`` leads; itself where something on the way is JSON already."""
    inner = shape.properties[way[0]]
    if len(way) == 1:
        changed: Shape = Json(WHY, inner.note)
    elif isinstance(inner, Object):
        changed = _as_json(inner, way[1:])
    else:
        return shape
    return replace(shape, properties={**shape.properties, way[0]: changed})
