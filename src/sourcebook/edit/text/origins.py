# SPDX-License-Identifier: Apache-2.0
"""Changes of what stands in several places by aliases and merges: made once, where it is written.

Somebody who changes all of these places in the same way, as who gives a key another name, asks for what changing the
anchor gives. Whether it does is seen when the text is read again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from sourcebook.edit.text.changes import Insert, Put, Remove, Rename
from sourcebook.parse import Path

Small = Put | Remove | Rename | Insert


def by_origin(changes: Sequence[Small], redirects: Mapping[Path, Path]) -> tuple[list[Small], list[Put | Rename]]:
    """The changes that are to be made, and those that come about by one of them, elsewhere in the document.

    ``redirects`` say of each path at which something came by an alias or a merge where that is written.
    """
    made: list[Small] = []
    following: list[Put | Rename] = []
    for one in changes:
        at = _origin(one, redirects)
        if at != one.at and isinstance(one, Put | Rename) and replace(one, at=at) in changes:
            following.append(one)
        else:
            made.append(one)
    return made, following


def _origin(change: Small, redirects: Mapping[Path, Path]) -> Path:
    here: Path = ()
    for step in change.at:
        here = (*redirects.get(here, here), step)
    there = redirects.get(here, here)
    if isinstance(change, Rename) and there[-1:] != here[-1:]:
        return here  # the value of the key is an alias, and the key is written
    return there


def applied(value: Any, change: Put | Rename) -> Any:
    """A document with a change made in it; what else refers to the same data is left alone."""
    return _applied(value, change.at, change)


def _applied(value: Any, path: Path, change: Put | Rename) -> Any:
    if not path:
        assert isinstance(change, Put)
        return change.value
    step = path[0]
    if isinstance(change, Rename) and len(path) == 1:
        return {change.name if key == step else key: one for key, one in value.items()}
    found = value.copy()
    found[step] = _applied(value[step], path[1:], change)
    return found


__all__ = ["applied", "by_origin"]
