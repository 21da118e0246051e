# SPDX-License-Identifier: Apache-2.0
"""Two values, told apart change by change: mappings by their names, lists by `alignment`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from sourcebook.diff.alignment import Aligned, aligned, as_text
from sourcebook.diff.model import Change
from sourcebook.parse import Path


def changes(old: Any, new: Any) -> tuple[Change, ...]:
    """What makes ``new`` of ``old``, so that `applied.changed` does so; nothing where both are the same, in order too.

    What stands in the same place and differs is told as deep down as both are mappings, or both are lists.
    """
    return tuple(_between(old, new, (), (), "")) if as_text(old) != as_text(new) else ()


def _between(old: Any, new: Any, old_at: Path, new_at: Path, name: str) -> Iterator[Change]:
    if isinstance(old, dict) and isinstance(new, dict):
        yield from _mappings(old, new, old_at, new_at, name)
    elif isinstance(old, list) and isinstance(new, list):
        yield from _lists(old, new, old_at, new_at, name)
    else:
        yield Change("changed", old_at, new_at, old, new, name)


def _mappings(
    old: Mapping[str, Any], new: Mapping[str, Any], old_at: Path, new_at: Path, name: str
) -> Iterator[Change]:
    for key in old:
        if key not in new:
            yield Change("removed", (*old_at, key), None, old[key], None, named(name, key))
        elif as_text(old[key]) != as_text(new[key]):
            yield from _between(old[key], new[key], (*old_at, key), (*new_at, key), named(name, key))
    for key in new:
        if key not in old:
            yield Change("added", None, (*new_at, key), None, new[key], named(name, key))
    kept = [key for key in old if key in new] + [key for key in new if key not in old]
    if kept != list(new):
        yield Change("order", old_at, new_at, list(old), list(new), name)


def _lists(old: list[Any], new: list[Any], old_at: Path, new_at: Path, name: str) -> Iterator[Change]:
    found: Aligned = aligned(old, new)
    taken = {index for _, index in found.pairs}
    of = dict(found.pairs)
    for index, item in enumerate(old):
        where = (*old_at, index)
        if index not in of:
            yield Change("removed", where, None, item, None, _item(name, found.by, item, index))
            continue
        other = of[index]
        if index in found.moved:
            yield Change("moved", where, (*new_at, other), None, None, _item(name, found.by, item, index))
        if as_text(item) != as_text(new[other]):
            yield from _between(item, new[other], where, (*new_at, other), _item(name, found.by, item, index))
    for index, item in enumerate(new):
        if index not in taken:
            yield Change("added", None, (*new_at, index), None, item, _item(name, found.by, item, index))


def _item(name: str, by: str, item: Any, index: int) -> str:
    return f"{name}[{by}={item[by]}]" if by else f"{name}[{index}]"


def named(name: str, key: str) -> str:
    """The name of a property below another."""
    key = key.replace("\\", "\\\\").replace(".", "\\.") or '""'
    return f"{name}.{key}" if name else key
