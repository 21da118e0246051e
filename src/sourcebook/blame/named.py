# SPDX-License-Identifier: Apache-2.0
"""Names of properties to places in a record, and a place in one version to that in the version before."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from sourcebook.diff.alignment import aligned
from sourcebook.diff.values import named
from sourcebook.parse import Path

_STEP = re.compile(r'\[((?:[^\]\\]|\\.)*)\]|""|((?:[^\\.\[]|\\.)+)')


class Nowhere(Exception):
    """That a place is not in a record."""


def place(value: Any, name: str, below: Path = ()) -> Path:
    """Where a property of a record is, by its name: ``roles[0].from``, or ``roles[id=minister].from``.

    It is told from a place on that it is ``below``, or else from the record. Raises Nowhere where there is none.
    """
    if below:
        try:
            return (*below, *place(at(value, below), name))
        except Nowhere:
            pass
    found_at: Path = ()
    for found in _STEP.finditer(name):
        item, part = found[1], found[2]
        if item is None:
            part = re.sub(r"\\(.)", r"\1", part or "")
            if not isinstance(value, dict) or part not in value:
                raise Nowhere
            found_at, value = (*found_at, part), value[part]
            continue
        index = _index(value, item)
        found_at, value = (*found_at, index), value[index]
    if not found_at:
        raise Nowhere
    return found_at


def _index(value: Any, item: str) -> Any:
    if isinstance(value, list):
        if item.isdecimal() and int(item) < len(value):
            return int(item)
        by, equals, wanted = item.partition("=")
        for index, one in enumerate(value) if equals else ():
            if isinstance(one, dict) and str(one.get(by)) == wanted:
                return index
    elif isinstance(value, dict) and item in value:
        return item
    raise Nowhere


def at(value: Any, path: Path) -> Any:
    """What stands at a place. Raises Nowhere."""
    for part in path:
        if isinstance(value, list):
            if not isinstance(part, int) or part >= len(value):
                raise Nowhere
            value = value[part]
        elif isinstance(value, dict) and part in value:
            value = value[part]
        else:
            raise Nowhere
    return value


def name_of(path: Path) -> str:
    """The name of the property at a place."""
    name = ""
    for part in path:
        name = f"{name}[{part}]" if isinstance(part, int) else named(name, part)
    return name


def before(old: Any, new: Any, path: Path) -> Path:
    """Where in ``old`` that is which stands at a path in ``new``: items of lists are told by `diff`. Raises Nowhere."""
    found: Path = ()
    for part in path:
        if isinstance(old, list) and isinstance(new, list) and isinstance(part, int):
            back = {other: one for one, other in aligned(old, new).pairs}
            if part not in back:
                raise Nowhere
            found, old, new = (*found, back[part]), old[back[part]], new[part]
        elif isinstance(old, dict) and isinstance(new, dict) and part in old:
            found, old, new = (*found, part), old[part], new[part]
        else:
            raise Nowhere
    return found


def properties(value: Any, path: Path = (), name: str = "") -> Iterator[tuple[str, Path]]:
    """The properties of a record, those of mappings in it one by one; lists are told as a whole."""
    if isinstance(value, dict) and (value or not path):
        for key, item in value.items():
            yield from properties(item, (*path, key), named(name, key))
    else:
        yield name, path
