# SPDX-License-Identifier: Apache-2.0
"""What makes of one value another that is wished, as small as it may be said."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sourcebook.exact import same
from sourcebook.parse import Path
from sourcebook.tables.model import Cell, Group, Node, Plan

GONE = object()
"""What stands in a wished list for an item that is taken out."""

Difference = tuple[str, Path, Any]
"""``put`` a value at a path, ``remove`` what is there, or ``insert`` at the index that the path ends with."""


def differences(old: Any, new: Any, path: Path = ()) -> Iterator[Difference]:
    """What makes of ``old`` what is wished, as small as it may be said, by paths in ``old``."""
    if isinstance(old, dict) and isinstance(new, dict) and (new or not old):
        for name in old:
            if name not in new:
                yield "remove", (*path, name), None
            else:
                yield from differences(old[name], new[name], (*path, name))
        for name in new:
            if name not in old:
                yield "put", (*path, name), clean(new[name])
    elif isinstance(old, list) and isinstance(new, list):
        yield from _of_lists(old, new, path)
    elif not same(old, new):
        yield "put", path, clean(new)


def _of_lists(old: list[Any], new: list[Any], path: Path) -> Iterator[Difference]:
    left = clean(new)
    if same(old, left):
        return
    if not left or not old:
        yield "put", path, left
        return
    marked = any(one is GONE for one in new)
    begin = 0
    while begin < min(len(old), len(new)) and same(old[begin], new[begin]):
        begin += 1
    end = 0
    while not marked and end < min(len(old), len(new)) - begin and same(old[-1 - end], new[-1 - end]):
        end += 1
    middle, wished = old[begin : len(old) - end], new[begin : len(new) - end]
    if not marked and len(middle) == len(old) and len(wished) != len(middle):
        yield "put", path, left  # nothing of it stays
        return
    if marked and all(one is GONE for one in new[: len(old)]):
        yield "put", path, left
        return
    for number, (one, other) in enumerate(zip(middle, wished, strict=False), start=begin):
        if other is GONE:
            yield "remove", (*path, number), None
        else:
            yield from differences(one, other, (*path, number))
    for number in range(begin + len(wished), begin + len(middle)):
        yield "remove", (*path, number), None
    for one in wished[len(middle) :]:
        yield "insert", (*path, begin + len(middle)), clean(one)


def clean(value: Any) -> Any:
    """A wished value without what is taken out."""
    if isinstance(value, dict):
        return {name: clean(item) for name, item in value.items()}
    if isinstance(value, list):
        return [clean(item) for item in value if item is not GONE]
    return value


def in_order(plan: Plan, node: Node, value: Any) -> Any:
    """A new value with its properties in the order of the schema."""
    if isinstance(node, Cell) or value is None:
        return value
    if isinstance(node, Group):
        if not isinstance(value, dict):
            return value
        names = [
            *(name for name in node.members if name in value),
            *(name for name in value if name not in node.members),
        ]
        return {
            name: in_order(plan, node.members[name], value[name]) if name in node.members else value[name]
            for name in names
        }
    inner = plan.items[node.table]
    if isinstance(value, dict):
        return {name: in_order(plan, inner, item) for name, item in value.items()}
    return [in_order(plan, inner, item) for item in value] if isinstance(value, list) else value
