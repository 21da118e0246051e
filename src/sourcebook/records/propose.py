# SPDX-License-Identifier: Apache-2.0
"""A key for records that have none that is unique: a property that is, or two or three that are so together."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import combinations
from typing import Any

from sourcebook.book import join

_TOGETHER = 3  # properties at most
_WIDEST = 12  # properties that are tried together
_LONGEST = 100  # characters of a text that may name a record
_SAMPLE = 500  # records that are looked at first
_USUAL = ("id", "key", "code", "slug", "name", "title")


def proposed_key(values: Sequence[Any], first: str | None = None) -> str | None:
    """What could be written as ``key`` for records of these ``values``; None where there is nothing that is unique.

    Where properties are unique together only, the template of them. One named ``first`` is tried before others.
    """
    if len(values) < 2 or not all(isinstance(value, dict) for value in values):
        return None
    columns = {name: [value.get(name) for value in values] for name in values[0] if name}
    fit = {name: column for name, column in columns.items() if all(map(_may_be_part, column))}
    names = sorted(fit, key=lambda name: (name != first, name not in _USUAL))[:_WIDEST]
    for count in range(1, _TOGETHER + 1):
        for some in combinations(names, count):
            if _unique(_keys([fit[name][:_SAMPLE] for name in some])) and _unique(_keys([fit[name] for name in some])):
                return _written(sorted(some, key=list(columns).index))
    return None


def _may_be_part(value: Any) -> bool:
    if isinstance(value, str):
        return 0 < len(value) <= _LONGEST and "\n" not in value
    return isinstance(value, int) and not isinstance(value, bool) and -(2**63) <= value < 2**63


def _keys(columns: Iterable[Sequence[Any]]) -> Iterator[str]:
    return ("/".join(map(str, row)) for row in zip(*columns, strict=True))


def _unique(keys: Iterator[str]) -> bool:
    seen: set[str] = set()
    for key in keys:
        if key in seen:
            return False
        seen.add(key)
    return True


def _written(names: Sequence[str]) -> str:
    if len(names) == 1:
        return join("", names[0])
    return '"' + "/".join(f"{{{_part(name)}}}" for name in names) + '"'


def _part(name: str) -> str:
    path = join("", name)
    return f"\\{path}" if path in ("stem", "parent", "path", "key") or path.isdigit() else path
