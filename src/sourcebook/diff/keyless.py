# SPDX-License-Identifier: Apache-2.0
"""A record without its key: what is the same of two records that were entered under different keys."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sourcebook.book import Book, steps, template_parts


def keyless(book: Book | None, name: str) -> Callable[[Any], Any]:
    """What takes from the records of a collection the properties that their keys are made of."""
    collection = book.by_name.get(name) if book else None
    if collection is None:
        return lambda value: value
    paths = [collection.key] if collection.key else template_parts(collection.key_template)
    ways = [steps(path) for path in paths]

    def without(value: Any) -> Any:
        for way in ways:
            value = _without(value, way)
        return value

    return without


def _without(value: Any, way: tuple[str, ...]) -> Any:
    if not isinstance(value, dict) or way[0] not in value:
        return value
    if len(way) == 1:
        return {name: item for name, item in value.items() if name != way[0]}
    return {name: _without(item, way[1:]) if name == way[0] else item for name, item in value.items()}
