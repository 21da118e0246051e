# SPDX-License-Identifier: Apache-2.0
"""What no statement lacks: what is said, who says it, where it was published."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sourcebook.book import Collection, steps
from sourcebook.tables.reference_paths import Steps, leaves, written

PARTS = ("text", "by", "in")


def needed(collection: Collection) -> Mapping[str, Steps]:
    """By its part in a statement, the way to each property that no record may lack; none of what is no statement."""
    role = collection.roles.get("statement", {})
    return {part: steps(role[part]) for part in PARTS if part in role}


def lacking(value: Any, ways: Mapping[str, Steps]) -> list[str]:
    """The parts that a record lacks: nothing stands there, or nothing that can be seen."""
    return [part for part, way in ways.items() if not _stands(value, way)]


def _stands(value: Any, way: Steps) -> bool:
    """Whether something stands at the end of a way; most often that is a text in the record itself."""
    if len(way) == 1 and type(value) is dict:
        return _says(value.get(way[0]))
    return any(_says(one) for _, one in written(value, way))


def _says(value: Any) -> bool:
    if isinstance(value, str):
        return value[:1].isalnum() or any(one.isprintable() and not one.isspace() for one in value)
    return any(_says(leaf) for _, leaf in leaves(value)) if isinstance(value, dict | list) else value is not None
