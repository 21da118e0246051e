# SPDX-License-Identifier: Apache-2.0
"""What in schemas may take long: patterns that are matched by trying, and those that take much to be made ready.

A pattern is made ready by writing out what it repeats: 500 letters become 500 tables of all letters. A schema may have
thousands of such patterns, which take minutes and gigabytes in one call of a library.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from math import prod
from typing import Any

from sourcebook.apart import Allowed, At, Over, mapped
from sourcebook.finding import pointer
from sourcebook.validation import addresses
from sourcebook.validation.verdict import ready

_TRIED = re.compile(r"\(\?(?:[=!>]|<[=!])|\\[1-9]|\\k<")
_REPEATED = re.compile(r"(\)?)\{(?:[0-9]*,)?([0-9]{1,6})\}")
_CLASS = re.compile(r"\\[pPwWdDsS]|\[\^")
_LIGHT = 300_000  # of all patterns: as much as is made ready in less than a second
_ALLOWED = Allowed(3.0, 256 * 1024 * 1024)


def tried(schema: Any) -> list[str]:
    """Where in ``schema`` patterns stand that are not matched in one pass: as JSON pointers, with the keyword."""
    return [pointer(path) for path, pattern in _patterns(schema) if _TRIED.search(pattern)]


def too_costly(files: Mapping[str, Any]) -> list[str]:
    """Those of the schema ``files``, by path, whose patterns take too much to be made ready: time, or memory."""
    patterns = {path: [pattern for _, pattern in _patterns(contents)] for path, contents in files.items()}
    if sum(_weight(pattern) for some in patterns.values() for pattern in some) < _LIGHT:
        return []
    paths = list(files)
    kept: list[Any] = []  # so that the memory of all is counted

    def make_ready(number: int, _at: At) -> bool:
        kept.extend(map(ready, patterns[paths[number]]))
        return True

    found = zip(paths, mapped(make_ready, len(paths), _ALLOWED), strict=True)
    return [path for path, result in found if isinstance(result, Over)]


def _weight(pattern: str) -> int:
    """How large a pattern is when what it repeats is written out, about."""
    repeated = _REPEATED.findall(pattern)
    single = sum(int(times) for group, times in repeated if not group)
    groups = prod(max(1, int(times)) for group, times in repeated if group)
    return (len(pattern) + single) * groups * (20 if _CLASS.search(pattern) else 1)


def _patterns(schema: Any) -> Iterator[tuple[tuple[str | int, ...], str]]:
    """The patterns of a schema, each with the path to it."""
    if not isinstance(schema, dict):
        return
    for path, one, _ in addresses.schemas_in(schema, addresses.BASE):
        pattern, names = one.get("pattern"), one.get("patternProperties")
        if isinstance(pattern, str):
            yield (*path, "pattern"), pattern
        for name in names if isinstance(names, dict) else ():
            yield (*path, "patternProperties", name), name
